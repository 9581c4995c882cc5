"""Tries after the first, and the turns that hosts take. Rows are of the fault catalogue."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
import unittest
from collections import deque
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd
from origin import Origin
from server import listener

SOON = "5"  # tries after the first: more than any answer here needs


class Retries(EndToEnd):
    def times_asked(self, path):
        return self.origin.targets.count(path)

    def test_row_73_what_will_pass_is_asked_for_again(self):
        statuses = [408, 425, 429, 500, 502, 503, 504]
        paths = [f"/flaky/{status}/1/{status}.bin" for status in statuses]
        run = self.fetch(paths)
        self.assertEqual(run.exit, 0)
        self.assertEqual({record["attempts"] for record in run.records}, {2})
        self.assert_stored({f"{status}.bin": path for status, path in zip(statuses, paths)})

    def test_row_72_what_was_answered_for_good_is_asked_for_once(self):
        paths = [f"/status/{status}/a.bin" for status in (400, 401, 403, 404, 410, 451, 501)]
        run = self.fetch([*paths, "/nocolon/a.bin", "/no_location/a.bin"], "--retry", SOON)
        self.assertEqual(run.exit, 1)
        self.assertEqual(len(self.origin.requests), 9)
        self.assertEqual({record["attempts"] for record in run.records}, {1})
        self.assert_stored({})

    def test_rows_48_and_76_a_connection_that_breaks_is_tried_again_from_the_start(self):
        run = self.fetch(["/rst_once/500000/a.bin"])
        self.assertEqual((run.exit, run.record(1)["attempts"]), (0, 2))
        self.assert_stored({"a.bin": "/rst_once/500000/a.bin"})

    def test_row_77_there_are_as_many_tries_as_asked_for_and_the_last_reason_is_told(self):
        paths = ["/status/503/a.bin", "/rst_mid/b.bin", "/cl_short/c.bin"]
        for retries in 0, 1, 2:
            with self.subTest(retries):
                self.another_out()
                self.origin.requests.clear()
                run = self.fetch(paths, "--retry", str(retries))
                self.assertEqual(run.outcomes, {1: "http_status", 2: "truncated", 3: "truncated"})
                for path in paths:
                    self.assertEqual(self.times_asked(path), retries + 1)
                self.assertIn("503", run.record(1)["error"])
                self.assert_stored({})

    def test_a_record_tells_what_the_last_attempt_was_answered(self):
        run = self.fetch(["/forgetful/a.bin?/status/503/b", "/fading/503/c.bin"], "--retry", "1")
        self.assertEqual(run.outcomes, {1: "saved", 2: "connect"})
        self.assertEqual([run.record(n)["attempts"] for n in (1, 2)], [2, 2])
        self.assertEqual(run.record(1)["http"], 200)
        self.assertNotIn("final_url", run.record(1))
        told = {"http", "type", "etag", "last_modified"}
        self.assertEqual(told & run.record(2).keys(), set())

    def test_a_line_that_waits_for_its_next_try_gives_its_turn_to_others(self):
        run = self.fetch(["/busy/503/a.bin?1", "/ok/b.bin", "/ok/c.bin"], "-c", "1", "-v")
        self.assertEqual(run.exit, 0)
        self.assertEqual(self.times_asked("/busy/503/a.bin?1"), 2)

    def test_all_tries_of_one_url_have_a_time_in_all(self):
        run = self.fetch(["/busy/503/a.bin?2"], "--retry", SOON, "--retry-max-time", "1")
        self.assertEqual((run.exit, len(self.origin.requests)), (1, 1))


class RetryAfter(EndToEnd):
    def asked_at(self, value):
        """Fetch what is busy once, and give the two times at which it was asked for."""
        self.another_out()
        self.origin.requests.clear()
        path = f"/busy/503/{time.monotonic_ns()}.bin?{quote(value)}"
        run = self.fetch([path], "--retry", SOON)
        self.assertEqual(run.exit, 0)
        return [request.at for request in self.origin.requests]

    def test_row_74_a_wait_in_seconds_is_kept(self):
        first, second = self.asked_at("1")
        self.assertGreaterEqual(second - first, 0.99)

    def test_row_74_a_wait_until_a_date_is_kept(self):
        now = time.time()
        _, second = self.asked_at(formatdate(now + 2, usegmt=True))
        self.assertGreaterEqual(second - time.monotonic() + time.time(), int(now) + 1.99)

    def test_row_74_what_is_past_or_junk_does_not_stop_the_run(self):
        for value in formatdate(0, usegmt=True), "-5", "soon", "":
            with self.subTest(value):
                self.assertEqual(len(self.asked_at(value)), 2)

    def test_row_74_who_wants_to_be_left_alone_for_too_long_is_given_up_at_once(self):
        for value in "86400", "9" * 21, formatdate(time.time() + 86400, usegmt=True):
            with self.subTest(value):
                self.another_out()
                self.origin.requests.clear()
                run = self.fetch([f"/busy/503/a.bin?{quote(value)}"], "--retry", SOON)
                self.assertEqual(run.outcomes, {1: "http_status"})
                self.assertIn(value, run.record(1)["error"])
                self.assertEqual(len(self.origin.requests), 1)

    def test_row_75_a_host_that_asks_to_wait_is_left_alone_by_all_lines_and_others_go_on(self):
        other = self.enterContext(Origin())
        lines = [f"/crowded/a{n}.bin" for n in range(10_000)]
        lines[:500] = [url for n in range(500) for url in (lines[n], other.url(f"/ok/b{n}.bin"))]
        run = self.fetch(lines, "--retry", SOON, "-c", "8")
        self.assertEqual(run.exit, 0)
        times = [request.at for request in self.origin.requests]
        early = [time for time in times if time < times[0] + 1]
        self.assertLessEqual(len(early), 8)
        meanwhile = [r for r in other.requests if early[-1] < r.at < times[len(early)]]
        self.assertGreater(len(meanwhile), 400)

    def test_row_92_a_signal_ends_a_wait(self):
        process = self.start(self.list_of(["/busy/503/a.bin?60"]), "--retry", SOON)
        self.origin.asked("/busy/503/a.bin?60")
        self.origin.wait_until(lambda: self.origin.in_progress == 0, "its answer")
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process).exit, -signal.SIGINT)


def accept_all(listening, at_once):
    """Accept connections, say nothing, and close the oldest when they are more."""
    connections = deque()
    with contextlib.suppress(OSError):
        while True:
            connections.append(listening.accept()[0])
            if len(connections) > at_once:
                connections.popleft().close()


class Hosts(EndToEnd):
    def test_one_host_gets_no_more_requests_at_once_than_allowed(self):
        paths = [f"/meet/2/{n}.bin" for n in range(20)]
        self.assertEqual(self.fetch(paths, "-c", "10", "--per-host", "2").exit, 0)
        self.assertEqual(self.origin.most_in_progress, 2)

    def test_row_61_a_host_that_stalls_does_not_stop_the_others(self):
        other = self.enterContext(Origin())
        lines = [f"/gate/shut/{n}.bin" for n in range(100)]
        last = other.url("/ok/last.bin")
        process = self.start("-c", "4", "--per-host", "3", stdin=subprocess.PIPE)
        self.say(process, [*lines, last])
        other.asked("/ok/last.bin")
        self.origin.wait_until(lambda: self.origin.in_progress == 3, "three requests")
        self.origin.gate("shut").set()
        self.assertEqual(self.finish(process).exit, 0)
        self.assertEqual(len(self.stored()), 101)
        self.assertEqual(self.origin.most_in_progress, 3)

    def test_row_61_a_list_of_stalled_urls_and_a_good_one_ends_in_time(self):
        at_once, count = 2500, 10_000
        silent = self.enterContext(listener())
        # The fetcher has left those that are closed because others came.
        threading.Thread(target=accept_all, args=[silent, at_once + 500], daemon=True).start()
        host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        lines = [f"{host}/{n}.bin" for n in range(count)]
        options = ["-c", str(at_once), "--stall-timeout", "1", "--retry", "0"]
        run = self.fetch([*lines, "/ok/good.bin"], *options)
        self.assertEqual(run.outcomes, dict.fromkeys(range(1, count + 1), "timeout")
                         | {count + 1: "saved"})

    def test_a_host_gets_new_requests_at_a_rate(self):
        self.assertEqual(self.fetch([f"/ok/{n}.bin" for n in range(6)], "--rate", "10").exit, 0)
        first, *_, last = self.origin.requests
        self.assertGreaterEqual(last.at - first.at, 0.45)

    def test_a_list_is_read_ahead_only_as_far_as_memory_is_bounded(self):
        lines = [f"/gate/shut/{n}.bin" for n in range(200)]
        process = self.start("-c", "5", "--per-host", "1", stdin=subprocess.PIPE)
        self.say(process, lines)
        self.wait_until_read(process)
        self.origin.wait_until(lambda: self.origin.in_progress == 1, "a request")
        self.origin.gate("shut").set()
        self.assertEqual(self.finish(process).exit, 0)
        self.assertEqual(self.origin.most_in_progress, 1)
        self.assertEqual(self.origin.targets, lines)


if __name__ == "__main__":
    unittest.main()
