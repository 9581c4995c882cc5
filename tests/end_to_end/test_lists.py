"""Lists: what is a line, what is a URL in it, and when it is read."""

import json
import os
import pty
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import WITHOUT_STDIN, EndToEnd, digest
from origin import body_of


class Lines(EndToEnd):
    def test_blank_lines_and_comments_are_skipped_and_counted(self):
        run = self.fetch(["", "# a comment", " \t ", "/ok/a.bin"])
        self.assertEqual(run.outcomes, {4: "saved"})
        self.assertEqual(run.exit, 0)

    def test_a_byte_order_mark_and_crlf_and_blanks_at_both_ends_are_forgiven(self):
        a, b, c = (self.origin.url(f"/ok/{name}.bin").encode() for name in "abc")
        run = self.fetch(b"\xef\xbb\xbf%s\r\n \t%s\t \r\n%s" % (a, b, c))
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved", 3: "saved"})
        self.assert_stored({"a.bin": "/ok/a.bin", "b.bin": "/ok/b.bin", "c.bin": "/ok/c.bin"})

    def test_a_byte_order_mark_is_forgiven_in_front_of_the_first_line_only(self):
        run = self.fetch(["/ok/a.bin", "\ufeff" + self.origin.url("/ok/b.bin")])
        self.assertEqual(run.outcomes, {1: "saved", 2: "bad_url"})

    def test_a_line_that_is_no_url_is_a_failed_record_and_no_request(self):
        rows = [
            "notaurl",
            ":::",
            "http://",
            "http:///x",
            "http://127.0.0.1:99999/x",
            "http://127.0.0.1:0/x",
            "http://[::1/x",
            "127.0.0.1:1/x",
            " //127.0.0.1:1/x",
            "http://127.0.0.1:1/a\0b",
            "http://u%0d%0aX:1@127.0.0.1:1/x",
        ]
        run = self.fetch([*rows, "/ok/a.bin"])
        expected = {n: "bad_url" for n in range(1, len(rows) + 1)} | {len(rows) + 1: "saved"}
        self.assertEqual(run.outcomes, expected)
        self.assertEqual(run.exit, 1)

    def test_a_bad_line_says_what_it_was_and_why(self):
        record = self.fetch(["", "notaurl"]).record(2)
        self.assertEqual((record["url"], record["status"]), ("notaurl", "failed"))
        self.assertTrue(record["error"])

    def test_another_scheme_is_a_failed_record(self):
        rows = ["ftp://127.0.0.1/x", "file:///etc/hostname", "gopher://127.0.0.1/x", "dict://x/y"]
        run = self.fetch(rows)
        self.assertEqual(run.outcomes, {1: "scheme", 2: "scheme", 3: "scheme", 4: "scheme"})
        self.assert_stored({})

    def test_a_scheme_may_be_in_upper_case(self):
        run = self.fetch([self.origin.url("/ok/a.bin").replace("http", "HTTP")])
        self.assertEqual(run.outcomes, {1: "saved"})

    def test_a_line_may_be_64_kib_long(self):
        run = self.fetch(["/ok/" + "x" * 65_000, "/ok/" + "x" * 66_000])
        self.assertEqual(run.outcomes, {1: "saved", 2: "bad_url"})

    def test_a_line_of_ten_megabytes_fails_alone(self):
        run = self.fetch(["/ok/a.bin", self.origin.url("/ok/" + "x" * 10_000_000), "/ok/b.bin"])
        self.assertEqual(run.outcomes, {1: "saved", 2: "bad_url", 3: "saved"})
        self.assertLess(len(run.log) + len(run.stderr), 200_000)

    def test_no_character_of_a_url_breaks_the_request_line(self):
        paths = ["a b.bin", "é.bin", "a.bin#fragment", "a;b.bin", "?q", "a%0ab", "a\u202eb"]
        run = self.fetch([f"/ok/{path}" for path in paths])
        self.assertEqual(sorted(run.outcomes), [1, 2, 3, 4, 5, 6, 7])
        for target in self.origin.targets:
            self.assertNotRegex(target, "[\0- \x7f]")

    def test_bytes_that_are_no_utf_8_do_not_break_the_log(self):
        good = self.origin.url("/ok/").encode()
        run = self.fetch(b"not\xffaurl\n%sa\xff\x9b.bin\n%sb.bin\n" % (good, good))
        self.assertEqual(sorted(run.outcomes), [1, 2, 3])
        self.assertEqual(run.record(3)["status"], "saved")

    def test_every_line_is_fetched_also_one_that_stands_there_twice(self):
        run = self.fetch(["/each/image/png/a.png"] * 2)
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved"})
        self.assertEqual(len(set(self.stored().values())), 2)

    def test_an_empty_list_is_no_failure(self):
        for content in b"", b"\n\n# nothing\n":
            with self.subTest(content):
                self.another_out()
                run = self.fetch(content)
                self.assertEqual((run.exit, run.records), (0, []))


