"""Limits: how many at once, how much, how far, and for how long.

Rows are of the fault catalogue.
"""

import signal
import socket
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from fetcher import (
    MOST_DESCRIPTORS,
    EndToEnd,
    digest,
    is_sanitized,
    peak_memory,
    with_faults,
)
from origin import Origin
from server import listener


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


class BytesPerSecond(EndToEnd):
    def test_all_is_fetched_and_waiting_is_no_stall(self):
        paths = [f"/ok/8000/{n}.bin" for n in range(4)]
        run = self.fetch(paths, "--limit-rate", "30000", "--stall-timeout", "0.05", "--retry", "0")
        self.assertEqual((run.exit, set(run.outcomes.values())), (0, {"saved"}))
        self.assert_stored({f"{n}.bin": path for n, path in enumerate(paths)})

    def test_a_server_that_sends_faster_is_held_up(self):
        process = self.start(self.origin.url("/flood/a.bin"), "--limit-rate", "1k")
        self.origin.wait_until(lambda: self.origin.flooded > 2**17, "more than the limit lets in")
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGUSR1)
        self.next_line(process.stderr)
        process.terminate()
        record = self.finish(process).record(1)
        self.assertEqual(record["kind"], "cancelled")
        self.assertLessEqual(record["part"]["bytes"], 2**15)


