"""URLs: who is asked, by what request line, and what is shown of it. Rows 15 to 21."""

import base64
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd, has_newer_libcurl, tree
from origin import Origin


class Credentials(EndToEnd):
    def test_row_15_a_user_of_any_length_is_sent_to_the_origin_and_not_shown(self):
        user = "alice" * 400 + ":s3cret;%2F%40"
        other = self.enterContext(Origin())
        run = self.fetch(
            [
                self.origin.url("/ok/a.bin", user=user),
                self.origin.url(f"/redirect/302/b.bin?{other.url('/ok/b.bin')}", user=user),
                self.origin.url("/status/404/c.bin", user=user),
            ],
            *["--name", "{host}-{name}", "--json", "-v"],
        )
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved", 3: "http_status"})
        sent = base64.b64encode(("alice" * 400 + ":s3cret;/@").encode()).decode()
        for request in self.origin.requests:
            self.assertEqual(request.headers["authorization"], f"Basic {sent}")
        self.assertNotIn("authorization", other.asked("/ok/b.bin").headers)
        said = run.stdout + run.stderr + run.log + repr(tree(self.out)).encode()
        self.assertEqual(re.findall(b"alice|s3cret", said), [])

    def test_row_15_control_characters_in_a_user_are_refused(self):
        users = ["u%0d%0aX:1", "u:%0aX", "u%00:p", "u\r:p", "u\t:p", "u:p%0d"]
        run = self.fetch([self.origin.url("/ok/a.bin", user=user) for user in users])
        self.assertEqual(run.outcomes, {n: "bad_url" for n in range(1, len(users) + 1)})
        self.assertEqual(self.origin.connections, 0)


class RequestLines(EndToEnd):
    def test_row_16_no_character_of_a_url_breaks_the_request_line(self):
        rows = {
            "/ok/a b.bin": "/ok/a%20b.bin",
            "/ok/é.bin": "/ok/%c3%a9.bin",
            "/ok/a.bin#fragment": "/ok/a.bin",
            "/ok/a;b.bin": "/ok/a;b.bin",
            "?q": "/?q",
            "?q=a b": "/?q=a+b",
            "/ok/a%0ab%0d%00": "/ok/a%0ab%0d%00",
            "/ok/a\u202eb": "/ok/a%e2%80%aeb",
            "/ok/x/../b.bin": "/ok/b.bin",
            "/../../ok/c.bin": "/ok/c.bin",
            "/ok/%2e%2e/d.bin": "/d.bin" if has_newer_libcurl() else "/ok/%2e%2e/d.bin",
            "/ok/%": "/ok/%",
        }
        run = self.fetch([self.origin.url(path) for path in rows], "-c", "1")
        self.assertEqual(self.origin.targets, list(rows.values()))
        self.assertEqual(len(run.records), len(rows))

    def test_row_16_bytes_that_are_no_utf_8_are_sent_as_they_are_and_shown_otherwise(self):
        good = self.origin.url("/ok/").encode()
        run = self.fetch(b"not\xffaurl\n%sa\xff\x9b.bin\n%sb.bin\n" % (good, good))
        self.assertEqual(run.outcomes, {1: "bad_url", 2: "saved", 3: "saved"})
        self.assertIn("/ok/a%ff%9b.bin", self.origin.targets)
        self.assertEqual(run.files[2], "a%FF%9B.bin")

    def test_row_20_a_url_of_up_to_64_kib_is_asked_for_and_its_name_is_cut(self):
        room = 64 * 1024 - len(self.origin.url("/ok/.bin"))
        paths = [f"/ok/{'x' * size}.bin" for size in (8_000, 16_000, room, room + 1, 1_000_000)]
        run = self.fetch(paths, "-c", "1")
        outcomes = {1: "saved", 2: "saved", 3: "saved", 4: "bad_url", 5: "bad_url"}
        self.assertEqual(run.outcomes, outcomes)
        self.assertEqual(self.origin.targets, paths[:3])
        for name in run.files.values():
            self.assertEqual(len(f".{name}.part"), 255)
            self.assertTrue(name.endswith(".bin"), name)


