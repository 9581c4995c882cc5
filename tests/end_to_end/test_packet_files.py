"""Packets: files that are refused, full, broken or slow."""

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import threading
import unittest
from pathlib import Path
from subprocess import PIPE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import (
    AS_ANYONE,
    bytes_read,
    digest,
    is_sanitized,
    peak_memory,
    tree,
    with_faults,
    without_quarantine,
)
from packets import MIB, Model, Packets, counts, stream_of
from patience import PATIENCE


@contextlib.contextmanager
def unix_socket(path):
    """A socket that has a name in the file system."""
    with socket.socket(socket.AF_UNIX) as named:
        named.bind(str(path))
        yield


class Files(Packets):
    STREAM = b"auth bad\nauth good\nbad 1\ngood 1\nbad 2\ngood 2\ndisconnect bad\ngood 3\n"

    def assert_refused(self, **settings):
        """Require that what is bad.txt stays as it is, while the others go on."""
        before = tree(self.home)
        run = self.sort(self.STREAM, **settings)
        self.assertEqual((run.exit, counts(run)["file refused"]), (1, 2), run.stderr)
        self.assertIn(b"bad.txt", run.stderr)
        good = {f"{self.out.name}/good.txt": digest(b"1\n2\n3\n")}
        self.assertEqual(tree(self.home), before | good)

    def test_what_is_no_regular_file_is_refused_and_not_followed(self):
        elsewhere = self.home / "elsewhere"
        elsewhere.write_bytes(b"precious\n")
        rows = {
            "a link": lambda path: path.symlink_to(elsewhere),
            "a link to nothing": lambda path: path.symlink_to(self.home / "nothing"),
            "a link to itself": lambda path: path.symlink_to(path),
            "a directory": lambda path: path.mkdir(),
            "a pipe": os.mkfifo,
            "a pipe that is read": lambda path: (os.mkfifo(path), self.read(path)),
            "a socket": lambda path: self.enterContext(unix_socket(path)),
        }
        for name, make in rows.items():
            with self.subTest(name):
                self.another_out()
                make(self.out / "bad.txt")
                self.assert_refused()

    def read(self, pipe):
        """Have a reader at a pipe, to whom nothing is written."""
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.addCleanup(lambda: self.assertEqual(os.read(reader, 1), b""))

    def test_a_file_that_cannot_be_written_is_refused(self):
        self.out.mkdir()
        (self.out / "bad.txt").write_bytes(b"mine\n")
        (self.out / "bad.txt").chmod(0o444)
        self.assert_refused(under=AS_ANYONE)

    def test_who_was_refused_is_served_once_the_name_is_free(self):
        (self.out / "a.txt").mkdir(parents=True)
        process = self.start(stdin=PIPE)
        process.stdin.write(b"auth a\na 1\n")
        self.assertIn(b"a.txt", self.next_line(process.stderr))
        (self.out / "a.txt").rmdir()
        process.stdin.write(b"disconnect a\nauth a\na 2\n")
        self.wait_for_text("a", b"2\n")
        self.assertEqual(self.finish(process).exit, 1)


class Disk(Packets):
    def setUp(self):
        super().setUp()
        self.mount_small_out()

    def test_a_full_disk_ends_the_run_with_whole_messages_in_order(self):
        stream = stream_of(users=20, messages=5000)
        process = self.start(stdin=PIPE)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(stream)
        self.assertEqual(process.wait(PATIENCE), 3)  # although its stdin is still open
        run = self.finish(process)
        self.assertIn(b"No space left", run.stderr)
        self.assertGreater(self.assert_beginnings(Model(stream).files), MIB / 2)

    def test_what_a_full_disk_does_not_take_is_counted_as_that(self):
        path = self.list_of(stream_of(users=20, messages=5000), "packets.txt")
        run = self.finish(self.start(path))
        self.assertEqual(run.exit, 3)
        self.assertGreater(counts(run)["disk failed"], 0)
        self.assertNotIn("file refused", counts(run))

    def test_a_disk_that_takes_nothing_is_a_failure_of_the_machine(self):
        subprocess.run(["mount", "-o", "remount,ro", self.out], check=True)
        self.assertEqual(self.sort(b"auth a\na 1\n").exit, 3)
        self.assert_files({})


