"""Lists: what is a line, what is a URL in it, and when it is read."""

import json
import os
import pty
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from fetcher import (
    AS_ANYONE,
    LOG,
    WITHOUT_STDIN,
    EndToEnd,
    digest,
    end,
    peak_memory,
    tree,
    without_quarantine,
)

MIB = 2**20


class Lines(EndToEnd):
    def test_blank_lines_and_comments_are_skipped_and_counted(self):
        run = self.fetch(["", "# a comment", " \t ", "/ok/a.bin"])
        self.assertEqual(run.outcomes, {4: "saved"})
        self.assertEqual(run.exit, 0)

    def test_row_3_a_byte_order_mark_and_crlf_and_blanks_at_both_ends_are_forgiven(self):
        a, b, c = (self.origin.url(f"/ok/{name}.bin").encode() for name in "abc")
        run = self.fetch(b"\xef\xbb\xbf%s\r\n \t%s\t \r\n%s" % (a, b, c))
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved", 3: "saved"})
        self.assert_stored({"a.bin": "/ok/a.bin", "b.bin": "/ok/b.bin", "c.bin": "/ok/c.bin"})

    def test_row_3_a_lone_cr_ends_no_line_and_is_no_blank_within_one(self):
        a, b = (self.origin.url(f"/ok/{name}.bin").encode() for name in "ab")
        run = self.fetch(b"\r\n\r\r%s\r\r\n%s\r%s\n" % (a, a, b))
        self.assertEqual(run.outcomes, {2: "saved", 3: "bad_url"})

    def test_row_3_a_byte_order_mark_is_forgiven_in_front_of_the_first_line_only(self):
        run = self.fetch(["/ok/a.bin", "\ufeff" + self.origin.url("/ok/b.bin")])
        self.assertEqual(run.outcomes, {1: "saved", 2: "bad_url"})

    def test_row_4_a_line_with_a_nul_byte_fails_as_a_whole(self):
        a, b = (self.origin.url(f"/ok/{name}.bin").encode() for name in "ab")
        run = self.fetch(b"%s\0junk\n\0%s\n\0\n{\"url\":\"%s\"}\0\n%s\n" % (a, a, a, b))
        bad = {n: "bad_url" for n in (1, 2, 3, 4)}
        self.assertEqual((run.exit, run.outcomes), (1, bad | {5: "saved"}))
        self.assertEqual(run.record(1)["url"], self.origin.url("/ok/a.bin\0junk"))
        self.assertEqual(self.origin.targets, ["/ok/b.bin"])

    def test_rows_11_and_13_what_is_no_url_is_a_failed_record_and_no_connection(self):
        rows = [
            "notaurl",
            ":::",
            "http://",
            "http:///x",
            "http:x",
            "http:/x",
            "javascript:alert(1)",
            "data:text/plain,x",
            "http://127.0.0.1:99999/x",
            "http://127.0.0.1:-1/x",
            "http://127.0.0.1:1:1/x",
            "http://127.0.0.1:0/x",
            "http://[::1/x",
            f"127.0.0.1:{self.origin.port}/x",
            f" //127.0.0.1:{self.origin.port}/x",
        ]
        run = self.fetch([*rows, "/ok/a.bin"])
        expected = {n: "bad_url" for n in range(1, len(rows) + 1)} | {len(rows) + 1: "saved"}
        self.assertEqual(run.outcomes, expected)
        self.assertEqual((run.exit, self.origin.connections), (1, 1))

    def test_a_bad_line_says_what_it_was_and_why(self):
        record = self.fetch(["", "notaurl"]).record(2)
        self.assertEqual((record["url"], record["status"]), ("notaurl", "failed"))
        self.assertTrue(record["error"])

    def test_row_12_another_scheme_is_a_failed_record_and_no_connection(self):
        schemes = ["ftp", "gopher", "dict", "scp", "sftp", "smb", "ws", "httpx"]
        run = self.fetch([f"{scheme}://127.0.0.1:{self.origin.port}/x" for scheme in schemes])
        self.assertEqual(run.outcomes, {n: "scheme" for n in range(1, len(schemes) + 1)})
        self.assertEqual((run.exit, self.origin.connections), (1, 0))

    def test_row_12_a_local_file_is_not_read(self):
        secret = self.list_of(b"secret\n", "secret.txt")
        run = self.fetch([f"file://{secret}", f"FILE://localhost{secret}"])
        self.assertEqual(run.outcomes, {1: "scheme", 2: "scheme"})
        self.assert_stored({})

    def test_row_13_a_scheme_may_be_in_upper_case(self):
        run = self.fetch([self.origin.url("/ok/a.bin").replace("http", "HTTP")])
        self.assertEqual(run.outcomes, {1: "saved"})

    def test_row_5_a_line_of_ten_megabytes_fails_alone(self):
        run = self.fetch(["/ok/a.bin", self.origin.url("/ok/" + "x" * 10_000_000), "/ok/b.bin"])
        self.assertEqual(run.outcomes, {1: "saved", 2: "bad_url", 3: "saved"})
        self.assertLess(len(run.log) + len(run.stderr), 200_000)

    def test_row_5_a_line_of_a_gigabyte_costs_no_memory(self):
        process = self.start(stdin=subprocess.PIPE, env=without_quarantine())
        self.say(process, ["notaurl"])
        self.wait_until_read(process)
        before = peak_memory(process)
        for _ in range(1024):
            process.stdin.write(b"x" * MIB)
        self.wait_until_read(process)
        self.assertLess(peak_memory(process) - before, 16 * MIB)
        run = self.finish(process, b"\n" + self.text_of(["/ok/a.bin"]))
        self.assertEqual(run.outcomes, {1: "bad_url", 2: "bad_url", 3: "saved"})

    def test_row_6_memory_does_not_grow_with_the_list(self):
        lines = [*["http://127.0.0.1:0/" + "x" * 2000] * 1000, *["#" * 4000] * 1000]
        process = self.start("-q", stdin=subprocess.PIPE, env=without_quarantine())
        self.say(process, lines)
        self.wait_until_read(process)
        before = peak_memory(process)
        for _ in range(20):
            self.say(process, lines)
        self.wait_until_read(process)
        self.assertLess(peak_memory(process) - before, 16 * MIB)
        self.assertEqual(len(self.finish(process).records), 21_000)

    def test_row_9_every_line_is_fetched_also_one_that_stands_there_twice(self):
        run = self.fetch(["/each/image/png/a.png"] * 2)
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved"})
        self.assertEqual(len(set(self.stored().values())), 2)

    def test_row_1_an_empty_list_is_no_failure_but_worth_a_word(self):
        for content in b"", b"\n\n# nothing\n", b"\xef\xbb\xbf", b"\r\n":
            with self.subTest(content):
                self.another_out()
                run = self.fetch(content)
                self.assertEqual((run.exit, run.records), (0, []))
                self.assertIn(b"0 lines", run.stderr)
                self.assertIn(b"the list has no URL", run.stderr)
                self.assertEqual(tree(self.out), {LOG: digest(b"")})


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

    def test_row_37_a_file_outside_the_directory_is_not_written(self):
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

    def test_rows_6_and_7_the_first_request_leaves_before_the_second_line_is_written(self):
        process = self.start(stdin=subprocess.PIPE)
        self.say(process, ["/ok/a.bin"])
        self.origin.asked("/ok/a.bin")
        run = self.finish(process, self.text_of(["/ok/b.bin"]))
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved"})

    def test_each_line_that_is_appended_to_a_list_is_fetched_as_it_comes_through_tail(self):
        growing = self.list_of([])
        tail = subprocess.Popen(["tail", "-f", "-n", "+1", growing], stdout=subprocess.PIPE)
        self.addCleanup(end, tail)
        process = self.start("--json", stdin=tail.stdout)
        for name in "abc":
            with growing.open("ab") as file:
                file.write(self.text_of([f"/ok/{name}.bin"]))
            self.assertEqual(json.loads(self.next_line(process.stdout))["file"], f"{name}.bin")
        tail.terminate()
        self.assertEqual(self.finish(process).exit, 0)

    def test_a_line_is_tried_again_while_the_next_one_does_not_come(self):
        process = self.start("--json", "-c", "1", stdin=subprocess.PIPE)
        self.say(process, ["/flaky/503/1/a.bin"])
        self.assertEqual(json.loads(self.next_line(process.stdout))["attempts"], 2)
        self.assertEqual(self.finish(process).exit, 0)

    def test_row_7_a_line_may_come_in_pieces(self):
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

    def test_row_2_a_list_that_cannot_be_read_is_a_usage_error_that_creates_nothing(self):
        good = self.list_of(["/ok/a.bin"])
        secret = self.list_of(["/ok/a.bin"], "secret.txt")
        secret.chmod(0)
        for name in self.home / "missing.txt", self.home, secret, good / "below":
            with self.subTest(name):
                run = self.finish(self.start(good, name, under=AS_ANYONE))
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

    def test_row_8_a_closed_stdin_is_not_taken_for_a_list(self):
        for sources in [], ["-"], [self.origin.url("/ok/a.bin"), "-"]:
            with self.subTest(sources):
                run = self.finish(self.start(*sources, under=WITHOUT_STDIN))
                self.assertEqual((run.exit, self.origin.requests), (2, []))
                self.assertFalse(self.out.exists())

    def test_row_8_a_closed_stdin_does_not_disturb_who_has_a_list(self):
        run = self.fetch(["/ok/a.bin"], under=WITHOUT_STDIN)
        self.assertEqual((run.exit, run.outcomes), (0, {1: "saved"}))


