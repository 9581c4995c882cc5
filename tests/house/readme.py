"""The paths that the README names exist; those of a header and its source may go without ending."""

import re

from house import Fault, check, line_of

PATH = re.compile(r"(?<![\w./-])(?:src|tests|urls|scripts|cmake|\.ci)/[\w./-]*\w")


def exists(path):
    return path.exists() or path.with_suffix(".hpp").exists()


def faults_in(root):
    readme = root / "README.md"
    text = readme.read_text()
    for named in PATH.finditer(text):
        if not exists(root / named[0]):
            yield Fault(readme, line_of(text, named.start()), f"there is no {named[0]}")


check(faults_in)
