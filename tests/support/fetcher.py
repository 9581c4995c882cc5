"""The built binary as tests see it: arguments in; files, two streams and an exit status out."""

import fcntl
import hashlib
import json
import os
import re
import resource
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

from exchange import body_of
from origin import Origin
from patience import PATIENCE

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("FETCHER", REPOSITORY / "build/release/fetcher")).absolute()
LOG = "fetcher.jsonl"

# A command to run a fetcher through.
WITHOUT_STDIN = ["sh", "-c", 'exec "$0" "$@" <&-']

# Root may read and write what it is not allowed to, until these rights are taken away.
AS_ANYONE = (
    ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
)

# A shell that starts a test in the background has SIGINT ignored, and children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


# An origin may have thousands of connections. The fetcher asks for as many by itself.
MOST_DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_DESCRIPTORS, MOST_DESCRIPTORS))


def has_newer_libcurl():
    """Whether it is no longer the one of Debian 12, and stricter here and there."""
    words = subprocess.run([BINARY, "--version"], capture_output=True, text=True).stdout
    version = re.search(r"libcurl (\d+)\.(\d+)", words)
    return tuple(map(int, version.groups())) >= (8, 14)


def is_sanitized(kind):
    """Whether the binary was built with a sanitizer: of "address" or of "thread"."""
    return {"address": b"__asan_", "thread": b"__tsan_"}[kind] in BINARY.read_bytes()


def digest(data):
    return hashlib.sha256(data).hexdigest()


def tree(directory):
    """What lies in a directory, hidden things too: name -> digest, or what it is instead."""
    paths = sorted(directory.rglob("*"))
    return {path.relative_to(directory).as_posix(): described(path) for path in paths}


def described(path):
    """The digest of a file; of anything else the words for it, and it is not opened."""
    if path.is_symlink():
        return f"link to {path.readlink()}"
    if path.is_dir():
        return "directory"
    return digest(path.read_bytes()) if path.is_file() else "neither file nor directory"


def records_of(text):
    """The records in a log or on stdout. Each is one object on a whole line."""
    lines = text.decode().split("\n")
    assert lines.pop() == "", f"the last line is torn: {text[-200:]}"
    return [json.loads(line) for line in lines]


def whole_records_of(text):
    """The same, of a log whose last line may be torn."""
    lines, newline, _ = text.rpartition(b"\n")
    return records_of(lines + newline)


def control_bytes(text):
    """What a terminal could obey: C0 (but not the end of a line), DEL, C1 in UTF-8 or bare."""
    characters = text.decode(errors="surrogateescape")
    return re.findall("[\0-\x09\x0b-\x1f\x7f-\x9f\udc80-\udc9f]", characters)


def peak_memory(process):
    """The most memory that a running process has had resident until now, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def bytes_read(process):
    """How much a running process has read in all."""
    return int(re.search(r"rchar: (\d+)", Path(f"/proc/{process.pid}/io").read_text())[1])


def without_quarantine():
    """The environment in which a sanitizer gives freed memory back, to see what is used."""
    quarantine = "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
    options = [os.environ.get("ASAN_OPTIONS"), quarantine]
    return environment() | {"ASAN_OPTIONS": ":".join(filter(None, options))}


def unread_bytes(pipe):
    """How much was written to a pipe that nobody has read yet."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


@dataclass
class Run:
    """What a fetcher that has ended left behind. `exit` is negative after a signal."""

    exit: int
    stdout: bytes
    stderr: bytes
    log: bytes

    @property
    def records(self):
        return records_of(self.log)

    def record(self, n):
        """The one record of line `n`."""
        (record,) = [record for record in self.records if record["n"] == n]
        return record

    @property
    def outcomes(self):
        """Line number -> kind of the failure, or status of what did not fail."""
        outcomes = {record["n"]: record.get("kind", record["status"]) for record in self.records}
        assert len(outcomes) == len(self.records), f"two records of one line: {self.log}"
        return outcomes

    @property
    def files(self):
        """Line number -> file of what was saved."""
        return {record["n"]: record["file"] for record in self.records if "file" in record}


