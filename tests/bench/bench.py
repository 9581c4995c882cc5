#!/usr/bin/env python3
"""How fast the fetcher is beside its peers: `tests/bench/bench.py [WORK...]`.

In turn, on the same work, against a real nginx on loopback. Exit status 1 if the fetcher lost
something.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

import measure
import report
from contenders import contenders_for
from limits import limits_for
from names import Unavailable
from works import WORKS

# Who needs this many times the seconds of the fastest, and more than PATIENCE_FOR_SLOW, is measured
# once and not in every round.
FAR_TOO_SLOW = 5
PATIENCE_FOR_SLOW = 10  # seconds


def main():
    options = parse_command_line()
    allow_many_descriptors()
    results = {"machine": machine(options.fetcher), "cases": []}
    is_well = True
    for work in options.works:
        try:
            with contextlib.closing(WORKS[work](options)) as cases:
                for case in cases:
                    entries = compete(case, options)
                    is_well = is_well and not has_lost_something(entries)
                    tell(case, entries, results, options)
        except Unavailable as reason:
            print(f"{work}: skipped: {reason}\n", flush=True)
    return 0 if is_well else 1


def parse_command_line():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("works", nargs="*", metavar="WORK", help=f"of {' '.join(WORKS)} [all]")
    arguments.add_argument("--rounds", type=int, default=5, help="after a warm-up [5]")
    arguments.add_argument("--quick", action="store_true", help="a twentieth of all, in one round")
    arguments.add_argument("--lines", type=int, default=1_000_000, help="of `many` [1000000]")
    arguments.add_argument("--fetcher", type=Path, default=ROOT / "build/release/fetcher")
    arguments.add_argument("--disk", default="/var/tmp", help="where `disk` writes [/var/tmp]")
    arguments.add_argument("--json", type=Path, metavar="FILE", help="all figures, for machines")
    options = arguments.parse_args()
    if unknown := set(options.works) - set(WORKS):
        arguments.error(f"no such work: {' '.join(unknown)}; there are {' '.join(WORKS)}")
    options.works = options.works or list(WORKS)
    options.part_of = lambda count: max(1, count // 20) if options.quick else count
    if not options.fetcher.exists():
        arguments.error(f"there is no {options.fetcher}; build it with scripts/build release")
    if not shutil.which("time"):
        arguments.error("GNU time is missing; scripts/install-packages bench installs all there is")
    options.fetcher = options.fetcher.resolve()
    return options


def has_lost_something(entries):
    """Whether the fetcher has; what peers lose is only said."""
    return any(entry.fault for entry in entries if entry.role == "fetcher")


def tell(case, entries, results, options):
    """Now, because a later case may fail."""
    print(report.table(case, entries), flush=True)
    results["cases"].append(report.for_machines(case, entries))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


def allow_many_descriptors():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def machine(fetcher):
    """Where the figures come from."""
    version = subprocess.run([fetcher, "--version"], capture_output=True, text=True).stdout
    return {
        "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "fetcher": version.strip(),
    }


def compete(case, options):
    """Let all who can do it do the work of a case, round by round; an entry for each."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        case.write_lists(Path(home))
        entries = {}
        able = []
        for contender in contenders_for(case, options.fetcher) + limits_for(case):
            reason = reason_to_skip(contender, case)
            entries[contender.name] = measure.Entry(contender.name, contender.role, reason)
            if not reason:
                able.append(contender)
        rounds = 1 if options.quick or case.is_long else options.rounds
        if not (options.quick or case.is_long):
            for contender in able:
                entries[contender.name].warm_up = run_once(contender, case, entries)
            able = [c for c in able if is_worth_rounds(entries[c.name], entries.values())]
        for n in range(rounds):
            first = n % len(able)  # nobody always runs after the same neighbour
            for contender in able[first:] + able[:first]:
                if not entries[contender.name].fault:
                    cost = run_once(contender, case, entries)
                    entries[contender.name].rounds.append(cost)
        return list(entries.values())


def reason_to_skip(contender, case):
    if contender.missing:
        return f"needs {contender.missing}"
    if case.is_long and contender.name in ("aria2c", "aiohttp"):
        return "would take hours"
    return ""


def is_worth_rounds(entry, entries):
    if entry.fault:
        return False
    rivals = (e for e in entries if e.role != "limit" and e.warm_up and not e.fault)
    fastest = min((rival.warm_up.seconds for rival in rivals), default=0)
    return entry.warm_up.seconds < max(PATIENCE_FOR_SLOW, FAR_TOO_SLOW * fastest)


def run_once(contender, case, entries):
    """The cost of one run into a fresh directory. A fault of it is kept in its entry."""
    out = Path(tempfile.mkdtemp(prefix="out-", dir=case.outputs))
    try:
        if case.is_on_disk:
            os.sync()  # nobody pays for what the one before has written
        with tempfile.TemporaryDirectory(prefix="home-") as home:  # without anyone's .curlrc
            environment = {"PATH": os.environ["PATH"], "HOME": home}
            run = measure.run(contender.command(case, out), environment)
        run = contender.judged(run, case, out)
    finally:
        if not case.is_on_disk:
            shutil.rmtree(out)
    entries[contender.name].fault = entries[contender.name].fault or run.fault
    return run.cost


if __name__ == "__main__":
    sys.exit(main())
