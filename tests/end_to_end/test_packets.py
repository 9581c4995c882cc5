"""Packets: a stream in which many users' messages are mixed becomes one file per user."""

import contextlib
import fcntl
import os
import pty
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import unittest
from collections import Counter, defaultdict
from itertools import zip_longest
from pathlib import Path
from subprocess import PIPE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import (
    AS_ANYONE,
    WITHOUT_STDIN,
    EndToEnd,
    bytes_read,
    digest,
    is_sanitized,
    peak_memory,
    tree,
    with_faults,
    without_quarantine,
)
from patience import PATIENCE

MIB = 2**20
WITH_64_DESCRIPTORS = ["sh", "-c", 'ulimit -n 64; exec "$0" "$@"']


class Model:
    """What shall become of a stream: its files, and what the summary counts."""

    def __init__(self, stream):
        self.files = defaultdict(bytearray)
        self.counts = Counter()
        self._active = set()
        *lines, last = stream.split(b"\n")
        for line in [*lines, last] if last else lines:
            if reason := self._take(line):
                self.counts.update([reason, "packets dropped"])

    def _take(self, line):
        """Obey one packet, or say why it is dropped."""
        first, _, rest = line.removesuffix(b"\r").partition(b" ")
        is_message = first not in (b"auth", b"disconnect")
        user = first if is_message else rest
        if len(line) > 65536:
            return "too long"
        if not re.fullmatch(rb"(?!(auth|disconnect)\Z)[A-Za-z0-9_-]{1,64}", user):
            return "bad ID"
        name = f"{user.decode()}.txt"
        if first == b"auth":
            if user in self._active:
                return "already active"
            self._active.add(user)
            self.files[name] += b""
            self.counts["users"] += 1
        elif user not in self._active:
            return "not authorised" if is_message else "not connected"
        elif first == b"disconnect":
            self._active.remove(user)
        else:
            self.files[name] += rest + b"\n"
            self.counts.update({"messages": 1, "bytes written": len(rest) + 1})
        return None


def counts(run):
    """What the summary counts, by its words; what it leaves out is 0, as in the model."""
    (summary,) = re.findall(rb"(?m)^\d+ users.*$", run.stderr)
    found = re.findall(rb"(\d+) ([A-Za-z ]+)", summary)
    return {words.decode(): int(n) for n, words in found if int(n)}


def stream_of(users, messages):
    """A stream in which each user sends messages of 40 to 70 bytes, in turn with the others."""
    packets = [f"auth user-{user}\n" for user in range(users)]
    for n in range(messages):
        text = f"message {n} {'x' * (30 + n % 30)}\n"
        packets += [f"user-{user} {text}" for user in range(users)]
    return "".join(packets).encode()


def random_stream(chance, count=60):
    """Lines of few users, so that they meet in every state; some lines are no packets."""
    users = [b"a", b"A", b"user-1", b"_", b"-", b"x" * 64]
    hostile = [b"../x", b"", b"x" * 65, b"auth", b"disconnect", b"a/b", b"\xff", b"a\0"]
    texts = [b"", b" ", b"auth a", b"\t\x00\xff", b"one two", b"x" * 300, b"\r"]

    def line():
        user = chance.choice(users if chance.random() < 0.9 else hostile)
        command = chance.choices([b"auth ", b"disconnect ", b""], [3, 1, 8])[0]
        text = b"" if command else b" %s %d" % (chance.choice(texts), chance.randrange(1000))
        return command + user + text

    ends = chance.choices([b"\n", b"\r\n", b"\n\n", b""], [80, 10, 5, 1], k=count)
    return b"".join(line() + end for end in ends)


def random_chunks(chance, stream):
    """The stream in pieces as small or as large as chance has it, of at most 4 KiB."""
    largest = chance.choice([1, 20, 400, 4096])
    while stream:
        size = chance.randint(1, largest)
        yield stream[:size]
        stream = stream[size:]


