"""An HTTP/1.1 origin on loopback that answers well or badly, as the path asks.

`/FAULT/.../NAME` is answered by the function FAULT below; a new fault is one more function with
`@fault` over it. What stands between FAULT and NAME are its arguments. The body of an answer
follows from the target alone (`body_of`), so a test knows what must lie on disk.
"""

import contextlib
import gzip
import hashlib
import itertools
import socket
import struct
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from server import Server

PATIENCE = 20  # seconds after which what a test waits for is taken not to come


def body_of(target, version=0):
    """The bytes that belong to a target: as many as its first argument says, otherwise 1000."""
    arguments = urlsplit(target).path.split("/")[2:-1]
    size = int(arguments[0]) if arguments and arguments[0].isdecimal() else 1000
    pattern = hashlib.sha512(f"{target} {version}".encode()).hexdigest().encode()
    return (pattern * (size // len(pattern) + 1))[:size]


def end_with_reset(connection):
    """Let the end of this connection be a RST instead of a FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@dataclass(frozen=True)
class Request:
    """What the origin was asked. Header names are in lower case, `at` is in monotonic seconds."""

    method: str
    target: str
    headers: dict
    at: float

    @classmethod
    def read(cls, stream):
        """The next request of a connection, or None where it ends first."""
        lines = []
        while (line := stream.readline()) not in (b"\r\n", b""):
            lines.append(line.decode("latin-1").rstrip("\r\n"))
        if not (lines and line):
            return None
        method, _, target = lines[0].rpartition(" ")[0].partition(" ")
        fields = (field.partition(":") for field in lines[1:])
        headers = {name.lower(): value.strip() for name, _, value in fields}
        return cls(method, target, headers, time.monotonic())


class Exchange:
    """One request and the means to answer it: what a fault is given."""

    def __init__(self, origin, connection, request, number):
        self.origin = origin
        self.request = request
        self.number = number  # on its connection, from 1
        self.is_over = False
        self.keeps_connection = False
        self.tells_its_end = True
        self._connection = connection
        url = urlsplit(request.target)
        self.fault, *self.arguments = url.path.split("/")[1:-1] or ["ok"]
        self.query = url.query

    @property
    def body(self):
        """What the target stands for."""
        return body_of(self.request.target)

    def write(self, data):
        """Write these bytes, whatever they mean."""
        self._connection.sendall(data)

    def head(self, status, *headers):
        """Write a status line and header lines, and the empty line after them."""
        lines = [f"HTTP/1.1 {status}", *headers, "", ""]
        self.write("\r\n".join(lines).encode("latin-1"))

    def answer(self, status, body, *headers, excess=b""):
        """Write a whole and honest response, with `excess` in the packet that ends it.

        The request is over just before the last byte leaves: nobody who waits for the answer
        can be seen to have two requests in progress.
        """
        self.head(status, f"Content-Length: {len(body)}", *headers)
        self.write(body[:-1])
        self.over()
        self.write(body[-1:] + excess)
        self.keeps_connection = True

    def write_without_end(self, data):
        """Write these bytes again and again, until the client has gone."""
        while True:
            self.write(data)

    def over(self):
        """Let the request no longer count as one in progress."""
        if not self.is_over:
            self.is_over = True
            self.origin.count(-1)

    def reset(self):
        """End the connection with a RST instead of a FIN."""
        end_with_reset(self._connection)

    def stall(self):
        """Say nothing more until the client has gone, or the origin closes."""
        while self._connection.recv(4096):
            pass


faults = {}


def fault(function):
    """Let paths that begin with this function's name be answered by it."""
    faults[function.__name__] = function
    return function


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


# Whole answers.


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
def status(exchange):
    """`/status/404/NAME`: an honest answer with that status."""
    exchange.answer(f"{exchange.arguments[0]} Status", exchange.body)


def missing(exchange):
    """What a path gets whose fault is not known."""
    exchange.answer("404 Not Found", b"no such fault\n")


@fault
def redirect(exchange):
    """`/redirect/302/NAME?LOCATION`: that status, with the query as the Location."""
    exchange.answer(f"{exchange.arguments[0]} Moved", b"moved\n", f"Location: {exchange.query}")


@fault
def loop(exchange):
    """A redirect to itself."""
    exchange.answer("302 Found", b"moved\n", f"Location: {exchange.request.target}")


@fault
def chain(exchange):
    """`/chain/COUNT/NAME`: so many redirects, one after the other, and then a body."""
    left = int(exchange.arguments[0])
    name = exchange.request.target.rpartition("/")[2]
    location = f"/chain/{left - 1}/{name}" if left > 1 else f"/ok/{name}"
    exchange.answer("302 Found", b"moved\n", f"Location: {location}")


@fault
def grow(exchange):
    """A redirect to itself, with another query each time."""
    exchange.answer("302 Found", b"moved\n", f"Location: {exchange.request.target}?")


@fault
def two_locations(exchange):
    """`/two_locations/NAME?A,B`: a redirect to A, and to B."""
    locations = [f"Location: {location}" for location in exchange.query.split(",")]
    exchange.answer("302 Found", b"moved\n", *locations)


@fault
def endless_redirect(exchange):
    """A redirect with a body that does not end."""
    exchange.head("302 Found", f"Location: {exchange.query}", "Transfer-Encoding: chunked")
    exchange.write_without_end(b"1000\r\n%s\r\n" % bytes(0x1000))


@fault
def cookie(exchange):
    """A redirect with a cookie."""
    exchange.answer("302 Found", b"moved\n", f"Location: {exchange.query}", "Set-Cookie: a=b")


@fault
def redirect_with_password(exchange):
    """A Location of this origin, with a user and a password in it."""
    location = exchange.origin.url("/ok/b.bin", user="bob:s3cret")
    exchange.answer("302 Found", b"moved\n", f"Location: {location}")


@fault
def disposition(exchange):
    """`/disposition/NAME?VALUE`: the body, with VALUE as what the server wants done to it."""
    wish = unquote(exchange.query, "latin-1")
    exchange.answer("200 OK", exchange.body, f"Content-Disposition: {wish}")


@fault
def cl_none(exchange):
    """No length: the end of the connection ends the body."""
    exchange.head("200 OK", "Connection: close")
    exchange.write(exchange.body)


@fault
def torn(exchange):
    """No length; where there is TLS its end is not told, so that the body may have been cut."""
    cl_none(exchange)
    exchange.tells_its_end = False


@fault
def extra(exchange):
    """After the body another answer that nobody asked for, on a connection that stays."""
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    exchange.answer("200 OK", exchange.body, excess=forged)


@fault
def cl_long(exchange):
    """More bytes than the length says, before the connection ends."""
    exchange.head("200 OK", f"Content-Length: {len(exchange.body)}")
    exchange.write(exchange.body + b"more")


@fault
def ch_ok(exchange):
    """Chunked, to its end."""
    chunked(exchange, *chunks(exchange.body), b"0\r\n\r\n")


@fault
def ch_trailer(exchange):
    """Chunked, with extensions of a chunk and fields after the last."""
    whole, rest = exchange.body[:600], exchange.body[600:]
    end = b"0;last\r\nX-One: 1\r\nContent-Length: 6\r\nX-Two: 2\r\n\r\n"
    pieces = [b'%x;a="b;c";d\r\n%s\r\n' % (len(piece), piece) for piece in (whole, rest)]
    chunked(exchange, *pieces, end)


@fault
def ch_tiny(exchange):
    """Chunked, with a chunk for each byte."""
    pieces = b"".join(b"1\r\n%c\r\n" % byte for byte in exchange.body)
    chunked(exchange, pieces + b"0\r\n\r\n")


@fault
def te_cl(exchange):
    """Chunked, with a length that says otherwise, on a connection that stays."""
    exchange.head("200 OK", "Content-Length: 6", "Transfer-Encoding: chunked")
    exchange.write(b"".join(chunks(exchange.body)) + b"0\r\n\r\n")
    exchange.keeps_connection = True


@fault
def interim(exchange):
    """Other answers first, and then the body."""
    exchange.head("100 Continue")
    exchange.head("103 Early Hints", "Content-Length: 6", "Link: </style.css>")
    ok(exchange)


@fault
def ka_race(exchange):
    """The body on a new connection, none on one that was used: it ends just as it is used again.

    `/ka_race/SIZE/reset/NAME`: it ends with a RST.
    """
    if exchange.number == 1:
        ok(exchange)
    elif "reset" in exchange.arguments:
        exchange.reset()


# Answers whose framing lies.


@fault
def cl_short(exchange):
    """A length, and half of the bytes."""
    exchange.head("200 OK", f"Content-Length: {len(exchange.body)}")
    exchange.write(exchange.body[: len(exchange.body) // 2])


def claimed_lengths(*lengths):
    """A fault that sends the body, of 1000 bytes, under these Content-Length lines."""

    def answer(exchange):
        exchange.head("200 OK", *[f"Content-Length: {length}" for length in lengths])
        exchange.write(exchange.body)

    return answer


faults["cl_dup"] = claimed_lengths("1000", "1000")
faults["cl_same_list"] = claimed_lengths("1000, 1000")
faults["cl_plus"] = claimed_lengths("+1000")
faults["cl_garbage"] = claimed_lengths("6foo")
faults["cl_dupdiff"] = claimed_lengths("1000", "6")
faults["cl_list"] = claimed_lengths("1000, 6")
faults["cl_negative"] = claimed_lengths("-5")
faults["cl_empty"] = claimed_lengths("")
faults["cl_huge"] = claimed_lengths(str(2**65))


def chunks(body):
    """The body as chunks of 300 bytes."""
    for start in range(0, len(body), 300):
        piece = body[start : start + 300]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


def chunked(exchange, *pieces):
    """Write a head that promises chunks, and then these bytes."""
    exchange.head("200 OK", "Transfer-Encoding: chunked")
    for piece in pieces:
        exchange.write(piece)


@fault
def ch_trunc(exchange):
    """The connection ends inside a chunk."""
    first, second, *_ = chunks(exchange.body)
    chunked(exchange, first, second[:100])


@fault
def ch_noend(exchange):
    """All chunks, but not the last one, which is empty."""
    chunked(exchange, *chunks(exchange.body))


@fault
def ch_bad(exchange):
    """A chunk whose size is no number."""
    chunked(exchange, *itertools.islice(chunks(exchange.body), 1), b"zz\r\nwhat?\r\n0\r\n\r\n")


@fault
def ch_over(exchange):
    """A chunk whose size overflows 64 bits."""
    chunked(exchange, *itertools.islice(chunks(exchange.body), 1), b"f" * 17 + b"\r\nwhat?\r\n")


@fault
def ch_negative(exchange):
    """A chunk whose size is negative."""
    chunked(exchange, *chunks(exchange.body), b"-5\r\nwhat?\r\n0\r\n\r\n")


@fault
def ch_long(exchange):
    """A chunk that is longer than its size says."""
    chunked(exchange, b"5\r\n", exchange.body, b"\r\n0\r\n\r\n")


@fault
def ch_nul_trailer(exchange):
    """A NUL after the last chunk."""
    chunked(exchange, *chunks(exchange.body), b"0\r\nX-Nul: a\0b\r\n\r\n")


@fault
def cut(exchange):
    """`/cut/10/AT/NAME`: a body of ten bytes; only the first AT bytes of the response leave.

    With the query `chunked` it is chunked, otherwise it has a length.
    """
    if exchange.query == "chunked":
        head, body = "Transfer-Encoding: chunked", b"".join(chunks(exchange.body)) + b"0\r\n\r\n"
    else:
        head, body = f"Content-Length: {len(exchange.body)}", exchange.body
    response = f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body
    exchange.write(response[: int(exchange.arguments[1])])


# Answers that are no answer.


@fault
def http09(exchange):
    """A body without status line and headers."""
    exchange.write(exchange.body)


@fault
def status_line(exchange):
    """`/status_line/NAME?LINE`: a whole answer below that line."""
    length = len(exchange.body)
    exchange.write(f"{unquote(exchange.query)}\r\nContent-Length: {length}\r\n\r\n".encode())
    exchange.write(exchange.body)


@fault
def bodiless(exchange):
    """A body where none may be, which looks like an answer, on a connection that stays."""
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    exchange.head("204 No Content", f"Content-Length: {len(forged)}")
    exchange.write(forged)
    exchange.keeps_connection = True


@fault
def interim_body(exchange):
    """An interim answer with a body, before the real one."""
    exchange.head("103 Early Hints", "Content-Length: 6")
    exchange.write(b"hello!")
    ok(exchange)


@fault
def head_like(exchange):
    """A length and no byte, as if a HEAD had been asked for."""
    exchange.head("200 OK", f"Content-Length: {len(exchange.body)}")


@fault
def s206(exchange):
    """A part that nobody asked for."""
    part = exchange.body[:500]
    exchange.answer("206 Partial Content", part, "Content-Range: bytes 0-499/1000")


@fault
def s304(exchange):
    """Not modified, though nobody named a version."""
    exchange.head("304 Not Modified", 'ETag: "one"')


@fault
def no_location(exchange):
    """A redirect to nowhere."""
    exchange.answer("302 Found", b"x")


def header_line(line):
    """A fault whose body is whole, below this line among the headers."""

    def answer(exchange):
        exchange.answer("200 OK", exchange.body, line)

    return answer


faults["nul_hdr"] = header_line("X-Nul: a\0b")
faults["cr_hdr"] = header_line("X-Cr: a\rContent-Length: 6")
faults["nocolon"] = header_line("no colon at all")
faults["colon_first"] = header_line(": no name")
faults["blank_colon"] = header_line("Content-Type : image/png")
faults["folded_hdr"] = header_line("X-Folded: a\r\n Content-Length: 6\r\n\tb")
faults["hdr_120k"] = header_line("X-Long: " + "x" * 120_000)
faults["hdr_300k"] = header_line("\r\n".join(f"X-{n}: {'x' * 3000}" for n in range(100)))
faults["hdr_6000"] = header_line("\r\n".join(f"X-{n}: x" for n in range(6000)))


@fault
def hdr_inf(exchange):
    """Header lines without end."""
    exchange.write(b"HTTP/1.1 200 OK\r\n")
    exchange.write_without_end(b"X-Again: and again\r\n" * 1000)


@fault
def line_inf(exchange):
    """One header line without end."""
    exchange.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    exchange.write_without_end(b"x" * 16_000)


@fault
def cont_inf(exchange):
    """Other answers without end before the one that was asked for."""
    exchange.write_without_end(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


@fault
def trailer_inf(exchange):
    """Fields after the last chunk, without end."""
    chunked(exchange, *chunks(exchange.body), b"0\r\n")
    exchange.write_without_end(b"X-Again: and again\r\n" * 1000)


faults["escapes"] = header_line('ETag: "\x1b[31m\x7f\x9b"\r\nContent-Type: image/\x1b[7m')


@fault
def escaped_status(exchange):
    """An error whose words would paint a terminal."""
    exchange.answer("404 \x1b[31mred\x07\x9b31m", b"x")


faults["escaped_head"] = header_line("no\x1b[31m\x9b colon")


@fault
def escaped_line(exchange):
    """A status line that is none, and would paint a terminal."""
    exchange.head("2\x1b[31m\x07\x9b OK")


# Connections that end or stop too early.


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


# Answers that wait for something.


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


# Answers that change with the times a target was asked for.


@fault
def flaky(exchange):
    """`/flaky/503/2/NAME`: that status twice, then the body."""
    status, times = exchange.arguments
    if exchange.origin.next_version(exchange.request.target) <= int(times):
        exchange.answer(f"{status} Status", b"not yet\n")
    else:
        exchange.answer("200 OK", exchange.body)


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