class EndToEnd(unittest.TestCase):
    """A test with a directory of its own, an origin, and a fetcher to run.

    In lists, a line that begins with `/` is a path of the origin.
    """

    def setUp(self):
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="fetcher-")))
        self.out = self.home / "out"
        self.origin = self.enterContext(Origin())

    def another_out(self):
        """Let the next run write elsewhere, so that the rows of a table do not meet."""
        self.out = Path(tempfile.mkdtemp(prefix="out-", dir=self.home))

    def mount_small_out(self):
        """Make `out` a file system of 1 MiB, or skip the test where that is not allowed."""
        self.out.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", self.out]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
            self.skipTest("mounting is not allowed here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.out], check=True)

    def mount_out(self, disk):
        """Make `out` a disk of that program, or skip the test without FUSE. Gives its store."""
        self.another_out()
        store = self.home / f"{self.out.name}-store"
        store.mkdir()
        program = Path(__file__).with_name(disk)
        command = ["/usr/bin/python3", program, store, self.out]  # Debian's, as its package is
        process = subprocess.Popen(command, stdout=DEVNULL, stderr=DEVNULL)
        self.addCleanup(end, process)
        is_mounted = self.out.is_mount
        self.wait_until(lambda: is_mounted() or process.poll() is not None, "the disk")
        if not is_mounted():
            self.skipTest("FUSE (python3-fusepy) cannot be used here")
        self.addCleanup(subprocess.run, ["fusermount", "-u", "-z", self.out], check=True)
        return store

    def preloaded(self, name):
        """The environment of a process into which `support/NAME.c` is loaded before all else."""
        library = self.home / f"{name}.so"
        source = Path(__file__).with_name(f"{name}.c")
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
        first = "verify_asan_link_order=0"  # which a sanitizer wants to be itself
        options = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), first]))
        return environment() | {"LD_PRELOAD": str(library), "ASAN_OPTIONS": options}

    def list_of(self, lines, name="urls.txt"):
        """Write a list (lines, or raw bytes) and give its path."""
        path = self.home / name
        path.write_bytes(lines if isinstance(lines, bytes) else self.text_of(lines))
        return path

    def text_of(self, lines):
        """The bytes of a list."""
        whole = (self.origin.url(line) if line.startswith("/") else line for line in lines)
        return "".join(f"{line}\n" for line in whole).encode()

    def fetch(self, lines, *options, **settings):
        """Fetch a list into `out`, to the end."""
        return self.finish(self.start(self.list_of(lines), *options, **settings))

    def start(self, *arguments, **settings):
        """Start a fetcher that writes into `out`; it ends with the test at the latest."""
        return self.start_bare("-o", self.out, *arguments, **settings)

    def start_bare(self, *arguments, under=(), **settings):
        """Start a fetcher with just these arguments, through the command `under` if wanted."""
        streams = {"stdin": DEVNULL, "stdout": PIPE, "stderr": PIPE, "bufsize": 0}
        usual = {"cwd": self.home, "env": environment()} | streams
        command = [*under, BINARY, *arguments]
        process = subprocess.Popen(command, **usual | settings)
        self.addCleanup(end, process)
        return process

    def say(self, process, lines):
        """Write lines of a list to a fetcher that reads stdin, and keep it open."""
        process.stdin.write(self.text_of(lines))

    def wait_until(self, holds, what, patience=PATIENCE):
        """Wait for something that nobody announces: look again and again."""
        deadline = time.monotonic() + patience
        while not holds():
            self.assertLess(time.monotonic(), deadline, f"waited {patience} s in vain for {what}")
            time.sleep(0.005)

    def wait_until_read(self, process):
        """Wait until a fetcher has taken everything that was written to its stdin."""
        self.wait_until(lambda: unread_bytes(process.stdin) == 0, "the fetcher to read")

    def next_line(self, stream):
        """The next line that a running fetcher writes there, waited for."""
        ready, _, _ = select.select([stream], [], [], PATIENCE)
        self.assertTrue(ready, f"the fetcher says nothing for {PATIENCE} s")
        return stream.readline()

    def finish(self, process, stdin=None):
        """Wait for the end of a fetcher, look at what must always hold, give what it left."""
        try:
            stdout, stderr = process.communicate(stdin, PATIENCE)
        except subprocess.TimeoutExpired:
            self.fail(f"the fetcher still runs after {PATIENCE} s")
        log = self.out / LOG
        run = Run(
            process.returncode,
            stdout or b"",
            stderr or b"",
            log.read_bytes() if log.is_file() else b"",
        )
        for said in run.stdout, run.stderr, run.log:
            self.assertEqual(control_bytes(said), [], said)
        return run

    def stored(self):
        """What lies in `out` beside the log."""
        return {name: what for name, what in tree(self.out).items() if name != LOG}

    def assert_stored(self, expected):
        """Require exactly these files in `out`: name -> target of the origin, or bytes."""
        digests = {
            name: digest(body_of(what) if isinstance(what, str) else what)
            for name, what in expected.items()
        }
        self.assertEqual(self.stored(), digests)


def traced(calls, *options, into="/dev/null"):
    """Settings for a start: strace, with these options, writes system calls to a file.

    The tracer stands aside, so that the process which is started is the fetcher itself.
    """
    strace = ["strace", "-D", "-f", "-qqq", "-o", into, "-e", f"trace={calls}", *options]
    # The leak checker needs to trace its own process.
    options = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "detect_leaks=0"]))
    return {"under": strace, "env": environment() | {"ASAN_OPTIONS": options}}


def with_faults(faults, *paths):
    """Settings for a start: system calls (on these paths) go wrong, as strace's `inject` words it.

    One thread does all that is done to files, because strace counts (`when`) for each thread.
    """
    on_paths = [word for path in paths for word in ("-P", path)]
    settings = traced(faults.split(":")[0], *on_paths, "-e", f"inject={faults}")
    settings["env"]["UV_THREADPOOL_SIZE"] = "1"
    return settings


def environment():
    """The environment, without proxies that the machine may have."""
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}


def end(process):
    """Kill a process that may still run, and close what it was connected to."""
    process.kill()
    process.wait()
    for stream in process.stdin, process.stdout, process.stderr:
        if stream:
            stream.close()
