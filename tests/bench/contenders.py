"""Who competes: the fetcher, and its peers as someone who knows them would start them."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import measure

HERE = Path(__file__).parent
DEBIAN_PYTHON = "/usr/bin/python3"  # has the modules that are Debian's packages
FETCHER_LOG = "fetcher.jsonl"
MOST_THAT_CURL_TAKES = 300


@dataclass(frozen=True)
class Contender:
    """One way to do the work of a case.

    `command(case, out)` is its command line; `judged(run, case, out)` is the run with a fault if it
    did not do all of the work. `missing` says what to install, if it cannot be started.
    """

    name: str
    role: str  # fetcher, peer or limit
    command: Callable
    judged: Callable
    missing: str = ""


def judged_by_files(run, case, out):
    fault = run.fault or measure.fault_of_files(out, case.sizes, besides=[FETCHER_LOG])
    return measure.Run(run.cost, run.stdout, fault)


def contenders_for(case, fetcher):
    """The fetcher, in each of the case's durabilities, and the peers."""
    return [fetcher_contender(fetcher, how) for how in case.durabilities] + peers()


def fetcher_contender(fetcher, durability):
    def command(case, out):
        options = ["--cacert", case.authority] if case.authority else []
        options += ["--durability", durability, "-c", str(case.concurrency), "-o", out]
        return [fetcher, *options, case.list]

    name = "fetcher" if durability == "rename" else f"fetcher, {durability}"
    return Contender(name, "fetcher", command, judged_by_files)


def peers():
    return [
        peer("curl -Z", curl, "curl"),
        peer("wget2", wget2, "wget2"),
        peer("aria2c", aria2, "aria2"),
        peer("aiohttp", aiohttp, "python3-aiohttp", lacks_aiohttp),
    ]


def peer(name, command, package, lacks=None):
    is_missing = lacks() if lacks else not shutil.which(name.split()[0])
    return Contender(name, "peer", command, judged_by_files, package if is_missing else "")


def lacks_aiohttp():
    command = [DEBIAN_PYTHON, "-c", "import aiohttp"]
    return subprocess.run(command, capture_output=True).returncode != 0


def curl(case, out):
    at_once = min(case.concurrency, MOST_THAT_CURL_TAKES)  # more than that, and it takes 50
    options = ["--cacert", case.authority] if case.authority else []
    options += ["-Z", "--parallel-max", str(at_once), "-sS", "--fail", "--remote-name-all"]
    return ["curl", *options, "--output-dir", out, "-K", case.curl_list]


def wget2(case, out):
    options = [f"--ca-certificate={case.authority}"] if case.authority else []
    options += ["--quiet", f"--max-threads={case.concurrency}", f"--directory-prefix={out}"]
    return ["wget2", *options, f"--input-file={case.list}"]


def aria2(case, out):
    options = [f"--ca-certificate={case.authority}"] if case.authority else []
    options += ["--quiet", "--no-conf", "--file-allocation=none", "--split=1"]
    options += [f"--max-concurrent-downloads={case.concurrency}", f"--dir={out}"]
    return ["aria2c", *options, f"--rlimit-nofile={2 * case.concurrency + 1024}", "-i", case.list]


def aiohttp(case, out):
    options = ["--cacert", case.authority] if case.authority else []
    options += ["-c", str(case.concurrency), "-o", out]
    return [DEBIAN_PYTHON, HERE / "aiohttp_fetch.py", *options, case.list]