@contextlib.contextmanager
def unix_socket(path):
    """A socket that has a name in the file system."""
    with socket.socket(socket.AF_UNIX) as named:
        named.bind(str(path))
        yield


class Packets(EndToEnd):
    def start(self, *arguments, **settings):
        """Start one that sorts packets into `out`."""
        return self.start_bare("packets", "-o", self.out, *arguments, **settings)

    def sort(self, stream, *options, **settings):
        """Sort a stream that comes through a pipe, to its end."""
        process = self.start(*options, **{"stdin": PIPE} | settings)
        return self.finish(process, stream)

    def sort_chunks(self, chunks):
        """Sort a stream of which each read gives one chunk (of at most 4 KiB)."""
        reader, writer = os.pipe2(os.O_CLOEXEC | os.O_DIRECT)
        with open(reader, "rb", 0) as stdin, open(writer, "wb", 0) as pipe:
            process = self.start(stdin=stdin)
            for chunk in chunks:
                pipe.write(chunk)
        return self.finish(process)

    def finish(self, process, stdin=None):
        run = super().finish(process, stdin)
        self.assertEqual(run.stdout, b"")
        return run

    def simulate(self, *options):
        """A simulated stream."""
        process = self.start_bare("packets", "--simulate", *options)
        run = super().finish(process)
        self.assertEqual((run.exit, run.stderr), (0, b""))
        return run.stdout

    def listen(self, address="127.0.0.1:0", **settings):
        """A fetcher that listens, and where."""
        process = self.start("--listen", address, **settings)
        told = self.next_line(process.stderr).decode()
        host, port = re.fullmatch(r"fetcher: listening on (\S+):(\d+)\n", told).groups()
        return process, (host.strip("[]"), int(port))

    def connect(self, address, packets=b""):
        client = self.enterContext(socket.create_connection(address, PATIENCE))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(packets)
        return client

    def leave(self, client):
        """End the stream of a client, and wait until it is taken to its end."""
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(client.recv(1), b"")

    def stop(self, process):
        process.terminate()
        run = self.finish(process)
        self.assertEqual(run.exit, -signal.SIGTERM)
        return run

    def text_of_user(self, user):
        """What is in a user's file; nothing where there is none."""
        path = self.out / f"{user}.txt"
        return path.read_bytes() if path.exists() else b""

    def texts(self):
        """What is in the files."""
        return [path.read_bytes() for path in self.out.iterdir()]

    def wait_for_text(self, user, text):
        """Wait for exactly that in a user's file: it promises a second."""
        self.wait_until(lambda: self.text_of_user(user) == text, f"{text} in {user}.txt", 5)

    def assert_files(self, files):
        """Require exactly these files in `out`; of those that differ, name a few."""
        found, expected = self.stored(), {name: digest(text) for name, text in files.items()}
        differ = [name for name in found | expected if found.get(name) != expected.get(name)]
        self.assertEqual(differ[:5], [])

    def assert_beginnings(self, files):
        """Require that each file in `out` is how one of these begins; gives their size in all."""
        texts = {path.name: path.read_bytes() for path in self.out.iterdir()}
        for name, text in texts.items():
            self.assertIn(name, files)
            self.assertTrue(files[name].startswith(text), name)
        return sum(map(len, texts.values()))

    def assert_sorted(self, run, model):
        """Require the files and the counts of the model, and that drops are no failure."""
        self.assertEqual((run.exit, counts(run)), (0, model.counts), run.stderr)
        self.assert_files(model.files)