class Followed(EndToEnd):
    def setUp(self):
        super().setUp()
        self.list = self.home / "urls.txt"

    def follow(self, *others):
        """Start a fetcher that follows a list of one line, and wait until each list's is fetched."""
        self.another_out()
        self.list_of(["/ok/first.bin"])
        process = self.start("--follow", "--json", "-c", "1", *others, self.list)
        files = {self.next_file(process) for _ in [*others, self.list]}
        self.assertIn("first.bin", files)
        return process

    def next_file(self, process):
        return json.loads(self.next_line(process.stdout))["file"]

    def append(self, text):
        with self.list.open("ab") as file:
            file.write(text)

    def test_each_line_that_is_appended_is_fetched_as_it_comes_until_a_signal(self):
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(number):
                process = self.follow()
                for name in "abc":
                    self.append(self.text_of([f"/ok/{name}.bin"]))
                    self.assertEqual(self.next_file(process), f"{name}.bin")
                process.send_signal(number)
                run = self.finish(process)
                self.assertEqual(run.exit, -number)
                self.assertEqual(run.outcomes, {n: "saved" for n in (1, 2, 3, 4)})

    def test_a_last_line_without_its_end_waits_for_it(self):
        process = self.follow()
        line, another = self.text_of(["/ok/a.bin"]), self.text_of(["/ok/b.bin"])
        self.append(line[:-4])
        self.wait_until(lambda: position(process, self.list) == self.list.stat().st_size, "reading")
        self.append(line[-4:] + another)
        self.assertEqual({self.next_file(process) for _ in range(2)}, {"a.bin", "b.bin"})
        self.append(another[:-1])
        self.wait_until(lambda: position(process, self.list) == self.list.stat().st_size, "reading")
        process.terminate()
        run = self.finish(process)
        self.assertEqual(self.origin.targets[1:].count("/ok/b.bin"), 1)
        self.assertEqual(sorted(run.outcomes), [1, 2, 3])

    def test_a_list_that_is_not_the_same_any_more_is_told(self):
        def shorten():
            os.truncate(self.list, 0)

        def replace():
            other = self.list_of(["/ok/other.bin"], "other.txt")
            other.rename(self.list)

        changes = {b"shorter": shorten, b"replaced": replace, b"removed": self.list.unlink}
        for word, change in changes.items():
            with self.subTest(word):
                process = self.follow()
                change()
                run = self.finish(process)
                self.assertEqual((run.exit, run.outcomes), (2, {1: "saved"}))
                self.assertIn(word, run.stderr)
                self.assertIn(str(self.list).encode(), run.stderr)

    def test_other_lists_are_read_before_the_one_that_is_followed(self):
        process = self.follow(self.list_of(["/ok/other.bin"], "other.txt"))
        self.assertEqual(self.origin.targets, ["/ok/other.bin", "/ok/first.bin"])
        self.append(self.text_of(["/ok/a.bin"]))
        self.assertEqual(self.next_file(process), "a.bin")
        process.terminate()
        self.finish(process)

    def test_what_is_no_file_cannot_be_followed(self):
        self.list_of([])
        pipe = self.home / "pipe"
        os.mkfifo(pipe)
        keeper = os.open(pipe, os.O_RDWR)
        self.addCleanup(os.close, keeper)
        for sources in [], ["-"], [self.list, pipe], [self.origin.url("/ok/a.bin")]:
            with self.subTest(sources):
                run = self.finish(self.start("--follow", *sources))
                self.assertEqual((run.exit, self.origin.requests), (2, []))
                self.assertIn(b"--follow", run.stderr)


def position(process, path):
    """Where a running fetcher reads in a file."""
    for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
        if descriptor.exists() and descriptor.samefile(path):
            text = Path(f"/proc/{process.pid}/fdinfo/{descriptor.name}").read_text()
            return int(text.split()[1])
    return None


class Unique(EndToEnd):
    def test_row_9_a_url_that_stands_twice_is_fetched_once_when_wanted(self):
        run = self.fetch(["/ok/a.bin", "/ok/b.bin", "/ok/a.bin", "/ok/a.bin"], "--unique")
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved", 3: "skipped", 4: "skipped"})
        self.assertEqual(sorted(self.origin.targets), ["/ok/a.bin", "/ok/b.bin"])
        self.assertEqual(sorted(self.stored()), ["a.bin", "b.bin"])


if __name__ == "__main__":
    unittest.main()
