"""What a command cost, from outside: the time that passed, processor time, peak memory."""

import contextlib
import os
import re
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

PATIENCE = 300  # seconds after which a run is ended


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Run:
    """A command that has ended. `fault` is what went wrong with it, or empty."""

    cost: Cost
    stdout: str
    fault: str = ""


@dataclass
class Entry:
    """What one contender did of a case, round by round. `skipped` says why it did nothing."""

    name: str
    role: str
    skipped: str = ""
    warm_up: Cost | None = None
    rounds: list[Cost] = field(default_factory=list)
    fault: str = ""

    @property
    def costs(self):
        """Those that count. Who was far too slow in the warm-up has nothing else."""
        return self.rounds or ([self.warm_up] if self.warm_up else [])

    def median(self, what):
        """The median of one field of its costs."""
        return statistics.median(getattr(cost, what) for cost in self.costs)

    def ratio_to(self, other):
        """How many times the seconds of another: the median of what each round says."""
        if len(self.rounds) != len(other.rounds) or not self.rounds:
            return self.median("seconds") / other.median("seconds")
        pairs = zip(self.rounds, other.rounds)
        return statistics.median(own.seconds / its.seconds for own, its in pairs)


def run(command, environment):
    """Run a command to its end, or for as long as there is patience."""
    with tempfile.NamedTemporaryFile("r") as memory, tempfile.TemporaryFile("w+") as said:
        # A peak of memory is handed on through fork and exec: a small process has to start what is
        # measured, and Python is none.
        started_at = time.monotonic()
        process = subprocess.Popen(
            ["time", "--quiet", "--format=%M", f"--output={memory.name}", "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env=environment,
            text=True,
            start_new_session=True,
        )
        impatience = threading.Timer(PATIENCE, end, [process])
        impatience.start()
        try:
            stdout = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - started_at
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            was_ended = impatience.finished.is_set()
            impatience.cancel()
            process.stdout.close()
            if process.returncode is None:
                end(process)
        peak = re.search(r"(\d+)$", memory.read())
        cost = Cost(seconds, usage.ru_utime + usage.ru_stime, int(peak[1]) * 1024 if peak else 0)
        said.seek(0)
        return Run(cost, stdout, fault_of(process.returncode, was_ended, said.read()))


def fault_of(status, was_ended, said):
    if was_ended:
        return f"ended after {PATIENCE} s"
    if status:
        last_words = said.strip().rpartition("\n")[2]
        return f"exit {status}: {last_words}"
    return ""


def end(process):
    """Kill a command and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def fault_of_files(directory, sizes, besides=()):
    """What is wrong with the files that should be in a directory: their number, or their bytes."""
    found = [entry.stat().st_size for entry in os.scandir(directory) if entry.name not in besides]
    if len(found) != len(sizes):
        return f"{len(found)} files instead of {len(sizes)}"
    if sum(found) != sum(sizes):
        return f"{sum(found)} bytes instead of {sum(sizes)}"
    return ""