class Simulation(Packets):
    def test_the_demonstration_leaves_every_message_of_ten_users_in_order(self):
        source = self.start_bare("packets", "--simulate", "--seed", "7")
        run = self.finish(self.start(stdin=source.stdout))
        self.assertEqual(source.wait(PATIENCE), 0)
        stream = self.simulate("--seed", "7")
        self.assert_sorted(run, Model(stream))
        self.assertEqual(sorted(self.stored()), sorted(f"user-{n}.txt" for n in range(1, 11)))
        for n in range(1, 11):
            lines = re.findall(rb"(?m)^user-%d (.*\n)" % n, stream)
            self.assertIn(len(lines), range(10, 21))
            self.assertEqual(self.text_of_user(f"user-{n}"), b"".join(lines))
        self.assertEqual(counts(run)["not authorised"], len(re.findall(rb"(?m)^stranger", stream)))

    def test_the_same_seed_gives_the_same_stream(self):
        self.assertEqual(self.simulate("--seed", "7"), self.simulate("--seed", "7"))
        self.assertNotEqual(self.simulate("--seed", "7"), self.simulate("--seed", "8"))

    def test_without_a_seed_every_run_differs(self):
        self.assertNotEqual(self.simulate(), self.simulate())

    def test_users_come_send_and_go_and_strangers_only_send(self):
        rows = [
            (["--messages", "15"], 10, 2, 15),
            (["--users", "3", "--strangers", "1", "--messages", "5"], 3, 1, 5),
            (["--users", "0", "--messages", "1"], 0, 2, 1),
            (["--strangers", "0", "--messages", "0"], 10, 0, 0),
            (["--users", "0", "--strangers", "0"], 0, 0, 0),
        ]
        for options, users, strangers, messages in rows:
            with self.subTest(options):
                senders = defaultdict(list)
                for line in self.simulate(*options, "--seed", "1").decode().splitlines():
                    first, second = line.split()[:2]
                    is_command = first in ("auth", "disconnect")
                    senders[second if is_command else first].append(first if is_command else "")
                sent = [""] * messages
                expected = [["auth", *sent, "disconnect"]] * users + [sent] * strangers
                self.assertCountEqual(senders.values(), expected)

    def test_senders_are_mixed(self):
        stream = self.simulate("--seed", "1").decode()
        senders = [line.removeprefix("auth ").split()[0] for line in stream.splitlines()]
        changes = sum(one != other for one, other in zip(senders, senders[1:]))
        self.assertGreater(changes, len(senders) / 2)

    def test_a_stream_that_cannot_be_written_is_a_failure_of_the_machine(self):
        reader, writer = os.pipe()
        os.close(reader)
        for stdout in open("/dev/full", "wb"), open(writer, "wb"):
            with self.subTest(stdout.name), stdout:
                endless = ["--simulate", "--messages", "1000000000000"]
                process = self.start_bare("packets", *endless, stdout=stdout)
                self.assertEqual(super().finish(process).exit, 3)


