"""Records: one per line of the list, in the log and on stdout."""

import re
import sys
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import LOG, EndToEnd, records_of, tree

STEPS = {"queued", "resolve", "connect", "tls", "first_byte", "total", "write"}


class Records(EndToEnd):
    def test_a_saved_record_says_what_came(self):
        record = self.fetch(["", "/validated/a.png"]).record(2)
        expected = {
            "n": 2,
            "url": self.origin.url("/validated/a.png"),
            "status": "saved",
            "file": "a.png",
            "bytes": 1000,
            "http": 200,
            "type": "image/png",
            "etag": '"one"',
            "last_modified": "Sat, 01 Jan 2022 10:00:00 GMT",
            "attempts": 1,
        }
        self.assertEqual({key: record[key] for key in expected}, expected)
        self.assertEqual(set(record) - set(expected), {"at", "seconds"})

    def test_a_record_says_when_in_utc(self):
        at = self.fetch(["/ok/a.bin"]).record(1)["at"]
        self.assertRegex(at, r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z")
        age = datetime.now(timezone.utc) - datetime.fromisoformat(at)
        self.assertLess(abs(age), timedelta(minutes=1))

    def test_a_record_says_how_long_each_step_took(self):
        seconds = self.fetch(["/ok/a.bin"]).record(1)["seconds"]
        self.assertEqual(set(seconds), STEPS)
        for step, duration in seconds.items():
            self.assertTrue(0 <= duration < 60, f"{step}: {duration}")
        self.assertGreaterEqual(seconds["total"], seconds["first_byte"])

    def test_a_failed_record_says_why(self):
        record = self.fetch(["/status/404/a.png"]).record(1)
        expected = {"n": 1, "status": "failed", "kind": "http_status", "http": 404, "attempts": 1}
        self.assertEqual({key: record.get(key) for key in expected}, expected)
        self.assertIn("404", record["error"])
        self.assertNotIn("file", record)

    def test_a_record_says_where_a_redirect_led(self):
        run = self.fetch(["/redirect/302/a.bin?/ok/b.bin", "/ok/c.bin"])
        self.assertEqual(run.record(1)["url"], self.origin.url("/redirect/302/a.bin?/ok/b.bin"))
        self.assertEqual(run.record(1)["final_url"], self.origin.url("/ok/b.bin"))
        self.assertNotIn("final_url", run.record(2))

    def test_every_line_that_was_taken_has_exactly_one_record(self):
        paths = ["/ok/a.bin", "", "notaurl", "/cl_short/b.bin", "# no line", "/status/500/c", "x:"]
        run = self.fetch(paths * 30, "-c", "7")
        self.assertEqual(len(run.outcomes), len(run.records))
        self.assertEqual(len(run.records), 5 * 30)

    def test_json_writes_to_stdout_what_is_written_to_the_log(self):
        run = self.fetch(["/ok/a.bin", "notaurl", "/status/404/b", "/ok/c.bin"], "--json")
        self.assertEqual(sorted(run.stdout.splitlines()), sorted(run.log.splitlines()))
        self.assertEqual(len(records_of(run.stdout)), 4)

    def test_without_json_nothing_is_written_to_stdout(self):
        self.assertEqual(self.fetch(["/ok/a.bin", "notaurl"]).stdout, b"")

    def test_the_log_can_lie_elsewhere(self):
        log = self.home / "elsewhere.jsonl"
        self.fetch(["/ok/a.bin"], "--log", log)
        self.assertEqual([record["n"] for record in records_of(log.read_bytes())], [1])
        self.assertFalse((self.out / LOG).exists())

    def test_a_log_that_cannot_be_written_is_this_machines_failure(self):
        run = self.fetch(["/ok/a.bin"], "--log", self.home / "missing" / "log")
        self.assertEqual(run.exit, 3)

    def test_row_15_credentials_are_in_no_record_and_no_name_and_no_word(self):
        rows = [
            self.origin.url("/ok/a.bin", user="alice:s3cret"),
            "/redirect_with_password/b.bin",
            self.origin.url("/cl_short/c.bin", user="alice:s3cret"),
            "http://alice:s3cret@[::1/x",
        ]
        run = self.fetch(rows, "--json", "-v")
        self.assertEqual(run.record(1)["url"], self.origin.url("/ok/a.bin"))
        self.assertEqual(run.record(2)["final_url"], self.origin.url("/ok/b.bin"))
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved", 3: "truncated", 4: "bad_url"})
        said = run.stdout + run.stderr + run.log + repr(tree(self.out)).encode()
        self.assertEqual(re.findall(b"alice|bob|s3cret", said), [])


if __name__ == "__main__":
    unittest.main()