class JsonLines(EndToEnd):
    def fetch_object(self, path, **keys):
        return self.fetch([json.dumps({"url": self.origin.url(path), **keys})])

    def test_an_object_names_its_url_and_its_file(self):
        run = self.fetch_object("/ok/a.bin", out="b.bin")
        self.assertEqual(run.record(1)["url"], self.origin.url("/ok/a.bin"))
        self.assert_stored({"b.bin": "/ok/a.bin"})

    def test_headers_of_an_object_are_sent_with_its_request_only(self):
        line = {"url": self.origin.url("/ok/a.bin"), "headers": {"X-Key": "one"}}
        self.fetch([json.dumps(line), "/ok/b.bin"])
        self.assertEqual(self.origin.asked("/ok/a.bin").headers["x-key"], "one")
        self.assertNotIn("x-key", self.origin.asked("/ok/b.bin").headers)

    def test_the_digest_of_an_object_is_checked(self):
        right = digest(body_of("/ok/a.bin"))
        for expected, outcome in (right, "saved"), (digest(b"other"), "checksum"):
            with self.subTest(outcome):
                self.another_out()
                run = self.fetch_object("/ok/a.bin", sha256=expected)
                self.assertEqual(run.outcomes, {1: outcome})
                self.assertEqual(run.record(1)["sha256"], right)
                self.assert_stored({"a.bin": "/ok/a.bin"} if expected == right else {})

    def test_every_other_key_is_carried_into_the_record(self):
        extra = {"caption": "zwei Möwen\t\u009b", "size": [1, 2.5, None], "deep": {"id": 2**53}}
        run = self.fetch_object("/ok/a.bin", out="a.bin", **extra)
        self.assertEqual(run.record(1)["input"], extra)

    def test_a_file_outside_the_directory_is_not_written(self):
        for out in "../evil", str(self.home / "evil"), "a/../../evil", "..", "":
            with self.subTest(out):
                self.another_out()
                self.fetch_object("/ok/a.bin", out=out)
                files = [path.name for path in self.home.iterdir() if not path.is_dir()]
                self.assertEqual(files, ["urls.txt"])

    def test_an_object_that_is_none_is_a_failed_record(self):
        rows = ["{", "{}", '{"url": 5}', '{"url": "notaurl"}', '{"url": "http://a/"} x']
        run = self.fetch(rows)
        self.assertEqual(run.outcomes, {n: "bad_url" for n in (1, 2, 3, 4, 5)})
        self.assertEqual(run.exit, 1)


class Sources(EndToEnd):
    def test_the_list_comes_from_stdin_without_a_source_and_with_a_dash(self):
        for arguments in [], ["-"]:
            with self.subTest(arguments):
                self.another_out()
                process = self.start(*arguments, stdin=subprocess.PIPE)
                self.assertEqual(self.finish(process, self.text_of(["/ok/a.bin"])).exit, 0)
                self.assert_stored({"a.bin": "/ok/a.bin"})

    def test_the_first_request_leaves_before_the_second_line_is_written(self):
        process = self.start(stdin=subprocess.PIPE)
        self.say(process, ["/ok/a.bin"])
        self.origin.asked("/ok/a.bin")
        run = self.finish(process, self.text_of(["/ok/b.bin"]))
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved"})

    def test_a_line_may_come_in_pieces(self):
        process = self.start(stdin=subprocess.PIPE)
        first, second = self.text_of(["/ok/a.bin", "/ok/b.bin"]).split(b"b.bin")
        process.stdin.write(first)
        self.origin.asked("/ok/a.bin")
        self.finish(process, b"b.bin" + second)
        self.assert_stored({"a.bin": "/ok/a.bin", "b.bin": "/ok/b.bin"})

    def test_a_source_may_be_a_url(self):
        run = self.finish(self.start(self.origin.url("/ok/a.bin")))
        self.assertEqual(run.outcomes, {1: "saved"})
        self.assertNotIn("list", run.record(1))

    def test_records_of_two_lists_say_which(self):
        lists = [self.list_of([f"/ok/{name}/f.bin"], f"{name}.txt") for name in ("one", "two")]
        run = self.finish(self.start(*lists))
        self.assertEqual({(r["list"], r["n"]) for r in run.records}, {(str(p), 1) for p in lists})
        self.assert_stored({"f.bin": "/ok/one/f.bin", "f-2.bin": "/ok/two/f.bin"})

    def test_a_list_that_cannot_be_read_is_a_usage_error_that_creates_nothing(self):
        good = self.list_of(["/ok/a.bin"])
        for name in self.home / "missing.txt", self.home:
            with self.subTest(name):
                run = self.finish(self.start(good, name))
                self.assertEqual((run.exit, run.stdout, run.stderr.count(b"\n")), (2, b"", 1))
                self.assertIn(str(name).encode(), run.stderr)
                self.assertFalse(self.out.exists())
        self.assertEqual(self.origin.requests, [])

    def test_a_terminal_as_stdin_is_a_usage_error_with_two_examples(self):
        controller, terminal = pty.openpty()
        self.addCleanup(os.close, controller)
        self.addCleanup(os.close, terminal)
        run = self.finish(self.start(stdin=terminal))
        self.assertEqual(run.exit, 2)
        self.assertGreaterEqual(run.stderr.count(b"fetcher "), 2)
        self.assertFalse(self.out.exists())

    def test_a_closed_stdin_is_not_taken_for_a_list(self):
        run = self.finish(self.start(under=WITHOUT_STDIN))
        self.assertEqual(run.exit, 2)
        self.assertFalse(self.out.exists())


class Unique(EndToEnd):
    def test_row_9_a_url_that_stands_twice_is_fetched_once_when_wanted(self):
        run = self.fetch(["/ok/a.bin", "/ok/b.bin", "/ok/a.bin", "/ok/a.bin"], "--unique")
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved", 3: "skipped", 4: "skipped"})
        self.assertEqual(sorted(self.origin.targets), ["/ok/a.bin", "/ok/b.bin"])
        self.assertEqual(sorted(self.stored()), ["a.bin", "b.bin"])


if __name__ == "__main__":
    unittest.main()