class Descriptors(EndToEnd):
    def test_row_107_every_failure_gives_its_descriptors_back(self):
        faults = ["cl_short", "empty", "rst_mid", "http09", "cl_garbage", "nul_hdr", "ch_trunc"]
        silent = self.enterContext(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        paths = [f"/{fault}/a.bin" for fault in faults]
        others = ["no url", f"http://127.0.0.1:{silent}/a.bin", "https://127.0.0.1:1/a.bin"]
        options = ["--json", "--retry", "0", "--stall-timeout", "0.1"]
        process = self.start(*options, stdin=subprocess.PIPE)
        counts = []
        for _ in range(4):
            self.say(process, paths + others)
            for _ in paths + others:
                self.next_line(process.stdout)
            self.origin.wait_until(lambda: self.origin.in_progress == 0, "the last failure")
            self.wait_until(lambda: open_descriptors(process) <= min(counts, default=99), "closing")
            counts.append(open_descriptors(process))
        self.finish(process)


FIFTY = ["sh", "-c", 'ulimit -n 224; exec "$0" "$@"']  # connections, of 200 that can be spared


@unittest.skipIf(MOST_DESCRIPTORS < 5000, "so few descriptors keep few connections")
class IdleConnections(EndToEnd):
    def setUp(self):
        super().setUp()
        self.hosts = self.enterContext(Origin(""))

    def url(self, host):
        """Every address of loopback is a host of its own, and leads here."""
        return f"http://127.0.{host // 250}.{host % 250 + 1}:{self.hosts.port}/ok/{host}.bin"

    def connections(self, others, *options, **settings):
        """How many connections a list takes that comes back to a host after so many others."""
        self.another_out()
        self.hosts.connections = 0
        urls = [self.url(host) for host in (0, *range(1, others + 1), 0)]
        run = self.fetch(urls, *options, **settings)
        self.assertEqual((run.exit, len(run.records)), (0, others + 2))
        return self.hosts.connections

    def test_a_host_that_comes_again_after_a_thousand_is_still_connected(self):
        self.assertEqual(self.connections(990, "-c", "1"), 991)

    def test_no_more_than_a_thousand_are_kept(self):
        self.assertEqual(self.connections(1010, "-c", "1"), 1012)

    def test_few_descriptors_keep_few(self):
        self.assertEqual(self.connections(60, "-c", "1", under=FIFTY), 62)
        self.assertEqual(self.connections(40, "-c", "1", under=FIFTY), 41)

    def test_who_makes_room_is_not_in_use(self):
        body, held = "/rest/1000/others/a.bin", f"http://127.0.0.1:{self.hosts.port}"
        others = [self.url(host) for host in range(1, 71)]
        process = self.start(self.list_of([held + body, *others]), "-c", "2", under=FIFTY)
        self.hosts.wait_until(lambda: len(self.hosts.requests) == 71, "the others")
        self.hosts.gate("others").set()
        run = self.finish(process)
        self.assertEqual((run.exit, len(self.hosts.requests)), (0, 71))
        self.assertEqual(self.stored()["a.bin"], digest(body_of(body)))


def open_descriptors(process):
    return len(list(Path(f"/proc/{process.pid}/fd").iterdir()))


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


    def test_row_60_a_body_that_does_not_end_is_too_large(self):
        run = self.fetch(["/endless/a.bin", "/ok/b.bin"], "--max-size", "1000000")
        self.assertEqual(run.outcomes, {1: "too_large", 2: "saved"})
        self.assert_stored({"b.bin": "/ok/b.bin"})


class Times(EndToEnd):
    def test_row_56_a_connection_that_is_not_answered_is_left_after_the_connect_timeout(self):
        with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf, socket.socket() as first:
            first.connect(deaf.getsockname())  # fills the queue: what comes next is dropped
            url = f"http://127.0.0.1:{deaf.getsockname()[1]}/a.bin"
            options = ["--connect-timeout", "1", "--retry", "0"]
            run = self.fetch([url, "/ok/b.bin"], *options)
        self.assertEqual(run.outcomes, {1: "timeout", 2: "saved"})

    def test_row_56_a_handshake_that_does_not_end_is_left_after_the_connect_timeout(self):
        silent = self.enterContext(listener())
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/a.bin"
        run = self.fetch([url], "--connect-timeout", "1", "--retry", "0")
        self.assertEqual(run.outcomes, {1: "timeout"})

    def test_rows_57_and_58_a_server_that_says_nothing_is_left_after_the_stall_timeout(self):
        paths = ["/stall/a.bin", "/stall_mid/b.bin", "/stall_none/c.bin", "/ok/d.bin"]
        run = self.fetch(paths, "--stall-timeout", "1", "--retry", "1")
        kinds = {1: "timeout", 2: "timeout", 3: "timeout", 4: "saved"}
        self.assertEqual((run.exit, run.outcomes), (1, kinds))
        self.assertEqual([run.record(n)["attempts"] for n in kinds], [2, 2, 2, 1])
        self.assert_stored({"d.bin": "/ok/d.bin"})

    def test_row_59_a_slow_body_is_no_stall(self):
        run = self.fetch(["/drip/12/a.bin"], "--stall-timeout", "2")
        self.assertEqual(run.outcomes, {1: "saved"})
        self.assert_stored({"a.bin": "/drip/12/a.bin"})

    def test_row_59_an_attempt_ends_after_its_longest_time(self):
        options = ["--max-time", "1", "--retry", "0"]
        run = self.fetch(["/drip/600/a.bin", "/stall/b.bin", "/ok/c.bin"], *options)
        self.assertEqual(run.outcomes, {1: "timeout", 2: "timeout", 3: "saved"})
        self.assert_stored({"c.bin": "/ok/c.bin"})

    def test_row_62_a_process_that_was_stopped_reads_first_what_came_meanwhile(self):
        options = ["--stall-timeout", "1", "--retry", "0"]
        process = self.start(self.list_of(["/gate/shut/a.bin"]), *options)
        self.origin.asked("/gate/shut/a.bin")
        process.send_signal(signal.SIGSTOP)
        with Origin() as other:  # another fetcher, which runs, tells when the time is over
            options = ["--max-time", "2", "--retry", "0"]
            self.start_bare("-o", self.home / "b", *options, other.url("/stall/b.bin")).wait()
        self.origin.gate("shut").set()
        self.origin.wait_until(lambda: self.origin.in_progress == 0, "the answer")
        process.send_signal(signal.SIGCONT)
        self.assertEqual(self.finish(process).exit, 0)
        self.assert_stored({"a.bin": "/gate/shut/a.bin"})

    def test_row_62_a_wall_clock_that_jumps_harms_nothing(self):
        jumping = self.preloaded("jumping_clock")
        paths = ["/ok/a.bin", "/drip/4/b.bin", "/flaky/503/1/c.bin", "/busy/429/d?1"]
        options = ["--stall-timeout", "2", "--max-time", "9"]
        run = self.fetch([*paths, "/stall/e.bin"], *options, env=jumping)
        saved = dict.fromkeys(range(1, 5), "saved")
        self.assertEqual(run.outcomes, saved | {5: "timeout"})
        days = {record["at"][:10] for record in run.records}
        self.assertGreater(len(days), 1, "the clock has not jumped")


class SlowDisk(EndToEnd):
    def test_row_63_a_body_that_waits_for_the_disk_has_not_stalled_and_memory_is_bounded(self):
        settings = with_faults("write,pwrite64:delay_enter=5s:when=1", self.out / ".large.bin.part")
        settings["env"]["ASAN_OPTIONS"] += ":quarantine_size_mb=1"
        options = ["--json", "--stall-timeout", "2", "--retry", "0"]
        process = self.start(*options, stdin=subprocess.PIPE, **settings)
        lines = ["/ok/a.bin", "/ok/60000000/large.bin", "/ok/b.bin"]
        self.say(process, lines[:1])
        self.next_line(process.stdout)
        before = peak_memory(process)
        self.say(process, lines[1:])
        for _ in lines[1:]:
            self.next_line(process.stdout)
        if not is_sanitized("thread"):  # which notes several bytes about each
            self.assertLess(peak_memory(process), before + 45_000_000)
        run = self.finish(process, b"")
        self.assertEqual((run.exit, run.outcomes), (0, {1: "saved", 2: "saved", 3: "saved"}))
        self.assert_stored({path.rpartition("/")[2]: path for path in lines})


if __name__ == "__main__":
    unittest.main()