class Lines(Packets):
    def test_what_a_packet_is(self):
        rows = {
            b"": {},
            b"auth a": {"a": b""},
            b"auth a\n\n\n": {"a": b""},
            b"auth a\na 1\nb 1\na 2\n": {"a": b"1\n2\n"},
            b"auth a\r\na 1\r\na 2\r\r\n": {"a": b"1\n2\r\n"},
            b"auth a\na 1\naut": {"a": b"1\n"},
            b"auth a\na 1\nauth b": {"a": b"1\n", "b": b""},
            b"auth a\na last": {"a": b"last\n"},
            b"auth a\nauth A\na 1\nA 2\n": {"a": b"1\n", "A": b"2\n"},
            b"auth auth\nauth disconnect\nauth message\n": {"message": b""},
            b"auth a b\na b\nAuth b\nb c\n": {},
            b" auth a\n auth\nauth  b\n": {},
            b"auth a\na 1\ndisconnect a\na 2\n": {"a": b"1\n"},
            b"auth a\na 1\ndisconnect a b\na 2\n": {"a": b"1\n2\n"},
        }
        for stream, files in rows.items():
            with self.subTest(stream):
                self.another_out()
                self.assert_sorted(self.sort(stream), Model(stream))
                self.assert_files({f"{user}.txt": text for user, text in files.items()})

    def test_a_message_is_written_byte_for_byte(self):
        messages = [
            b"",
            b" ",
            b"  both ends  ",
            b"\t",
            b"tabs\tin\tit\t",
            b"auth x",
            b"disconnect a",
            b"a a",
            b"nul \0 in it",
            b"\0",
            b"\xff\xfe no \x80 utf-8 \xc3",
            b"\x1b[31m\x07\x7f\xc2\x9b",
            b"cr \r in it",
            "Grüße, 你好".encode(),
            b"\xef\xbb\xbf",
            b"x" * 65000,
        ]
        stream = b"auth a\n" + b"".join(b"a %s\n" % message for message in messages)
        self.assertEqual(self.sort(stream).exit, 0)
        self.assertEqual(self.text_of_user("a"), b"".join(b"%s\n" % text for text in messages))

    def test_a_line_that_is_only_an_id_is_an_empty_message(self):
        self.sort(b"auth a\na\na \na\r\na")
        self.assertEqual(self.text_of_user("a"), b"\n" * 4)

    def test_a_line_may_be_64_kib_long(self):
        lines = [b"a " + b"x" * (size - 2) for size in (65536, 65537, 200_000)]
        run = self.sort(b"auth a\n" + b"\n".join(lines) + b"\na end\n")
        self.assertEqual(counts(run)["too long"], 2)
        self.assert_files({"a.txt": lines[0][2:] + b"\nend\n"})

    def test_a_gigabyte_without_a_newline_is_dropped_and_takes_no_memory(self):
        process = self.start(stdin=PIPE)
        process.stdin.write(b"auth a\na before\n")
        self.wait_for_text("a", b"before\n")
        before = peak_memory(process)
        process.stdin.write(b"a ")
        for _ in range(1024):
            process.stdin.write(b"x" * MIB)
        process.stdin.write(b"\na after\n")
        self.wait_for_text("a", b"before\nafter\n")
        self.assertLess(peak_memory(process) - before, 64 * MIB)
        self.assertEqual(counts(self.finish(process))["too long"], 1)

    def test_random_streams_in_random_chunks_leave_what_the_model_leaves(self):
        for seed in range(200):
            with self.subTest(seed):
                self.another_out()
                chance = random.Random(seed)
                stream = random_stream(chance)
                run = self.sort_chunks(random_chunks(chance, stream))
                self.assert_sorted(run, Model(stream))

    def test_a_stream_comes_from_a_file_or_a_pipe_in_chunks_of_any_size(self):
        stream = random_stream(random.Random(1), 200)
        path = self.list_of(stream, "packets.txt")
        file = self.enterContext(path.open("rb"))
        runs = {
            "a file": lambda: self.finish(self.start(path)),
            "a file as stdin": lambda: self.sort(None, "-", stdin=file),
            "bytes": lambda: self.sort_chunks(bytes([byte]) for byte in stream),
            "blocks": lambda: self.sort_chunks([stream]),
            "a pipe": lambda: self.sort(stream),
        }
        for name, sort in runs.items():
            with self.subTest(name):
                self.another_out()
                self.assert_sorted(sort(), Model(stream))


