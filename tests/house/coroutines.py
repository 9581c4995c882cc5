"""Coroutines keep to what GCC 12 compiles rightly, and own what they are given.

GCC 12 destroys a temporary twice when it is made with braces, or by `?:`, in an expression that
also awaits or yields. It drops the body of a coroutine that has no local variable and awaits in a
condition. Both end when the value has a name, given on a line of its own. And a `const T&`, `T&&`
or view among a coroutine's parameters may dangle after its first wait.
"""

import re

from house import Fault, check, line_of, sources

# What is no code, or looks like some: comments, directives, strings, characters and numbers.
NO_CODE = re.compile(
    r"""
    //[^\n]* | /\*.*?\*/ | ^[ \t]*\#[^\n]*
    | R"(?P<end>[^(]*)\(.*?\)(?P=end)" | "(?:\\.|[^"\\])*" | \b\d(?:'?[\w.])* | '(?:\\.|[^'\\])*'
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
AWAIT = re.compile(r"(?<!operator )\bco_(?:await|yield)\b")
CONTROL = re.compile(r"\b(?:if|while|switch|for)\s*(?:constexpr\s*)?\(")
DECLARES = re.compile(r"[\w>&*]\s+\w+\s*=\s*$")
CHOOSES = re.compile(r"\?|&&|\|\|")

COROUTINE = r"\b(?:Task|Generator|Spawned)\b"
PARAMETERS = r"\(((?:[^()]|\([^()]*\))*)\)"
SIGNATURES = [
    re.compile(rf"{COROUTINE}\s+[\w:\s]+{PARAMETERS}"),
    re.compile(rf"{PARAMETERS}[\w\s]*→[\w:\s]*{COROUTINE}"),
]
MAY_DANGLE = re.compile(r"\bconst\b.*&|&&|\b(?:string_view|span)\b")


def blank(match):
    """Spaces in place of a match, so that every position and line stays what it was."""
    return re.sub(r"[^\n]", " ", match[0])


def replace_all(pattern, replacement, text):
    """Replace until nothing is left to replace: from the inside outwards."""
    while (replaced := re.sub(pattern, replacement, text)) != text:
        text = replaced
    return text


def closing(code, opening):
    """Where the parenthesis ends that opens at this position."""
    depth = 0
    for parenthesis in re.compile(r"[()]").finditer(code, opening):
        depth += 1 if parenthesis[0] == "(" else -1
        if depth == 0:
            return parenthesis.start()
    return len(code) - 1


def marked(code):
    """The code with its brackets told apart: «condition», ⟨value⟩, {statements}."""
    code = replace_all(r"\{([^{};]*)\}", r"⟨\1⟩", code)
    marks = list(code)
    for control in CONTROL.finditer(code):
        opening = control.end() - 1
        marks[opening], marks[closing(code, opening)] = "«", "»"
    return "".join(marks)


def is_in_condition(code, position):
    begun = code[:position].rpartition("«")[2]
    return "»" not in begun and "{" not in begun and "«" in code[:position]


def fault_of_await(code, position):
    """What is wrong with the expression that awaits at this position of marked code, or None."""
    begin = max(code.rfind(boundary, 0, position) for boundary in ";{}«»") + 1
    end = re.compile(r"[;{}«»]|$").search(code, position).start()
    expression = code[begin:end]
    ends_at_brace = code[end : end + 1] in ("{", "}") or expression.lstrip().startswith((",", ")"))
    if "⟨" in expression or ends_at_brace:
        return "braces in an expression that awaits: give that value a name first"
    if CHOOSES.search(expression):
        return "?:, && or || in an expression that awaits: give what is awaited a name first"
    if is_in_condition(code, position) and not DECLARES.search(code[begin:position]):
        return "an await in a condition that declares nothing: give what is awaited a name first"
    return None


def faults_of_awaits(code):
    code = marked(code)
    for await_ in AWAIT.finditer(code):
        if words := fault_of_await(code, await_.start()):
            yield await_.start(), words


def faults_of_parameters(code):
    """What may dangle; template arguments are left out, for they own what they name."""
    code = replace_all(r"<[^<>;{}]*>", blank, code)
    for signature in SIGNATURES:
        for match in signature.finditer(code):
            for parameter in match[1].split(","):
                if MAY_DANGLE.search(parameter):
                    words = " ".join(parameter.split())
                    yield match.start(1), f"a coroutine's parameter may dangle: {words}"


def faults_in(root):
    for source in sources(root, "src", "tests"):
        code = NO_CODE.sub(blank, source.read_text())
        code = code.replace("->", "→ ").replace("auto&&", "auto& ")
        for position, words in [*faults_of_awaits(code), *faults_of_parameters(code)]:
            yield Fault(source, line_of(code, position), words)


check(faults_in)
