"""Each folder of src/ is a floor that includes only floors above it; each library has one door."""

import re

from house import Fault, check, line_of, sources

# From top to bottom. `main.cpp` stands below all of them.
FLOORS = "base coro loop disk http statistics packets fetch report cli commands".split()

# Floors that do not know each other, though one stands above the other.
STRANGERS = [{"disk", "http", "statistics"}, {"loop", "statistics"}, {"packets", "fetch"}]

# How a library's headers begin, and how the paths begin that may include them.
DOORS = {
    "uv.h": ["src/loop/"],
    "uv/": ["src/loop/"],
    "curl/": ["src/http/"],
    "CLI/": ["src/cli/"],
    "nlohmann/": ["src/fetch/record", "src/fetch/list_line", "src/statistics/json_field"],
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def may_include(floor, other):
    if floor == other:
        return True
    are_strangers = any({floor, other} <= group for group in STRANGERS)
    return FLOORS.index(other) < FLOORS.index(floor) and not are_strangers


def fault_of(path, floor, quote, header):
    """Why the file at `path` may not include this header, or None."""
    other = header.partition("/")[0]
    if other in FLOORS:
        if floor and not may_include(floor, other):
            return f"'{floor}' may not include '{other}'"
    elif quote == '"':
        return f'"{header}" names no floor'
    for library, doors in DOORS.items():
        if header.startswith(library) and not path.startswith(tuple(doors)):
            return f"<{header}> belongs only into {' and '.join(doors)}"
    return None


def faults_in(root):
    for source in sources(root, "src"):
        path = source.relative_to(root).as_posix()
        floor = path.split("/")[1] if path.count("/") > 1 else None
        if floor and floor not in FLOORS:
            yield Fault(source, 1, f"'{floor}' is no floor of the house")
            continue
        text = source.read_text()
        for include in INCLUDE.finditer(text):
            if words := fault_of(path, floor, *include.groups()):
                yield Fault(source, line_of(text, include.start()), words)


check(faults_in)