class Users(Packets):
    def test_what_nobody_is_authorised_for_is_dropped_and_counted(self):
        rows = [
            (b"a 1\n", {}, {"not authorised": 1}),
            (b"auth a\ndisconnect a\na 1\n", {"a": b""}, {"not authorised": 1}),
            (b"disconnect a\n", {}, {"not connected": 1}),
            (b"auth a\ndisconnect a\ndisconnect a\n", {"a": b""}, {"not connected": 1}),
            (b"auth a\na 1\nauth a\na 2\n", {"a": b"1\n2\n"}, {"already active": 1}),
            (b"auth a\na 1\nb 1\nb 2\n", {"a": b"1\n"}, {"not authorised": 2}),
        ]
        for stream, files, drops in rows:
            with self.subTest(stream):
                self.another_out()
                run = self.sort(stream)
                self.assert_files({f"{user}.txt": text for user, text in files.items()})
                expected = drops | {"packets dropped": sum(drops.values())}
                self.assertEqual(run.exit, 0)
                self.assertLessEqual(expected.items(), counts(run).items())

    def test_who_comes_back_goes_on_where_he_ended(self):
        self.sort(b"auth a\na 1\ndisconnect a\na lost\nauth a\na 2\ndisconnect a\nauth a\na 3\n")
        self.assert_files({"a.txt": b"1\n2\n3\n"})

    def test_a_file_that_exists_is_appended_to(self):
        self.sort(b"auth a\na 1\n")
        self.sort(b"auth a\na 2\nauth b\n")
        self.assert_files({"a.txt": b"1\n2\n", "b.txt": b""})

    def test_an_id_that_is_none_makes_no_file_and_is_counted(self):
        ids = [
            "../x",
            "../../x",
            "/etc/x",
            str(self.home / "x"),
            "a/b",
            "a\\b",
            ".",
            "..",
            ".hidden",
            "",
            " ",
            "   ",
            "a ",
            "auth",
            "disconnect",
            "a.b",
            "a*",
            "é",
            "e\u0301",
            "a\u202eb",
            "a\tb",
            "\ta",
            "a\0",
            "\0",
            "a\x1b[31m",
            "a\x07\x7f\x9b",
            "\ufeffa",
            "x" * 65,
            "x" * 252,
            "x" * 256,
            "x" * 300,
        ]
        names = [*map(str.encode, ids), b"\xff\xfe"]
        stream = b"".join(b"auth %s\n%s one two\ndisconnect %s\n" % ((name,) * 3) for name in names)
        run = self.sort(stream + b"auth good\ngood 1\n")
        self.assertGreater(counts(run)["bad ID"], 2 * len(names))
        self.assert_sorted(run, Model(stream + b"auth good\ngood 1\n"))
        self.assertEqual(sorted(tree(self.home)), ["out", "out/good.txt"])

    def test_an_id_may_have_64_characters(self):
        ids = ["x", "-", "_", "--help", "0", "aZ-09_", "x" * 64, "Auth", "DISCONNECT"]
        self.sort("".join(f"auth {user}\n{user} hello\n" for user in ids).encode())
        self.assert_files({f"{user}.txt": b"hello\n" for user in ids})

    def test_more_users_than_descriptors_are_normal(self):
        users = [f"user-{n}" for n in range(20_000)]
        random.Random(1).shuffle(users)
        packets = [f"auth {user}\n" for user in users]
        for n in 1, 2:
            packets += [f"{user} message {n}\n" for user in users]
        run = self.sort("".join(packets).encode(), under=WITH_64_DESCRIPTORS)
        self.assertEqual(run.exit, 0, run.stderr)
        self.assert_files({f"{user}.txt": b"message 1\nmessage 2\n" for user in users})

    def test_a_user_who_comes_and_goes_a_million_times_leaves_nothing_behind(self):
        def descriptors():
            return len(os.listdir(f"/proc/{process.pid}/fd"))

        process = self.start(stdin=PIPE)
        process.stdin.write(b"auth a\na 1\n")
        self.wait_for_text("a", b"1\n")
        before, open_then = peak_memory(process), descriptors()
        for _ in range(1000):
            process.stdin.write(b"disconnect a\nauth a\n" * 1000)
        process.stdin.write(b"a 2\n")
        self.wait_for_text("a", b"1\n2\n")
        self.assertLess(peak_memory(process) - before, 64 * MIB)
        self.assertEqual(descriptors(), open_then)
        self.assertEqual(self.finish(process).exit, 0)


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


