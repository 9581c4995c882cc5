"""A fetcher that sorts packets, as tests see it, and a model of what it shall leave behind."""

import os
import re
import signal
import socket
from collections import Counter, defaultdict
from subprocess import PIPE

from fetcher import EndToEnd, digest
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
