"""A stdout that cannot be written: the downloads end, then the exit status says so."""

import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd

LINES = [f"/ok/{n}.bin" for n in range(50)]
STORED = {f"{n}.bin": f"/ok/{n}.bin" for n in range(50)}


class Stdout(EndToEnd):
    def assert_all_is_stored_but_exit_is(self, status, *options, **settings):
        run = self.fetch(LINES, *options, **settings)
        self.assertEqual((run.exit, len(run.records)), (status, 50))
        self.assert_stored(STORED)

    def test_row_14_records_that_do_not_fit_on_a_full_device_do_not_stop_the_downloads(self):
        with open("/dev/full", "wb") as full:
            self.assert_all_is_stored_but_exit_is(3, "--json", stdout=full)

    def test_row_14_a_reader_that_dies_does_not_stop_the_downloads(self):
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "wb") as widowed:
            self.assert_all_is_stored_but_exit_is(3, "--json", stdout=widowed)

    def test_row_14_a_reader_that_has_read_enough_does_not_stop_the_downloads(self):
        process = self.start(self.list_of(["/ok/a.bin", "/gate/late/b.bin"]), "--json")
        self.assertIn(b"/ok/a.bin", self.next_line(process.stdout))
        process.stdout.close()
        process.stdout = None
        self.origin.gate("late").set()
        run = self.finish(process)
        self.assertEqual((run.exit, len(run.records)), (3, 2))
        self.assert_stored({"a.bin": "/ok/a.bin", "b.bin": "/gate/late/b.bin"})

    def test_row_14_a_closed_stdout_is_one_that_cannot_be_written(self):
        closed = ["sh", "-c", 'exec "$0" "$@" >&-']
        self.assert_all_is_stored_but_exit_is(3, "--json", under=closed)

    def test_row_14_a_stdout_that_is_not_needed_may_be_closed(self):
        self.assert_all_is_stored_but_exit_is(0, under=["sh", "-c", 'exec "$0" "$@" >&-'])

    def test_row_14_a_closed_stderr_harms_no_file(self):
        self.assert_all_is_stored_but_exit_is(0, under=["sh", "-c", 'exec "$0" "$@" 2>&-'])


if __name__ == "__main__":
    unittest.main()
