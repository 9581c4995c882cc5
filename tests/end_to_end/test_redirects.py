"""Redirects, and what is sent along: headers and credentials belong to one origin.

Rows are of the fault catalogue.
"""

import base64
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from certificates import make_certificates, server_side
from fetcher import EndToEnd
from origin import Origin

# Headers that are sent to everybody.
PLAIN = {"host", "user-agent", "accept", "accept-encoding"}


class Redirects(EndToEnd):
    def test_every_kind_of_redirect_is_followed(self):
        statuses = [301, 302, 303, 307, 308]
        run = self.fetch([f"/redirect/{status}/{status}.bin?/ok/b.bin" for status in statuses])
        self.assertEqual(run.exit, 0)
        self.assert_stored({f"{status}.bin": "/ok/b.bin" for status in statuses})

    def test_a_redirect_may_lead_to_another_origin(self):
        other = self.enterContext(Origin())
        run = self.fetch([f"/redirect/302/a.bin?{other.url('/ok/b.bin')}"])
        self.assertEqual(run.record(1)["final_url"], other.url("/ok/b.bin"))
        self.assert_stored({"a.bin": "/ok/b.bin"})

    def test_row_64_redirects_without_end_are_a_failure(self):
        for path in "/loop/a.bin", "/grow/b.bin", "/chain/11/c.bin", "/chain/25/d.bin":
            with self.subTest(path):
                self.origin.requests.clear()
                self.another_out()
                run = self.fetch([path])
                self.assertEqual((run.exit, run.outcomes), (1, {1: "redirect"}))
                self.assertEqual(len(self.origin.requests), 11)
                self.assert_stored({})
        self.another_out()
        self.assertEqual(self.fetch(["/chain/10/e.bin"]).outcomes, {1: "saved"})

    def test_row_65_a_redirect_to_another_scheme_is_a_failure(self):
        locations = "file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "data:,x"
        run = self.fetch([f"/redirect/302/a.bin?{location}" for location in locations])
        self.assertEqual((run.exit, set(run.outcomes.values())), (1, {"redirect"}))
        self.assertEqual(len(self.origin.requests), len(locations))
        self.assert_stored({})

    def test_row_67_a_redirect_that_says_no_place_or_two_is_a_failure(self):
        rows = {
            "/no_location/a": "redirect",
            "/redirect/302/b?": "redirect",
            "/redirect/302/c?http://[::1": "redirect",
            "/redirect/302/d?http://": "redirect",
            "/redirect/302/e?http://h:99999/": "redirect",
            "/two_locations/f?/ok/x,/ok/y": "protocol",
            "/two_locations/g?/ok/z,/ok/z": "saved",
        }
        run = self.fetch(rows, "--retry", "0")
        self.assertEqual(run.outcomes, dict(enumerate(rows.values(), 1)))
        self.assert_stored({"g": "/ok/z"})

    def test_row_68_the_body_of_a_redirect_is_not_read_for_ever(self):
        run = self.fetch(["/endless_redirect/a.bin?/ok/b.bin"])
        self.assertEqual((run.exit, run.record(1)["bytes"]), (0, 1000))
        self.assert_stored({"a.bin": "/ok/b.bin"})

    def test_no_more_redirects_are_followed_than_allowed(self):
        two = "/redirect/302/a.bin?/redirect/302/b.bin?/ok/c.bin"
        for limit, outcome in ("0", "redirect"), ("1", "redirect"), ("2", "saved"):
            with self.subTest(limit):
                self.another_out()
                run = self.fetch([two], "--max-redirs", limit)
                self.assertEqual(run.outcomes, {1: outcome})


