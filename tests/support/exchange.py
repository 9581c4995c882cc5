"""A request that came to an origin, and the means to answer it."""

import hashlib
import socket
import struct
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


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
