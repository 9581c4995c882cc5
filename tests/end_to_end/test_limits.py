"""Limits: how many at once, how much, how far, and for how long."""

import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd
from origin import listener


class AtOnce(EndToEnd):
    def test_so_many_requests_are_in_progress_and_never_more(self):
        for limit in 1, 4, 32:
            with self.subTest(limit):
                self.origin.most_in_progress = 0
                paths = [f"/meet/{limit}/{limit}-{n}.bin" for n in range(limit * 5)]
                self.assertEqual(self.fetch(paths, "-c", str(limit)).exit, 0)
                self.assertEqual(self.origin.most_in_progress, limit)

    def test_without_a_limit_they_are_ten(self):
        self.assertEqual(self.fetch([f"/meet/10/{n}.bin" for n in range(50)]).exit, 0)
        self.assertEqual(self.origin.most_in_progress, 10)

    def test_failures_give_their_place_back_once(self):
        faults = ["cl_short", "empty", "rst_mid", "http09", "status/500", "cl_garbage", "loop"]
        process = self.start("-c", "3", "--json", stdin=subprocess.PIPE)
        self.say(process, [f"/{fault}/a.bin" for fault in faults] * 3)
        for _ in faults * 3:
            self.next_line(process.stdout)
        self.origin.wait_until(lambda: self.origin.in_progress == 0, "the last failure")
        self.origin.most_in_progress = 0
        self.finish(process, self.text_of([f"/meet/3/{n}.bin" for n in range(15)]))
        self.assertEqual(self.origin.most_in_progress, 3)


class Sizes(EndToEnd):
    def test_a_body_that_is_larger_than_allowed_is_a_failure(self):
        rows = {
            "/ok/1001/a.bin": "too_large",
            "/ok/1000/b.bin": "saved",
            "/ch_ok/1001/c.bin": "too_large",
            "/ch_ok/1000/d.bin": "saved",
            "/cl_none/1001/e.bin": "too_large",
            "/cl_none/1000/f.bin": "saved",
        }
        run = self.fetch(rows, "--max-size", "1000")
        self.assertEqual(run.outcomes, dict(enumerate(rows.values(), 1)))
        self.assertEqual(sorted(self.stored()), ["b.bin", "d.bin", "f.bin"])


class Times(EndToEnd):
    def test_a_server_that_says_nothing_is_left_after_the_stall_timeout(self):
        run = self.fetch(["/stall/a.bin", "/stall_mid/b.bin", "/ok/c.bin"], "--stall-timeout", "1")
        self.assertEqual(run.outcomes, {1: "timeout", 2: "timeout", 3: "saved"})
        self.assert_stored({"c.bin": "/ok/c.bin"})

    def test_a_slow_body_is_no_stall(self):
        run = self.fetch(["/drip/12/a.bin"], "--stall-timeout", "2")
        self.assertEqual(run.outcomes, {1: "saved"})

    def test_an_attempt_ends_after_its_longest_time(self):
        run = self.fetch(["/drip/600/a.bin", "/stall/b.bin", "/ok/c.bin"], "--max-time", "1")
        self.assertEqual(run.outcomes, {1: "timeout", 2: "timeout", 3: "saved"})
        self.assert_stored({"c.bin": "/ok/c.bin"})

    def test_a_handshake_that_does_not_end_is_left_after_the_connect_timeout(self):
        silent = self.enterContext(listener())
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/a.bin"
        run = self.fetch([url], "--connect-timeout", "1")
        self.assertEqual(run.outcomes, {1: "timeout"})


if __name__ == "__main__":
    unittest.main()
