"""What the README names and shows is true.

Its paths exist; those of a header and its source may go without ending. Its C++ stands in one of
the examples that are compiled and run.
"""

import re

from house import Fault, check, line_of

PATH = re.compile(r"(?<![\w./-])(?:src|tests|urls|scripts|cmake|\.ci)/[\w./-]*\w")


SNIPPET = re.compile(r"^```cpp\n(.*?)^```", re.DOTALL | re.MULTILINE)


def exists(path):
    return path.exists() or path.with_suffix(".hpp").exists()


def faults_in(root):
    readme = root / "README.md"
    text = readme.read_text()
    for named in PATH.finditer(text):
        if not exists(root / named[0]):
            yield Fault(readme, line_of(text, named.start()), f"there is no {named[0]}")
    examples = [path.read_text() for path in (root / "tests/examples").glob("*.cpp")]
    for shown in SNIPPET.finditer(text):
        if not any(shown[1] in example for example in examples):
            yield Fault(readme, line_of(text, shown.start()), "no example in tests/examples has this")


check(faults_in)