class PrivateAddresses(EndToEnd):
    def test_row_71_private_addresses_are_not_connected_to_when_that_is_denied(self):
        hosts = ["127.0.0.1", "127.1", "0x7f000001", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
        run = self.fetch(
            [f"http://{host}:{self.origin.port}/ok/a.bin" for host in hosts],
            "--deny-private",
            "--retry",
            "0",
        )
        self.assertEqual(run.exit, 1)
        self.assertEqual(set(run.outcomes.values()) - {"resolve"}, {"denied"})
        self.assertEqual(run.outcomes[1], "denied")
        self.assertEqual(self.origin.connections, 0)


class WhatIsSentAlong(EndToEnd):
    def setUp(self):
        super().setUp()
        self.other = self.enterContext(Origin())
        self.away = f"/redirect/302/a.bin?{self.other.url('/ok/b.bin')}"
        self.near = "/redirect/302/a.bin?/ok/b.bin"

    def sent_after_redirects(self, header, *options, user=None):
        """What this header was: before redirects, then here, then at the other origin."""
        self.another_out()
        self.origin.requests.clear()
        self.other.requests.clear()
        self.fetch([self.origin.url(path, user) for path in (self.near, self.away)], *options)
        asked = [self.origin.asked(self.near), self.origin.asked("/ok/b.bin")]
        return [request.headers.get(header) for request in [*asked, self.other.asked("/ok/b.bin")]]

    def test_row_69_nothing_of_one_origin_goes_to_another_host_port_or_scheme(self):
        make_certificates(self.home)
        secure = self.enterContext(Origin(tls=server_side(self.home)))
        host = f"http://localhost:{self.origin.port}"
        ways = {
            "host": (self.origin, f"{host}/ok/host", self.origin),
            "port": (self.origin, self.other.url("/ok/port"), self.other),
            "downgrade": (secure, self.other.url("/ok/downgrade"), self.other),
            "upgrade": (self.origin, secure.url("/ok/upgrade"), secure),
        }
        secret = ["-H", "X-Api-Key: s3cret", "-H", "Cookie: s=s3cret", "-H", "Referer: /s3cret"]
        lines = [first.url(f"/redirect/302/{way}?{where}", user)
                 for way, (first, where, _) in ways.items()
                 for user in (None, "alice:s3cret")]
        for options in ["-H", "Authorization: Bearer s3cret"], ["-u", "carol:s3cret"]:
            run = self.fetch(lines, "-k", "--overwrite", "--refetch", *secret, *options)
            self.assertEqual(run.exit, 0)
            for way, (first, where, second) in ways.items():
                asked = [r for r in second.requests if r.target == f"/ok/{way}"]
                self.assertTrue(asked)
                for request in asked:
                    self.assertEqual(set(request.headers) - PLAIN, set(), request)

    def test_row_66_a_redirect_from_https_to_http_is_followed_and_told(self):
        make_certificates(self.home)
        secure = self.enterContext(Origin(tls=server_side(self.home)))
        run = self.fetch([secure.url(f"/redirect/302/a.bin?{self.other.url('/ok/b.bin')}")], "-k")
        self.assertEqual(run.record(1)["final_url"], self.other.url("/ok/b.bin"))
        self.assert_stored({"a.bin": "/ok/b.bin"})

    def test_row_69_not_once_in_a_thousand_times(self):
        lines = [f"/redirect/302/{n}?{self.other.url(f'/ok/{n}')}" for n in range(1000)]
        options = ["-H", "Authorization: Bearer s3cret", "-H", "X-Api-Key: s3cret"]
        self.assertEqual(self.fetch(lines, *options).exit, 0)
        self.assertEqual(len(self.other.requests), 1000)
        names = {name for request in self.other.requests for name in request.headers}
        self.assertEqual(names - PLAIN, set())

    def test_row_70_a_cookie_is_not_sent_back(self):
        lines = [f"/cookie/a?{self.other.url('/ok/x')}", "/cookie/b?/ok/y", "/ok/c"]
        run = self.fetch(lines, "-c", "1")  # by one handle of libcurl's, which would know it
        self.assertEqual(run.exit, 0)
        requests = self.origin.requests + self.other.requests
        self.assertEqual([r for r in requests if "cookie" in r.headers], [])
        self.assertEqual(len(requests), 5)

    def test_headers_go_to_the_urls_own_origin_only(self):
        for name in "X-Api-Key", "Authorization", "Cookie":
            with self.subTest(name):
                sent = self.sent_after_redirects(name.lower(), "-H", f"{name}: s3cret")
                self.assertEqual(sent, ["s3cret", "s3cret", None])

    def test_credentials_of_a_url_go_to_its_own_origin_only(self):
        basic = f"Basic {base64.b64encode(b'alice:s3cret').decode()}"
        sent = self.sent_after_redirects("authorization", user="alice:s3cret")
        self.assertEqual(sent, [basic, basic, None])

    def test_credentials_of_the_command_line_go_to_the_urls_own_origin_only(self):
        basic = f"Basic {base64.b64encode(b'carol:s3cret').decode()}"
        sent = self.sent_after_redirects("authorization", "-u", "carol:s3cret")
        self.assertEqual(sent, [basic, basic, None])

    def test_credentials_of_a_url_outweigh_those_of_the_command_line(self):
        basic = f"Basic {base64.b64encode(b'alice:s3cret').decode()}"
        sent = self.sent_after_redirects("authorization", "-u", "carol:x", user="alice:s3cret")
        self.assertEqual(sent, [basic, basic, None])

    def test_a_user_agent_is_sent_everywhere(self):
        sent = self.sent_after_redirects("user-agent", "-A", "me/1.0")
        self.assertEqual(sent, ["me/1.0"] * 3)

    def test_several_headers_are_sent(self):
        self.fetch(["/ok/a.bin"], "-H", "X-One: 1", "-H", "X-Two: 2")
        headers = self.origin.asked("/ok/a.bin").headers
        self.assertEqual((headers["x-one"], headers["x-two"]), ("1", "2"))

    def test_a_proxy_is_asked_for_the_whole_url(self):
        self.fetch(["http://example.test/ok/a.bin"], "-x", self.origin.url(""))
        self.assertEqual(self.origin.targets, ["http://example.test/ok/a.bin"])
        self.assert_stored({"a.bin": "http://example.test/ok/a.bin"})


if __name__ == "__main__":
    unittest.main()
