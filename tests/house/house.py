"""What the house's checks share: the sources of a tree, and how a fault is told."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    path: Path
    line: int
    words: str


def sources(root, *folders):
    """The C++ files in these folders of a tree, in order."""
    found = (path for folder in folders for path in (root / folder).rglob("*.[ch]pp"))
    return sorted(found)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check(faults_in):
    """Run one check over the tree that the command line names; exit status 1 if it finds faults."""
    root = Path(sys.argv[1])
    faults = list(faults_in(root))
    for fault in faults:
        print(f"{fault.path.relative_to(root)}:{fault.line}: {fault.words}")
    sys.exit(1 if faults else 0)
