"""Signals, and a second process at the same work. Rows are of the fault catalogue."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from fetcher import EndToEnd, digest, records_of, with_faults
from patience import PATIENCE


class Signals(EndToEnd):
    def start_stalled(self, *options, count=2):
        """A fetcher that waits for answers which will not come."""
        paths = [f"/stall_mid/{n}.bin" for n in range(20)]
        process = self.start(self.list_of(paths), "-c", str(count), *options)
        self.origin.wait_until(lambda: self.origin.in_progress == count, "the first requests")
        return process

    def test_row_92_it_cleans_up_and_dies_of_the_signal(self):
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            with self.subTest(number.name):
                self.another_out()
                process = self.start_stalled()
                process.send_signal(number)
                process.wait(5)  # it promises a second
                run = self.finish(process)
                self.assertEqual(run.exit, -number)
                self.assertLessEqual({1: "cancelled", 2: "cancelled"}.items(), run.outcomes.items())
                self.assertEqual(set(run.outcomes.values()), {"cancelled"})
                self.assert_stored({})
                self.origin.wait_until(lambda: self.origin.in_progress == 0, "the last request")

    def test_row_7_a_list_that_stays_open_does_not_hold_it(self):
        process = self.start("--json", stdin=subprocess.PIPE)
        self.say(process, ["/ok/a.bin"])
        self.next_line(process.stdout)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(5), -signal.SIGINT)
        self.assert_stored({"a.bin": "/ok/a.bin"})

    def test_usr1_asks_for_a_status_line(self):
        process = self.start_stalled()
        process.send_signal(signal.SIGUSR1)
        self.assertTrue(self.next_line(process.stderr).strip())
        self.assertIsNone(process.poll())

    def test_row_92_a_signal_that_was_ignored_stays_so(self):
        nohup = ["sh", "-c", 'trap "" HUP; exec "$0" "$@"']
        process = self.start(self.list_of(["/gate/shut/a.bin"]), under=nohup)
        self.origin.asked("/gate/shut/a.bin")
        process.send_signal(signal.SIGHUP)
        self.origin.gate("shut").set()
        self.assertEqual(self.finish(process).exit, 0)

    def test_row_93_a_second_signal_does_not_wait_for_a_reader_that_hangs(self):
        # The first one would end it too, a second later, but of its own number.
        process = self.start("--json", self.list_of(["no url"] * 1000))
        self.wait_until(lambda: hangs_in_a_pipe(process), "a pipe that is full")
        process.send_signal(signal.SIGINT)
        self.wait_until(lambda: not is_pending(process, signal.SIGINT), "the first signal")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE), -signal.SIGTERM)

    def test_row_95_it_goes_on_where_it_was_stopped(self):
        process = self.start(self.list_of([f"/gate/shut/{n}.bin" for n in range(4)]))
        self.origin.wait_until(lambda: self.origin.in_progress == 4, "the requests")
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        self.origin.gate("shut").set()
        self.origin.wait_until(lambda: self.origin.in_progress == 0, "the answers")
        process.send_signal(signal.SIGCONT)
        run = self.finish(process)
        self.assertEqual((run.exit, set(run.outcomes.values())), (0, {"saved"}))

    def test_row_95_a_terminal_that_is_resized_or_gone_harms_no_file(self):
        screen, terminal = pty.openpty()
        paths = ["/gate/shut/a.bin", "/ok/b.bin"]
        process = self.start(self.list_of(paths), stderr=terminal, under=["setsid", "--wait"])
        os.close(terminal)
        self.origin.asked(paths[0])
        for columns in 20, 0, 65535, 80:
            fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            process.send_signal(signal.SIGWINCH)
        os.close(screen)
        self.origin.gate("shut").set()
        self.assertEqual(self.finish(process).exit, 0)
        self.assert_stored({"a.bin": paths[0], "b.bin": paths[1]})


def is_pending(process, number):
    """Whether a process has a signal before it that it has not taken yet."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    pending = status.partition("ShdPnd:")[2].split()[0]
    return int(pending, 16) >> number - 1 & 1


def hangs_in_a_pipe(process):
    """Whether a thread of a process waits for the reader of a pipe that is full."""
    def waits_for_a_reader(thread):
        try:
            return "pipe_write" in (thread / "wchan").read_text()
        except FileNotFoundError:  # the thread has ended meanwhile
            return False

    return any(map(waits_for_a_reader, Path(f"/proc/{process.pid}/task").iterdir()))


class TwoProcesses(EndToEnd):
    def test_row_96_a_second_process_with_the_same_log_refuses(self):
        urls = self.list_of(["/gate/shut/a.bin"])
        first = self.start(urls)
        self.origin.asked("/gate/shut/a.bin")
        second = self.start(urls)
        _, words = second.communicate()
        self.assertEqual(second.returncode, 2)
        self.assertIn(b"another process", words)
        self.assertEqual(len(self.origin.requests), 1)
        self.origin.gate("shut").set()
        self.assertEqual(self.finish(first).exit, 0)

    def test_row_96_a_part_is_nobody_elses_until_it_has_its_name(self):
        path = "/ok/300000/a.bin"
        urls = self.list_of([path])
        slow = self.start(urls, **with_faults("renameat2:delay_enter=1000000"))
        part = self.out / ".a.bin.part"
        self.wait_until(lambda: part.exists() and part.stat().st_size == 300_000, "the whole part")
        other = self.finish(self.start(urls, "--log", self.home / "log"))
        self.assertEqual(other.exit, 1)
        self.assertEqual(self.finish(slow).exit, 0)
        self.assert_stored({"a.bin": path})

    def test_row_96_two_logs_and_one_directory_keep_every_file_whole(self):
        paths = [f"/ok/{n * 1000}/{n}.bin" for n in range(100)]
        urls = self.list_of(paths)
        both = [self.start(urls, "--log", self.home / f"log-{n}") for n in range(2)]
        for n, process in enumerate(both):
            self.finish(process)
            for record in records_of((self.home / f"log-{n}").read_bytes()):
                self.assertIn(record.get("kind", "saved"), ("saved", "name_conflict"), record)
        self.assertEqual(self.fetch(paths, "--log", self.home / "log-3").exit, 0)
        for name, what in self.stored().items():
            n = int(name.partition(".")[0].partition("-")[0])
            self.assertEqual(what, digest(body_of(paths[n])), name)


if __name__ == "__main__":
    unittest.main()
