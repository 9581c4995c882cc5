"""Answers that change with how often, or when, a target is asked for."""

from email.utils import formatdate
from urllib.parse import unquote

from exchange import body_of
from faults.answers import BEGINNINGS
from faults.ends import rst_mid
from faults.registry import fault


@fault
def flaky(exchange):
    """`/flaky/503/2/NAME`: that status twice, then the body."""
    status, times = exchange.arguments
    if exchange.origin.next_version(exchange.request.target) <= int(times):
        exchange.answer(f"{status} Status", b"not yet\n")
    else:
        exchange.answer("200 OK", exchange.body)


@fault
def forgetful(exchange):
    """`/forgetful/NAME?LOCATION`: a redirect to LOCATION the first time, then the body."""
    if exchange.origin.next_version(exchange.request.target) == 1:
        exchange.answer("302 Found", b"moved\n", f"Location: {exchange.query}")
    else:
        exchange.answer("200 OK", exchange.body)


@fault
def fading(exchange):
    """`/fading/503/NAME`: once that status with all that a head can tell, then not a byte."""
    if exchange.origin.next_version(exchange.request.target) == 1:
        described = ["Content-Type: image/png", 'ETag: "one"', "Last-Modified: yesterday"]
        exchange.answer(f"{exchange.arguments[0]} Status", b"not yet\n", *described)


@fault
def rst_once(exchange):
    """The first time a reset in the middle of the body, then all of it."""
    if exchange.origin.next_version(exchange.request.target) == 1:
        rst_mid(exchange)
    else:
        exchange.answer("200 OK", exchange.body)


@fault
def busy(exchange):
    """`/busy/429/NAME?WAIT`: once that status with WAIT as Retry-After, then the body."""
    if exchange.origin.next_version(exchange.request.target) == 1:
        wait = f"Retry-After: {unquote(exchange.query)}"
        exchange.answer(f"{exchange.arguments[0]} Status", b"not yet\n", wait)
    else:
        exchange.answer("200 OK", exchange.body)


@fault
def crowded(exchange):
    """For a second after the first such request all of them are told to wait that long."""
    first = next(r for r in exchange.origin.requests if r.target.startswith("/crowded/"))
    if exchange.request.at < first.at + 1:
        exchange.answer("429 Too Many Requests", b"not yet\n", "Retry-After: 1")
    else:
        exchange.answer("200 OK", exchange.body)


@fault
def versioned(exchange):
    """The version of the body that the test has set; 304 when the client has that one already."""
    version = exchange.origin.version
    tag, date = f'"v{version}"', formatdate(1_600_000_000 + version, usegmt=True)
    wanted = exchange.request.headers
    is_known = (
        wanted["if-none-match"] == tag
        if "if-none-match" in wanted
        else wanted.get("if-modified-since") == date
    )
    validators = [f"Last-Modified: {date}", *([f"ETag: {tag}"] if "etag" in exchange.query else [])]
    if is_known:
        exchange.head("304 Not Modified", *validators)
        exchange.keeps_connection = True
    else:
        exchange.answer("200 OK", body_of(exchange.request.target, version), *validators)


@fault
def broken(exchange):
    """`/broken/SIZE/HOW/NAME`: with a strong ETag, and in the beginning only half of the body.

    HOW says what a request for the rest gets: `rest`, the rest; `bare`, the rest without what the
    client was told before; `whole`, all of it, as from a server that knows no ranges; `changed`,
    all of another version; `elsewhere`, another part than the one that was asked for; `unlike`, the
    rest of another version; `unmeasured`, a rest whose length is not told; `s416`; `weak`, half of
    the body again, because nothing else may be asked for; `never`, no more than the half.

    With `html` in the query the body begins like a page, with `stall` it does not end.
    """
    how = exchange.arguments[1]
    wanted = exchange.request.headers.get("range", "")
    is_first = exchange.origin.next_version(exchange.request.target) == 1
    etag = 'W/"one"' if how == "weak" else '"one"'
    described = [f"ETag: {etag}", "Content-Type: image/png"]
    body = BEGINNINGS["html" if "html" in exchange.query else "nothing"] + exchange.body
    if is_first or how == "never":
        exchange.head("200 OK", f"Content-Length: {len(body)}", *described)
        exchange.write(body[: len(body) // 2])
        if "stall" in exchange.query:
            exchange.stall()
    elif not wanted or how == "whole":
        exchange.answer("200 OK", body, *described)
    elif how == "changed":
        exchange.answer("200 OK", body_of(exchange.request.target, 2), 'ETag: "two"')
    elif how == "s416":
        exchange.answer("416 Range Not Satisfiable", b"", f"Content-Range: bytes */{len(body)}")
    else:
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        start -= 10 if how == "elsewhere" else 0
        place = f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}"
        if how == "unlike":
            described[0] = 'ETag: "two"'
        if how == "unmeasured":
            exchange.head("206 Partial Content", place, *described, "Connection: close")
            exchange.write(body[start:-1])
        else:
            lines = [] if how == "bare" else described
            exchange.answer("206 Partial Content", body[start:], place, *lines)