class Hosts(EndToEnd):
    """The origin stands for a proxy, so that it sees which host would have been asked."""

    def fetch_by_proxy(self, urls, *options):
        return self.fetch(urls, "-c", "1", "-x", self.origin.url(""), *options)

    def test_row_17_the_host_that_is_asked_is_the_one_that_is_recorded_and_named(self):
        rows = {
            "http://127.0.0.1:8000\\@evil.invalid/ok/x": "evil.invalid",
            "http://good.invalid#@evil.invalid/ok/x": "good.invalid",
            "http://good.invalid?@evil.invalid/ok/x": "good.invalid",
            "http://evil.invalid%2f@good.invalid/ok/x": "good.invalid",
            "http://evil.invalid;@good.invalid/ok/x": "good.invalid",
            "http://127.1/ok/x": "127.0.0.1",
            "http://0x7f000001/ok/x": "127.0.0.1",
            "http://0177.0.0.1/ok/x": "127.0.0.1",
            "http://2130706433/ok/x": "127.0.0.1",
            "http://xn--bcher-kva.invalid/ok/x": "xn--bcher-kva.invalid",
            "http://good.invalid./ok/x": "good.invalid.",
        }
        run = self.fetch_by_proxy(rows, "--name", "{host}-{n}")
        for n, host in enumerate(rows.values(), 1):
            with self.subTest(list(rows)[n - 1]):
                asked = self.origin.targets[n - 1]
                self.assertEqual(asked.split("/")[2], host)
                self.assertEqual(run.record(n)["url"], asked)
                self.assertEqual(self.origin.requests[n - 1].headers["host"], host)
        names = {n: f"{host}-{n}" for n, host in enumerate(rows.values(), 1)}
        self.assertLessEqual(run.files.items(), names.items())

    def test_row_17_a_host_with_a_separator_in_it_is_refused(self):
        hosts = ["a%2fb", "a%0ab", "a%00b", "a%40b", "a%23b", "a b", "a\x1bb", "a@b@c", "a:1@b:1@c"]
        run = self.fetch_by_proxy([f"http://{host}/ok/x" for host in hosts])
        self.assertEqual(run.outcomes, {n: "bad_url" for n in range(1, len(hosts) + 1)})
        self.assertEqual(self.origin.connections, 0)

    def test_rows_17_and_19_a_host_in_other_letters_is_the_one_that_they_stand_for(self):
        rows = {
            "http://１２７.0.0.1/ok/a": "127.0.0.1",
            "http://bücher.invalid/ok/b": "xn--bcher-kva.invalid",
            "http://раypal.invalid/ok/c": "xn--ypal-43d9g.invalid",  # the first two are Cyrillic
        }
        run = self.fetch_by_proxy(rows)
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved", 3: "saved"})
        self.assertEqual([target.split("/")[2] for target in self.origin.targets], [*rows.values()])

    def test_row_18_an_ipv6_address_is_asked_with_and_without_a_zone(self):
        try:
            origin = self.enterContext(Origin("::1"))
        except OSError:
            self.skipTest("there is no IPv6 here")
        hosts = ["[::1]", "[::1%25lo]", "[::1%lo]", "[0:0:0:0:0:0:0:1]"]
        run = self.fetch([f"http://{host}:{origin.port}/ok/{host}" for host in hosts])
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved", 3: "saved", 4: "saved"})
        self.assertEqual({r.headers["host"] for r in origin.requests}, {f"[::1]:{origin.port}"})

    def test_row_18_an_ipv4_address_in_ipv6_is_asked(self):
        run = self.fetch([f"http://[::ffff:127.0.0.1]:{self.origin.port}/ok/a.bin"])
        self.assertEqual(run.outcomes, {1: "saved"})

    def test_row_18_an_address_that_is_none_is_a_failed_record(self):
        rows = {
            "http://[fe80::1%25nosuchinterface]:1/x": "connect",
            "http://[::1": "bad_url",
            "http://[::g]/x": "bad_url",
            "http://[]/x": "bad_url",
        }
        run = self.fetch(rows, "--retry", "0")
        self.assertEqual(run.outcomes, dict(enumerate(rows.values(), 1)))

    def test_row_19_a_host_that_cannot_have_a_name_is_a_failed_record(self):
        long = ["a" * 64 + ".invalid", ".".join(["a" * 60] * 5), "a" * 300]
        hosts = [*long, "xn--\x80", "a..invalid"]
        run = self.fetch([f"http://{host}/x" for host in hosts], "--retry", "0")
        self.assertEqual(len(run.records), len(hosts))
        self.assertLessEqual(set(run.outcomes.values()), {"bad_url", "resolve"})
        self.assertEqual(run.exit, 1)


class Shown(EndToEnd):
    """That no control byte is said is looked at wherever a run is finished."""

    LINES = [
        "not\x1b[31ma\x07url\x9b\u202e",
        "http://h\x1b[2J.invalid:1/\u009b31m",
        "/ok/\x1b[31ma\u202e\u2066.bin",
        "/status/404/\x7f%1B%5B31m%E2%80%AE",
        "/escaped_status/\u009bx",
        "/redirect/302/b.bin?/status/404/%1b\u009b",
        '{"url": "no\\u001b\\u009b\\u202e"}',
        '{"url": "http://127.0.0.1:0/", "out": "\\u001b[31m", "\\u001b\\u009b": "\\u007f\\u0007"}',
    ]

    def test_row_21_nothing_of_a_list_reaches_an_output_raw(self):
        urls = self.list_of(self.LINES, "urls\x1b[31m.txt")
        other = self.list_of(["/ok/\x1b"], "\x9b\u202e.txt")
        run = self.finish(self.start(urls, other, "--json", "-v"))
        self.assertEqual(len(run.records), len(self.LINES) + 1)
        for said in run.stdout, run.stderr, run.log:
            self.assertNotRegex(said.decode(), "[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

    def test_row_21_what_is_shown_says_which_characters_stood_there(self):
        run = self.fetch(["not\x1b[31ma\u202eurl"])
        self.assertIn(rb"not\x1b[31ma\xe2\x80\xaeurl", run.stderr)
        self.assertIn(rb'"not\u001b[31ma\u202eurl"', run.log)

    def test_row_21_nothing_of_a_server_reaches_an_output_raw(self):
        rows = {
            "/escapes/a.bin": "saved",
            "/escaped_status/b.bin": "http_status",
            "/escaped_head/c.bin": "protocol",
            "/escaped_line/d.bin": "protocol",
        }
        run = self.fetch(rows, "--json", "-v", "--retry", "0")
        self.assertEqual(run.outcomes, dict(enumerate(rows.values(), 1)))
        self.assertIn("\x1b[31m", run.record(1)["etag"])


if __name__ == "__main__":
    unittest.main()
