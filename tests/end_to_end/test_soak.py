"""Everything that an origin can do, at random and for long: what a fetcher holds does not grow.

`SOAK` in the environment says how many requests.
"""

import os
import random
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from faults import faults
from fetcher import EndToEnd, environment

REQUESTS = int(os.environ.get("SOAK", 1500))
BATCH = 500
AT_ONCE = 50

# Faults that wait for something which does not come here.
LEFT_OUT = {"gate", "rest", "meet", "crowded"}

# What stands behind the name of a fault, when it needs something.
ARGUMENTS = {
    "like": "png/image/png/a",
    "typed": "image/jpeg/a",
    "each": "image/png/a",
    "status": "503/a",
    "redirect": "302/a?/ok/b.bin",
    "flaky": "500/1/a",
    "busy": "503/a?0",
    "broken": "400000/rest/a",
    "drip": "4/a",
    "validated": "700000/a",
    "chain": "3/a",
    "cut": "10/30/a",
    "ka_race": "10/reset/a",
    "gzipped": "bomb/1/a?gzip",
    "status_line": "a?HTTP/1.2%20200%20OK",
    "two_locations": "a?/ok/b.bin,/ok/b.bin",
    "endless_redirect": "a?/ok/b.bin",
    "cookie": "a?/ok/b.bin",
}
# MiB by which memory may be larger: the names of what was saved, and the allocator's leftovers.
ROOM = 8 + REQUESTS * 16 // 1_000_000


def held(process):
    """What a process holds: memory in MiB, descriptors, threads."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024
    threads = int(re.search(r"Threads:\s+(\d+)", status)[1])
    return memory, len(os.listdir(f"/proc/{process.pid}/fd")), threads


class Soak(EndToEnd):
    def test_memory_descriptors_and_threads_are_at_the_end_what_they_were(self):
        chance = random.Random(4)
        paths = [f"/{name}/{ARGUMENTS.get(name, 'a')}" for name in faults if name not in LEFT_OUT]
        limits = ["--stall-timeout", "1", "--max-time", "4", "--max-size", "2000000"]
        process = self.start(
            *["-c", str(AT_ONCE), "--json", "--retry", "1", "--name", "{n}", *limits],
            stdin=subprocess.PIPE,
            # What the sanitizer keeps for a while after it was freed is not ours.
            env=environment() | {"ASAN_OPTIONS": "quarantine_size_mb=1:malloc_context_size=2"},
        )
        measured = []
        for _ in range(max(REQUESTS // BATCH, 2)):
            self.say(process, chance.choices(paths, k=BATCH) + [f"/meet/{AT_ONCE}/a"] * AT_ONCE)
            for _ in range(BATCH + AT_ONCE):
                self.assertTrue(self.next_line(process.stdout).startswith(b'{"n":'))
            self.origin.requests.clear()
            measured.append(held(process))
        run = self.finish(process, b"")
        self.assertEqual(run.exit, 1)
        self.assertEqual(len(run.records), len(measured) * (BATCH + AT_ONCE))
        warm = measured[len(measured) // 10]  # as much was in flight by then as ever will be
        print(f"{REQUESTS} requests: MiB, descriptors, threads: {warm} -> {measured[-1]}")
        memory, descriptors, threads = warm
        memory_then, descriptors_then, threads_then = measured[-1]
        self.assertLessEqual(memory_then, memory + ROOM, measured)
        self.assertLessEqual(descriptors_then, descriptors + AT_ONCE, measured)
        self.assertEqual(threads_then, threads, measured)


if __name__ == "__main__":
    unittest.main()
