"""Whole and honest answers."""

import gzip
from urllib.parse import unquote

from exchange import body_of
from faults.registry import fault


@fault
def ok(exchange):
    """`/ok/SIZE/NAME`: the body, whole."""
    exchange.answer("200 OK", exchange.body)


@fault
def typed(exchange):
    """`/typed/image/jpeg/NAME`: the body, with a media type."""
    exchange.answer("200 OK", exchange.body, f"Content-Type: {'/'.join(exchange.arguments)}")


# What bodies of some media types begin with.
BEGINNINGS = {"png": b"\x89PNG\r\n\x1a\n", "html": b"<!doctype html>", "nothing": b""}


@fault
def like(exchange):
    """`/like/HOW/image/jpeg/NAME`: a body that begins like HOW, with a media type or without.

    It has no end with `?endless`, and is said to be encoded with `?gzip`.
    """
    how, *words = exchange.arguments
    headers = [f"Content-Type: {'/'.join(words)}"] if words else []
    body = BEGINNINGS[how] + exchange.body
    if exchange.query == "endless":
        exchange.head("200 OK", "Connection: close", *headers)
        exchange.write(body)
        exchange.write_without_end(b"x" * 64_000)
    if exchange.query == "gzip":
        headers.append("Content-Encoding: gzip")
    exchange.answer("200 OK", body, *headers)


@fault
def each(exchange):
    """`/each/image/jpeg/NAME`: another version of the body every time."""
    target = exchange.request.target
    body = body_of(target, exchange.origin.next_version(target))
    exchange.answer("200 OK", body, f"Content-Type: {'/'.join(exchange.arguments)}")


GZIP = gzip.compress(b"a line of text\n" * 500, mtime=0)

# What is sent as gzip, rightly or wrongly.
GZIPPED = {
    "whole": GZIP,
    "cut": GZIP[: len(GZIP) // 2],
    "head_only": GZIP[:10],
    "without_end": GZIP[:-8],
    "wrong_sum": GZIP[:-8] + bytes(8),
    "junk_behind": GZIP + b"junk",
    "twice": GZIP + GZIP,
    "plain": b"a line of text\n",
    "nothing": b"",
    "bomb": gzip.compress(bytes(10_000_000), mtime=0),  # a thousandth of what is in it
}


@fault
def gzipped(exchange):
    """`/gzipped/HOW/TIMES/NAME?gzip`: one of these bodies, said to be gzip so many times."""
    how, times = exchange.arguments
    exchange.answer("200 OK", GZIPPED[how], *[f"Content-Encoding: {exchange.query}"] * int(times))


@fault
def validated(exchange):
    """The body, with what tells its version."""
    exchange.answer(
        "200 OK",
        exchange.body,
        'ETag: "one"',
        "Last-Modified: Sat, 01 Jan 2022 10:00:00 GMT",
        "Content-Type: image/png",
    )


@fault
def disposition(exchange):
    """`/disposition/NAME?VALUE`: the body, with VALUE as what the server wants done to it."""
    wish = unquote(exchange.query, "latin-1")
    exchange.answer("200 OK", exchange.body, f"Content-Disposition: {wish}")


@fault
def status(exchange):
    """`/status/404/NAME`: an honest answer with that status."""
    exchange.answer(f"{exchange.arguments[0]} Status", exchange.body)


def missing(exchange):
    """What a path gets whose fault is not known."""
    exchange.answer("404 Not Found", b"no such fault\n")
