"""Connections that end too early, fall silent, or do not end."""

import time

from faults.answers import ok
from faults.framing import cl_none, cl_short
from faults.registry import fault


@fault
def empty(exchange):
    """The connection ends without a byte."""


@fault
def hdr_noend(exchange):
    """The connection ends inside the headers."""
    exchange.write(b"HTTP/1.1 200 OK\r\nContent-Le")


@fault
def rst_asked(exchange):
    """The connection is reset after the request."""
    exchange.reset()


@fault
def rst_hdr(exchange):
    """The connection is reset after the headers."""
    exchange.head("200 OK", f"Content-Length: {len(exchange.body)}")
    exchange.reset()


@fault
def rst_mid(exchange):
    """The connection is reset in the middle of the body."""
    cl_short(exchange)
    exchange.reset()


@fault
def ka_race(exchange):
    """The body on a new connection, none on one that was used: it ends just as it is used again.

    `/ka_race/SIZE/reset/NAME`: it ends with a RST.
    """
    if exchange.number == 1:
        ok(exchange)
    elif "reset" in exchange.arguments:
        exchange.reset()


@fault
def stall(exchange):
    """Silence after the request."""
    exchange.stall()


@fault
def stall_mid(exchange):
    """Silence in the middle of the body."""
    cl_short(exchange)
    exchange.stall()


@fault
def stall_none(exchange):
    """Silence after a beginning of unknown length."""
    cl_none(exchange)
    exchange.stall()


@fault
def endless(exchange):
    """A body of unknown length that does not end."""
    exchange.head("200 OK", "Connection: close")
    exchange.write_without_end(b"x" * 64_000)


@fault
def flood(exchange):
    """Many bytes, as fast as the client takes them; `origin.flooded` counts what it took."""
    exchange.head("200 OK", "Content-Length: 1000000000", 'ETag: "one"')
    while True:
        exchange.write(b"x" * 4096)
        with exchange.origin.changed:
            exchange.origin.flooded += 4096
            exchange.origin.changed.notify_all()


@fault
def drip(exchange):
    """`/drip/SIZE/NAME`: a byte every fifth of a second."""
    exchange.head("200 OK", f"Content-Length: {len(exchange.body)}")
    for byte in exchange.body:
        exchange.write(bytes([byte]))
        time.sleep(0.2)
