"""Exit status, words and signals: what the one who calls sees."""

import ctypes
import re
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd

OPTIONS = """
    -c -o --name --connect-timeout --stall-timeout --max-time --max-size --max-redirs -H -A -x
    --cacert -k --http --json -q --no-progress -v --log --overwrite --skip-existing --durability
""".split()


class Usage(EndToEnd):
    def test_row_8_a_usage_error_is_one_line_and_creates_nothing(self):
        urls = self.list_of(["/ok/a.bin"])
        rows = [
            ["-c", "0"],
            ["-c", "-1"],
            ["-c", "10001"],
            ["-c", "1e9"],
            ["-c", "abc"],
            ["--max-time", "-1"],
            ["--max-time", "soon"],
            ["--max-size", "much"],
            ["--max-redirs", "-1"],
            ["--http", "3"],
            ["--name", "{nonsense}"],
            ["--name", "a/{name}"],
            ["--cacert", "missing.crt"],
            ["-H", "no colon"],
            ["-H", "X-Two: lines\nX-Other: 1"],
            ["--overwrite", "--skip-existing"],
            ["--no-such-option"],
        ]
        for row in [*([*row, urls] for row in rows), [urls, "-c"], [urls, "--log"]]:
            with self.subTest(row):
                run = self.finish(self.start(*row))
                self.assertEqual((run.exit, run.stdout), (2, b""), run.stderr)
                self.assertEqual(run.stderr.count(b"\n"), 1, run.stderr)
                self.assertFalse(self.out.exists())
        self.assertEqual(self.origin.requests, [])

    def test_a_usage_error_names_what_was_wrong(self):
        for arguments in ["-c", "abc"], ["--no-such-option"], ["--http", "gopher"]:
            with self.subTest(arguments):
                run = self.finish(self.start("http://127.0.0.1:1/", *arguments))
                self.assertIn(arguments[-1].encode(), run.stderr)

    def test_a_list_may_be_called_nearly_as_a_command(self):
        self.list_of(["/ok/a.bin"], "stast")
        for command, status in ("reprot", 2), ("stast", 0):
            with self.subTest(command):
                run = self.finish(self.start_bare(command, "-o", self.out))
                self.assertEqual(run.exit, status, run.stderr)

    def test_help_shows_every_option_and_three_examples(self):
        run = self.finish(self.start_bare("--help"))
        self.assertEqual((run.exit, run.stderr), (0, b""))
        for option in OPTIONS:
            self.assertRegex(run.stdout.decode(), rf"(?m)[\s,]{option}\b")
        _, examples = re.split(rb"(?mi)^examples.*$", run.stdout)
        self.assertEqual(len(re.findall(rb"\bfetcher ", examples)), 3)

    def test_version_says_which_libraries_are_running(self):
        run = self.finish(self.start_bare("--version"))
        curl, uv = ctypes.CDLL("libcurl.so.4"), ctypes.CDLL("libuv.so.1")
        curl.curl_version.restype = uv.uv_version_string.restype = ctypes.c_char_p
        self.assertIn(curl.curl_version().split()[0].removeprefix(b"libcurl/"), run.stdout)
        self.assertIn(uv.uv_version_string(), run.stdout)


class Words(EndToEnd):
    LINES = ["/ok/a.bin", "notaurl", "/status/404/b", "/cl_short/c"]

    def test_the_summary_counts_what_became_of_the_lines(self):
        run = self.fetch(self.LINES)
        for word in b"saved", b"failed", b"bad_url", b"http_status", b"truncated":
            self.assertIn(word, run.stderr)

    def test_quiet_is_silent_whatever_happens(self):
        run = self.fetch(self.LINES, "-q")
        self.assertEqual((run.exit, run.stdout, run.stderr), (1, b"", b""))

    def test_verbose_says_a_line_for_each_url(self):
        run = self.fetch(self.LINES, "-v")
        for line in self.LINES:
            self.assertEqual(len(re.findall(rb"(?m)%s\b.*$" % line.encode(), run.stderr)), 1, line)


