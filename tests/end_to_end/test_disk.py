"""A disk that is full or slow: nothing partial, and no more is fetched than it takes."""

import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from fetcher import LOG, EndToEnd, digest, records_of, whole_records_of, with_faults
from patience import PATIENCE


class FullDisk(EndToEnd):
    def setUp(self):
        super().setUp()
        self.mount_small_out()

    def assert_only_whole_files(self):
        for name, what in self.stored().items():
            self.assertEqual(what, digest(body_of(f"/ok/300000/{name}")), name)

    def test_row_87_a_full_disk_ends_the_run_without_partial_files(self):
        log = self.home / "log"
        run = self.fetch([f"/ok/300000/{n}.bin" for n in range(50)], "-c", "2", "--log", log)
        self.assertEqual(run.exit, 3)
        records = records_of(log.read_bytes())
        self.assertIn("disk", {record.get("kind") for record in records})
        self.assertEqual(len({record["n"] for record in records}), len(records))
        self.assertLess(len(self.origin.requests), 20)
        self.assertIn(b"stopped, because this machine could not write", run.stderr)
        self.assert_only_whole_files()

    def test_row_87_with_room_the_next_run_completes_it(self):
        paths = [f"/ok/300000/{n}.bin" for n in range(20)]
        run = self.fetch(paths)
        self.assertEqual(run.exit, 3)
        self.assertNotIn(b"tells what failed", run.stderr)  # its log is not whole
        self.assert_only_whole_files()
        # The last record may be torn: there was no room for it either.
        records = whole_records_of((self.out / LOG).read_bytes())
        logged = {record["url"] for record in records if record["status"] == "saved"}
        subprocess.run(["mount", "-o", "remount,size=50m", self.out], check=True)
        self.origin.requests.clear()
        self.assertEqual(self.fetch(paths).exit, 0)
        self.assertEqual(len(self.stored()), 20)
        self.assert_only_whole_files()
        asked = {self.origin.url(target) for target in self.origin.targets}
        self.assertEqual(logged & asked, set())

    def test_rows_60_and_87_a_body_larger_than_the_disk_leaves_nothing(self):
        for path in "/ok/5000000/a.bin", "/endless/b.bin":
            with self.subTest(path):
                self.assertEqual(self.fetch([path]).exit, 3)
                self.assert_stored({})

    def test_row_36_a_disk_that_cannot_be_written_is_noticed_before_any_request(self):
        subprocess.run(["mount", "-o", "remount,ro", self.out], check=True)
        self.assertEqual(self.fetch(["/ok/a.bin"]).exit, 3)
        self.assertEqual(self.origin.requests, [])


class SlowDisk(EndToEnd):
    def test_row_105_what_waited_for_a_slow_disk_comes_whole(self):
        # More than may lie in memory: the network is held, more than once, and let go on.
        paths = ["/ok/80000000/a.bin", "/ch_ok/2000000/b.bin", "/ok/c.bin"]
        slow = with_faults("write:delay_enter=2000", self.out / ".a.bin.part")
        run = self.fetch(paths, "--max-time", "60", **slow)
        self.assertEqual((run.exit, set(run.outcomes.values())), (0, {"saved"}))
        self.assert_stored({path.rpartition("/")[2]: path for path in paths})

    def test_row_106_a_stop_waits_for_the_writes_that_have_begun(self):
        paths = [f"/ok/1000000/{n}.bin" for n in range(20)]
        urls = self.list_of(paths)
        process = self.start(urls, "-c", "3", **with_faults("write:delay_enter=20000"))
        self.wait_until(lambda: any(self.out.glob(".*.part")), "the first part")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE), -signal.SIGINT)
        run = self.finish(process)
        for n, file in run.files.items():
            self.assertEqual(self.stored()[file], digest(body_of(paths[n - 1])), file)
        self.assertEqual(set(self.stored()), set(run.files.values()))  # and no part
        self.assertEqual(self.finish(self.start(urls)).exit, 0)
        self.assert_stored({path.rpartition("/")[2]: path for path in paths})


class FileSizeLimit(EndToEnd):
    def test_row_88_a_file_larger_than_allowed_ends_the_run_without_partial_files(self):
        limited = ["sh", "-c", 'ulimit -f 200; exec "$0" "$@"']  # in blocks of 512 bytes
        run = self.fetch(["/ok/a.bin", "/ok/300000/b.bin"], "-c", "1", under=limited)
        self.assertEqual((run.exit, run.outcomes), (3, {1: "saved", 2: "disk"}))
        self.assertIn("File too large", run.record(2)["error"])
        self.assert_stored({"a.bin": "/ok/a.bin"})


if __name__ == "__main__":
    unittest.main()