class Ends(Packets):
    def test_a_message_is_in_its_file_while_the_pipe_stays_open(self):
        process = self.start(stdin=PIPE)
        process.stdin.write(b"auth a\nauth b\na 1\nb un")
        self.wait_for_text("a", b"1\n")
        process.stdin.write(b"finished\n")
        self.wait_for_text("b", b"unfinished\n")
        self.assertEqual(self.finish(process).exit, 0)

    def test_after_a_signal_everything_accepted_is_written(self):
        stream = stream_of(users=100, messages=100)
        for number in signal.SIGTERM, signal.SIGINT:
            with self.subTest(number.name):
                self.another_out()
                process = self.start(stdin=PIPE)
                process.stdin.write(stream)
                self.wait_until_read(process)
                process.send_signal(number)
                self.assertEqual(process.wait(PATIENCE), -number)  # its stdin is still open
                run = self.finish(process)
                self.assertEqual(counts(run), Model(stream).counts)
                self.assert_files(Model(stream).files)

    def test_a_signal_ends_it_also_while_it_reads_a_file(self):
        process = self.start("/dev/zero")
        self.wait_until(lambda: bytes_read(process) > MIB, "the fetcher to read")
        process.terminate()
        self.wait_until(lambda: process.poll() is not None, "its end", 5)
        self.assertEqual(self.finish(process).exit, -signal.SIGTERM)

    def test_a_kill_leaves_the_beginning_of_each_file(self):
        stream = stream_of(users=20, messages=3000)
        process = self.start(stdin=PIPE)
        process.stdin.write(stream)
        self.wait_until(lambda: any(p.stat().st_size for p in self.out.iterdir()), "a message")
        process.kill()
        self.finish(process)
        self.assertGreater(self.assert_beginnings(Model(stream).files), 0)

    def test_input_that_cannot_be_read_is_a_usage_error_that_creates_nothing(self):
        controller, terminal = pty.openpty()
        self.addCleanup(os.close, controller)
        self.addCleanup(os.close, terminal)
        rows = {
            "a closed stdin": ([], {"under": WITHOUT_STDIN}),
            "a terminal": ([], {"stdin": terminal}),
            "a file that is missing": ([self.home / "missing.txt"], {}),
            "a hostile name": ([self.home / "no\x1b[31m\nsuch\u009b"], {}),
            "a directory": ([self.home], {}),
            "two files": ([self.home, self.home], {}),
            "a file and a port": (["--listen", "127.0.0.1:0", self.home], {}),
            "an option that does not exist": (["--nonsense"], {}),
            "what only a simulation has": (["--seed", "7"], {}),
            "a number that is none": (["--simulate", "--users", "many"], {}),
        }
        for name, (arguments, settings) in rows.items():
            with self.subTest(name):
                run = self.finish(self.start(*arguments, **settings))
                self.assertEqual(run.exit, 2)
                self.assertTrue(run.stderr)
                self.assertEqual(tree(self.home), {})

    def test_quiet_says_nothing_whatever_happens(self):
        (self.out / "a.txt").mkdir(parents=True)
        for stream, status in (b"auth ../x\nb 1\n", 0), (b"auth a\na 1\n", 1):
            run = self.sort(stream, "-q")
            self.assertEqual((run.exit, run.stderr), (status, b""))


