"""What bounds every fetcher here: the server alone, libcurl alone, the file system alone."""

import dataclasses
import re
import shutil
from pathlib import Path

import measure
from contenders import Contender, judged_by_files

HERE = Path(__file__).parent
PROGRAM = HERE.parents[1] / "build/bench/tests/bench/limits"
SECONDS_OF_WRK = 2


def limits_for(case):
    build = "" if PROGRAM.exists() else "scripts/build bench"
    needs_wrk = "" if shutil.which("wrk") else "wrk"
    limits = [
        Contender("libcurl, discarded", "limit", discard, judged_by_words, build),
        Contender("written, no network", "limit", write, judged_by_files, build),
    ]
    # wrk knows one host, and neither HTTP/2 nor a list of a million.
    if case.hosts == 1 and not case.authority and not case.is_long:
        limits.append(Contender("wrk", "limit", wrk, judged_wrk, needs_wrk))
    return limits


def discard(case, out):
    return [PROGRAM, "discard", str(case.concurrency), case.list, *filter(None, [case.authority])]


def write(case, out):
    return [PROGRAM, "write", out, case.name_list]


def wrk(case, out):
    options = ["-t1", f"-c{case.concurrency}", f"-d{SECONDS_OF_WRK}s", "--timeout=60s"]
    return ["wrk", *options, "-s", HERE / "paths.lua", case.urls[0], "--", case.path_list]


def judged_by_words(run, case, out):
    """The program says how many bodies and bytes came."""
    expected = f"{len(case.sizes)} {sum(case.sizes)}"
    found = run.stdout.strip()
    fault = run.fault or ("" if found == expected else f"{found} instead of {expected}")
    return measure.Run(run.cost, run.stdout, fault)


def judged_wrk(run, case, out):
    """wrk runs for a time: what it would have needed for the work is worked out from that."""
    requests = re.search(r"(\d+) requests in ([\d.]+)s", run.stdout)
    errors = re.search(r"Socket errors.*|Non-2xx.*", run.stdout)
    if run.fault or errors or not requests or requests[1] == "0":
        return measure.Run(run.cost, run.stdout, run.fault or (errors or ["no answers"])[0])
    part = len(case.urls) / int(requests[1])
    cost = dataclasses.replace(
        run.cost,
        seconds=float(requests[2]) * part,
        cpu_seconds=run.cost.cpu_seconds * part,
    )
    return measure.Run(cost, run.stdout)