class InWords(EndToEnd):
    """A message says what happened, to which line of which list, and what can be done."""

    FAILING = """notaurl ftp://host/x http:///x {"url":5} {broken http://127.0.0.1:1/x
        http://no.such.invalid/x /status/404/a /cl_short/b /stall_body/c http://[::1/x""".split()

    # A number of a library or of the system, or the name of one.
    CODE = r"(?i:\b(error|errno|code|curle?)\b)[ :=(#]*-?\d|\bE[A-Z]{4,}\b|CURL|\bUV_"

    def test_a_failure_names_its_list_and_line_and_tells_in_words(self):
        first = self.list_of(["/ok/a.bin", *self.FAILING], "first.txt")
        second = self.list_of(["", "/status/500/d"], "second.txt")
        run = self.finish(self.start(first, second, "--retry", "0", "--stall-timeout", "0.2"))
        failed = [record for record in run.records if record["status"] == "failed"]
        self.assertEqual(len(failed), len(self.FAILING) + 1)
        for record in failed:
            with self.subTest(record):
                where = f"fetcher: {record['list']}, line {record['n']}: {record['url']}: "
                self.assertIn(f"{where}{record['error']}\n".encode(), run.stderr)
                self.assertRegex(record["error"], r"[a-z]{2,} [A-Za-z]{2,}")
                self.assertNotRegex(record["error"], self.CODE)

    def test_what_failed_is_followed_by_where_to_look(self):
        run = self.fetch(["/status/404/a"])
        advice = f'fetcher: {self.out}/fetcher.jsonl tells what failed; "fetcher help kinds" '
        self.assertTrue(run.stderr.splitlines()[-1].startswith(advice.encode()), run.stderr)
        self.assertNotIn(b"help kinds", self.fetch(["/ok/a.bin"]).stderr)

    def test_who_stops_a_run_is_told_once_how_to_go_on(self):
        paths = [f"/gate/shut/{n}" for n in range(20)]
        running = self.start(self.list_of(paths), "-c", "20")
        for path in paths:
            self.origin.asked(path)
        running.send_signal(signal.SIGINT)
        run = self.finish(running)
        self.assertEqual(run.outcomes, {n: "cancelled" for n in range(1, 21)})
        self.assertNotIn(b"/gate/shut", run.stderr)
        self.assertIn(b"\nfetcher: stopped by a signal; the same command again goes on", run.stderr)

    def test_what_keeps_a_run_from_beginning_is_told_with_what_to_try(self):
        (self.home / "file").touch()
        (self.home / "alien").write_text("not a record")
        urls = self.list_of(["/ok/a.bin"])
        for arguments, told, advice in [
            (["missing.txt"], "missing.txt: No such file or directory", "http:// or https://"),
            ([self.home], "Is a directory", ""),
            ([urls, "-o", "file"], "file: Not a directory", "another one with --output-dir"),
            ([urls, "--log", "no/log"], "no/log: No such file", "another one with --log"),
            ([urls, "--log", "alien"], "alien is no log of ours", "another one with --log"),
            ([urls, "--log", "/dev/null"], "/dev/null is no regular file", "with --log"),
            ([urls, "--colour"], "--colour", "fetcher help fetch lists the options"),
            (["packets", "--colour"], "--colour", "fetcher help packets lists the options"),
            (["stats", "missing"], "missing: No such file or directory", ""),
            ([self.list_of([], "empty.txt")], "has no URL", "fetcher help lists"),
            (["--retry-failed", "empty.txt"], "nothing has failed in empty.txt", ""),
        ]:
            with self.subTest(arguments):
                run = self.finish(self.start_bare(*arguments))
                words = run.stderr.decode()
                self.assertIn(told, words)
                self.assertIn(advice, words[words.index(told) :])
                self.assertNotRegex(words, self.CODE)


if __name__ == "__main__":
    unittest.main()
