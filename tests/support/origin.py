"""An HTTP/1.1 origin on loopback that answers well or badly, as the path asks: see `faults`.

The body of an answer follows from the target alone (`body_of`), so a test knows what must lie on
disk.
"""

import itertools
import threading
from collections import Counter, defaultdict

from exchange import Exchange, Request, end_with_reset
from faults import faults
from faults.answers import missing
from patience import PATIENCE
from server import Server


class Origin(Server):
    """The server: a context manager that ends every connection and thread of its own.

    With `tls`, an SSLContext, it speaks HTTP over TLS.
    """

    def __init__(self, host="127.0.0.1", tls=None):
        super().__init__(self._answer_requests, host, tls)
        self.requests = []
        self.version = 1  # of what is versioned
        self.refusals = 0  # how many of the next connections to reset as soon as they are there
        self.flooded = 0  # bytes that went out of `/flood/`
        self.in_progress = 0
        self.most_in_progress = 0
        self.changed = threading.Condition()
        self._versions = Counter()
        self._gates = defaultdict(threading.Event)
        self._barriers = {}

    def __exit__(self, *_):
        with self.changed:
            for waited_for in self._gates.values():
                waited_for.set()
            for barrier in self._barriers.values():
                barrier.abort()
        super().__exit__()

    def url(self, path, user=None):
        """The URL of a path here, with `user` (and password) in it if wanted."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{user + '@' if user else ''}127.0.0.1:{self.port}{path}"

    def gate(self, label):
        """The event for which `/gate/LABEL/NAME` waits."""
        with self.changed:
            return self._gates[label]

    def barrier(self, count):
        """Where requests for `/meet/COUNT/NAME` wait for each other."""
        with self.changed:
            return self._barriers.setdefault(count, threading.Barrier(count))

    def next_version(self, target):
        """1 at the first call for this target, then 2, 3, ..."""
        with self.changed:
            self._versions[target] += 1
            return self._versions[target]

    def asked(self, path):
        """The first request for a path, waited for if it has not come yet."""
        self.wait_until(lambda: path in self.targets, f"a request for {path}")
        return next(request for request in self.requests if request.target == path)

    def wait_until(self, holds, what):
        """Wait for something that a request begins or ends."""
        with self.changed:
            if not self.changed.wait_for(holds, PATIENCE):
                raise AssertionError(f"waited {PATIENCE} s in vain for {what}")

    @property
    def targets(self):
        """What was asked for, in the order in which it came."""
        return [request.target for request in self.requests]

    def count(self, change):
        """Note that a request begins (+1) or is over (-1)."""
        with self.changed:
            self.in_progress += change
            self.most_in_progress = max(self.most_in_progress, self.in_progress)
            self.changed.notify_all()

    def _answer_requests(self, connection):
        if self._refuses():
            end_with_reset(connection)
            return
        with connection.makefile("rb") as stream:
            for number in itertools.count(1):
                request = Request.read(stream)
                if not request:
                    break
                exchange = Exchange(self, connection, request, number)
                self._answer(exchange)
                if not exchange.keeps_connection:
                    break
            if self._tls and request and exchange.tells_its_end:
                connection.unwrap()

    def _refuses(self):
        """Whether the connection that has just come is one to reset."""
        with self.changed:
            refuses = self.refusals > 0
            self.refusals -= refuses
        return refuses

    def _answer(self, exchange):
        with self.changed:
            self.requests.append(exchange.request)
        self.count(+1)
        try:
            faults.get(exchange.fault, missing)(exchange)
        finally:
            exchange.over()