class Connections(Packets):
    def test_packets_come_over_ipv4_and_ipv6_and_by_name(self):
        hosts = ["127.0.0.1"]
        with contextlib.suppress(socket.gaierror):  # a system without /etc/hosts
            socket.getaddrinfo("localhost", 0)
            hosts.append("localhost")
        with contextlib.suppress(OSError):
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
            hosts.append("[::1]")
        for host in hosts:
            with self.subTest(host):
                self.another_out()
                process, address = self.listen(f"{host}:0")
                self.leave(self.connect(address, b"auth a\na 1\na 2\n"))
                self.assertEqual(counts(self.stop(process))["messages"], 2)
                self.assert_files({"a.txt": b"1\n2\n"})

    def test_fifty_clients_are_served_byte_by_byte(self):
        process, address = self.listen()
        texts = {n: "".join(f"message {i} of {n}\n" for i in range(5)) for n in range(50)}
        # Each ends with the beginning of a line, which is dropped.
        streams = [f"auth user-{n}\n" + re.sub("(?m)^", f"user-{n} ", texts[n]) for n in texts]
        clients = [self.connect(address) for _ in streams]
        for column in zip_longest(*map(str.encode, streams)):
            for client, byte in zip(clients, column):
                client.send(b"" if byte is None else bytes([byte]))
        for client in clients:
            self.leave(client)
        self.stop(process)
        self.assert_files({f"user-{n}.txt": text.encode() for n, text in texts.items()})

    def test_an_auth_counts_for_all_connections_and_outlives_its_own(self):
        process, address = self.listen()
        self.leave(self.connect(address, b"auth a\n"))
        self.leave(self.connect(address, b"a 1\nauth a\n"))
        other = self.connect(address, b"a 2\ndisconnect a\n")
        self.leave(other)
        self.leave(self.connect(address, b"a 3\n"))
        run = self.stop(process)
        self.assert_files({"a.txt": b"1\n2\n"})
        expected = {"already active": 1, "not authorised": 1}
        self.assertLessEqual(expected.items(), counts(run).items())

    def test_a_client_that_vanishes_loses_only_the_line_it_was_in(self):
        def reset(client):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()

        for name, vanish in ("with a FIN", socket.socket.close), ("with a RST", reset):
            with self.subTest(name):
                self.another_out()
                process, address = self.listen()
                other = self.connect(address, b"auth b\nb ")
                client = self.connect(address, b"auth a\na 1\na 2")
                self.wait_for_text("a", b"1\n")
                vanish(client)
                other.sendall(b"1\n")
                self.leave(self.connect(address, b"a 3\n"))
                self.leave(other)
                self.stop(process)
                self.assert_files({"a.txt": b"1\n3\n", "b.txt": b"1\n"})

    def test_a_signal_ends_it_while_clients_are_connected(self):
        for number in signal.SIGTERM, signal.SIGINT:
            with self.subTest(number.name):
                self.another_out()
                process, address = self.listen()
                self.connect(address)
                self.connect(address, b"auth a\na 1\na unfini")
                self.wait_for_text("a", b"1\n")
                process.send_signal(number)
                self.assertEqual(self.finish(process).exit, -number)
                self.assert_files({"a.txt": b"1\n"})

    def test_more_clients_than_descriptors_are_served_in_the_end(self):
        process, address = self.listen(under=WITH_64_DESCRIPTORS)
        clients = [self.connect(address, b"auth u%d\nu%d 1\n" % (n, n)) for n in range(100)]
        for client in clients:
            client.shutdown(socket.SHUT_WR)
        for client in clients:
            self.assertEqual(client.recv(1), b"")
        self.stop(process)
        self.assert_files({f"u{n}.txt": b"1\n" for n in range(100)})

    def test_where_it_cannot_listen_is_a_usage_error_that_creates_nothing(self):
        taken = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        port = taken.getsockname()[1]
        rows = [
            f"127.0.0.1:{port}",
            "nonsense\x1b[31m",
            "127.0.0.1",
            "127.0.0.1:",
            ":4000",
            "127.0.0.1:-1",
            "127.0.0.1:99999",
            "127.0.0.1:port",
            "::1:0",
            "[::1]",
            "192.0.2.1:0",
        ]
        for n, address in enumerate(rows):
            with self.subTest(address):
                self.out = self.home / f"out-{n}"
                process = self.start("--listen", address)
                self.wait_until(lambda: process.poll() is not None, "its end", 5)
                run = self.finish(process)
                self.assertEqual((run.exit, run.stderr.count(b"\n")), (2, 1), run.stderr)
                self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
