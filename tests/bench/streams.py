#!/usr/bin/env python3
"""How fast `fetcher packets` and `fetcher stats` are: `tests/bench/streams.py [packets|numbers]`.

In turn with awk and Python, on the same stream, in memory. Exit status 1 if the fetcher got
something wrong.
"""

import argparse
import math
import os
import random
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import measure

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

MEMORY = "/dev/shm"
USERS, MESSAGES = 1000, 2000  # of each user
NUMBERS = 5_000_000
SORT = r"""
$1 == "auth" || $1 == "disconnect" { next }
{ print substr($0, length($1) + 2) >> out "/" $1 ".txt" }
"""
DESCRIBE = r"""
NR == 1 { min = max = $1 }
{ sum += $1; d = $1 - mean; mean += d / NR; m2 += d * ($1 - mean) }
$1 < min { min = $1 }
$1 > max { max = $1 }
END { printf "mean %.12g\nstddev %.12g\nmin %s\nmax %s\nsum %.12g\n",
      mean, sqrt(m2 / (NR - 1)), min, max, sum }
"""


@dataclass
class Work:
    """A stream, who works on it (the fetcher first), and what is wrong with what they leave."""

    title: str
    items: int
    contenders: dict  # names to functions that give the command line for an output directory
    fault: callable  # of what a run said and its output directory


def packets(home, options):
    messages = options.part_of(MESSAGES)
    stream = home / "packets.txt"
    chance = random.Random(13)
    users = [f"user{n:04}" for n in range(USERS)]
    sizes = [0] * USERS
    with stream.open("w") as file:
        file.writelines(f"auth {user}\n" for user in users)
        for n in range(messages):
            message = f"message number {n} for this user\n"
            file.writelines(f"{user} {message}" for user in chance.sample(users, USERS))
            sizes = [size + len(message) for size in sizes]
        file.writelines(f"disconnect {user}\n" for user in users)
    python = [sys.executable, HERE / "sort_packets.py"]
    contenders = {
        "fetcher": lambda out: [options.fetcher, "packets", "-q", "-o", out, stream],
        "awk": lambda out: ["awk", "-v", f"out={out}", SORT, stream],
        "Python, asyncio": lambda out: [*python, "tasks", stream, out],
        "Python, generators": lambda out: [*python, "generators", stream, out],
    }
    title = f"packets: {USERS * messages} messages of {USERS} users"
    fault = lambda said, out: measure.fault_of_files(out, sizes)
    return Work(title, USERS * messages, contenders, fault)


def numbers(home, options):
    count = options.part_of(NUMBERS)
    stream = home / "numbers.txt"
    chance = random.Random(13)
    values = [round(chance.gauss(100, 15), 6) for _ in range(count)]
    stream.write_text("".join(f"{value}\n" for value in values))
    mean = math.fsum(values) / count

    def fault(said, out):
        answer = re.search(r"mean (\S+)", said)
        is_right = answer and math.isclose(float(answer[1]), mean, rel_tol=1e-9)
        return "" if is_right else f"not the mean {mean}: {said}"

    contenders = {
        "fetcher": lambda out: [options.fetcher, "stats", stream],
        "awk": lambda out: ["awk", DESCRIBE, stream],
    }
    return Work(f"numbers: {count} numbers", count, contenders, fault)


WORKS = {work.__name__: work for work in (packets, numbers)}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("works", nargs="*", metavar="WORK", help=f"of {' '.join(WORKS)} [all]")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--quick", action="store_true", help="a twentieth of all, in one round")
    arguments.add_argument("--fetcher", type=Path, default=ROOT / "build/release/fetcher")
    options = arguments.parse_args()
    options.fetcher = options.fetcher.resolve()
    options.part_of = lambda count: count // 20 if options.quick else count
    if unknown := set(options.works) - set(WORKS):
        arguments.error(f"no such work: {' '.join(unknown)}; there are {' '.join(WORKS)}")
    is_well = True
    for name in options.works or WORKS:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=MEMORY) as home:
            work = WORKS[name](Path(home), options)
            entries = compete(work, Path(home), 1 if options.quick else options.rounds)
        print(table(work, entries), flush=True)
        is_well = is_well and not entries[0].fault
    return 0 if is_well else 1


def compete(work, home, rounds):
    entries = {name: measure.Entry(name, "") for name in work.contenders}
    for _ in range(rounds):
        for name, command in work.contenders.items():
            out = home / "out"
            out.mkdir()
            run = measure.run(command(out), os.environ)
            entries[name].rounds.append(run.cost)
            entries[name].fault = entries[name].fault or run.fault or work.fault(run.stdout, out)
            shutil.rmtree(out)
    return list(entries.values())


def table(work, entries):
    columns = "{:20}{:>9}{:>11}{:>8}{:>15}{:>7}  {}"
    head = columns.format("", "seconds", "x fetcher", "CPU s", "per second", "MiB", "")
    lines = [work.title, head]
    for entry in entries:
        seconds = entry.median("seconds")
        row = columns.format(
            entry.name,
            f"{seconds:.3f}",
            f"{entry.ratio_to(entries[0]):.2f}",
            f"{entry.median('cpu_seconds'):.3f}",
            f"{work.items / seconds:,.0f}",
            f"{entry.median('peak_bytes') / 2**20:.1f}",
            f"WRONG: {entry.fault}" if entry.fault else "",
        )
        lines.append(row)
    return "\n".join(line.rstrip() for line in lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
