"""Answers that wait for the test, or for each other."""

import contextlib
import threading

from faults.answers import ok
from faults.registry import fault
from patience import PATIENCE


@fault
def gate(exchange):
    """`/gate/LABEL/NAME`: the body, when the test has opened that gate."""
    exchange.origin.gate(exchange.arguments[0]).wait(PATIENCE)
    ok(exchange)


@fault
def rest(exchange):
    """`/rest/SIZE/LABEL/NAME`: a quarter of the body, and the rest behind that gate."""
    quarter = len(exchange.body) // 4
    exchange.head("200 OK", f"Content-Length: {len(exchange.body)}")
    exchange.write(exchange.body[:quarter])
    exchange.origin.gate(exchange.arguments[1]).wait(PATIENCE)
    exchange.write(exchange.body[quarter:])


@fault
def meet(exchange):
    """`/meet/COUNT/NAME`: the body, as soon as COUNT such requests are waiting together."""
    with contextlib.suppress(threading.BrokenBarrierError):
        exchange.origin.barrier(int(exchange.arguments[0])).wait(PATIENCE)
    ok(exchange)