class BrokenFiles(Packets):
    def test_a_disk_that_breaks_leaves_whole_messages_in_order(self):
        stream = stream_of(users=20, messages=100)
        files = Model(stream + stream).files
        for error, words in (("EIO", b"Input/output error"), ("EDQUOT", b"quota")):
            with self.subTest(error):
                self.another_out()
                broken = with_faults(f"write:error={error}:when=2", self.out / "user-7.txt")
                process = self.start(stdin=PIPE, **broken)
                process.stdin.write(stream)
                self.wait_for_text("user-7", bytes(Model(stream).files["user-7.txt"]))
                process.stdin.write(stream)
                run = self.finish(process)
                self.assertEqual(run.exit, 3)
                self.assertEqual(run.stderr.count(b"user-7.txt"), 1)
                self.assertIn(words, run.stderr)
                self.assert_beginnings(files)
                self.assertTrue(all(text.endswith(b"\n") for text in self.texts()))

    def test_a_slow_file_does_not_stop_another_user(self):
        slow = with_faults("write:delay_enter=3s", self.out / "slow.txt")
        slow["env"]["UV_THREADPOOL_SIZE"] = "4"
        process = self.start(stdin=PIPE, **slow)
        process.stdin.write(b"auth slow\nauth fast\nslow 1\n")
        for n in range(1, 4):
            process.stdin.write(f"fast {n}\n".encode())
            self.wait_for_text("fast", b"".join(b"%d\n" % i for i in range(1, n + 1)))
            self.assertEqual(self.text_of_user("slow"), b"")
        self.assertEqual(self.finish(process).exit, 0)
        self.assertEqual(self.text_of_user("slow"), b"1\n")


class SlowFile(Packets):
    """On a disk where what is written to slow.txt waits for a gate."""

    KIBIBYTE = b"x" * 1023 + b"\n"

    def setUp(self):
        super().setUp()
        self.gate = self.mount_out("gated_disk.py") / "gate"
        self.gate.touch()

    @contextlib.contextmanager
    def closed_gate(self):
        with self.gate.open("rb") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def test_row_p19_others_come_past_much_that_waits_for_a_slow_file(self):
        flood = (b"slow " + self.KIBIBYTE) * 6 * 1024
        path = self.list_of(b"auth slow\nauth fast\n" + flood + b"fast 1\n", "packets.txt")
        with self.closed_gate():
            process = self.start(path)
            self.wait_for_text("fast", b"1\n")
            self.assertEqual(self.text_of_user("slow"), b"")
        self.assertEqual(self.finish(process).exit, 0)
        self.assertEqual(self.text_of_user("slow"), self.KIBIBYTE * 6 * 1024)

    def test_row_p19_a_slow_file_stops_the_connection_that_fills_it_and_no_other(self):
        process, address = self.listen(env=without_quarantine())
        slow, fast = self.connect(address, b"auth slow\n"), self.connect(address, b"auth fast\n")
        before = peak_memory(process)
        flood = (b"slow " + self.KIBIBYTE) * 64 * 1024
        sender = threading.Thread(target=slow.sendall, args=[flood], daemon=True)
        with self.closed_gate():
            sender.start()
            self.wait_until(lambda: bytes_read(process) > 8 * MIB, "the flood")
            for n in range(1, 4):
                fast.sendall(b"fast %d\n" % n)
                self.wait_for_text("fast", b"".join(b"%d\n" % i for i in range(1, n + 1)))
            self.assertTrue(sender.is_alive())
        sender.join(PATIENCE)
        self.leave(slow)
        if not is_sanitized("thread"):  # which notes several bytes about each
            self.assertLess(peak_memory(process) - before, 48 * MIB)
        self.stop(process)
        self.assertEqual(self.text_of_user("slow"), self.KIBIBYTE * 64 * 1024)


if __name__ == "__main__":
    unittest.main()
