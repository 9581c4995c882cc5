"""What the README and CONTRIBUTING name and show is true.

Their paths exist; those of a header and its source may go without ending. Their C++ stands in one
of the examples that are compiled and run, or in a source. Each list in urls/ says at its top what
it is for.
"""

import re
import textwrap

from house import Fault, check, line_of, sources

PATH = re.compile(r"(?<![\w./-])(?:src|tests|urls|scripts|cmake|\.ci)/[\w./-]*\w")

SNIPPET = re.compile(r"^( *)```cpp\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


def exists(path):
    return path.exists() or path.with_suffix(".hpp").exists()


def faults_of_text(root, document, code):
    text = document.read_text()
    for named in PATH.finditer(text):
        if not exists(root / named[0]):
            yield Fault(document, line_of(text, named.start()), f"there is no {named[0]}")
    for shown in SNIPPET.finditer(text):
        snippet = textwrap.dedent(shown[2]) if shown[1] else shown[2]
        if not any(snippet.rstrip("\n") in source for source in code):
            yield Fault(document, line_of(text, shown.start()), "no source or example has this")


def faults_in(root):
    code = [path.read_text() for path in sources(root, "tests/examples", "src")]
    for name in "README.md", "CONTRIBUTING.md":
        if (root / name).exists():
            yield from faults_of_text(root, root / name, code)
    for listing in sorted((root / "urls").glob("*")):
        if not listing.read_text().startswith("# "):
            yield Fault(listing, 1, "it does not say what it is for")


check(faults_in)
