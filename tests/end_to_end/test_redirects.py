"""Redirects, and what is sent along: headers and credentials belong to one origin."""

import base64
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd
from origin import Origin


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

    def test_a_loop_is_a_failure(self):
        run = self.fetch(["/loop/a.bin"])
        self.assertEqual(run.outcomes, {1: "redirect"})
        self.assertEqual(len(self.origin.requests), 11)

    def test_a_redirect_to_another_scheme_is_a_failure(self):
        for location in "file:///etc/hostname", "ftp://127.0.0.1/x":
            with self.subTest(location):
                self.another_out()
                run = self.fetch([f"/redirect/302/a.bin?{location}"])
                self.assertEqual((run.exit, run.outcomes), (1, {1: "redirect"}))
                self.assert_stored({})

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
