"""A disk that is full: nothing partial, and no more is fetched."""

import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd, digest, records_of
from origin import body_of


class FullDisk(EndToEnd):
    def setUp(self):
        super().setUp()
        self.mount_small_out()

    def assert_only_whole_files(self):
        for name, what in self.stored().items():
            self.assertEqual(what, digest(body_of(f"/ok/300000/{name}")), name)

    def test_a_full_disk_ends_the_run_without_partial_files(self):
        log = self.home / "log"
        run = self.fetch([f"/ok/300000/{n}.bin" for n in range(50)], "-c", "2", "--log", log)
        self.assertEqual(run.exit, 3)
        records = records_of(log.read_bytes())
        self.assertIn("disk", {record.get("kind") for record in records})
        self.assertEqual(len({record["n"] for record in records}), len(records))
        self.assertLess(len(self.origin.requests), 20)
        self.assert_only_whole_files()

    def test_a_log_on_the_full_disk_does_not_change_that(self):
        run = self.fetch([f"/ok/300000/{n}.bin" for n in range(50)])
        self.assertEqual(run.exit, 3)
        self.assert_only_whole_files()

    def test_a_body_larger_than_the_disk_leaves_nothing(self):
        self.assertEqual(self.fetch(["/ok/5000000/a.bin"]).exit, 3)
        self.assert_stored({})

    def test_a_directory_that_cannot_be_written_is_noticed_before_any_request(self):
        subprocess.run(["mount", "-o", "remount,ro", self.out], check=True)
        self.assertEqual(self.fetch(["/ok/a.bin"]).exit, 3)
        self.assertEqual(self.origin.requests, [])


if __name__ == "__main__":
    unittest.main()
