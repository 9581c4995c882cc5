"""An origin that speaks HTTP/2 over TLS, byte by byte, and answers all requests in the same way.

What that way is, its maker says: a function that is given a Stream. The body that belongs to every
target is BODY.
"""

import socket
import struct
import threading

from server import Server

BODY = bytes(range(256)) * 20

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS = 0, 1, 2, 3, 4
PING, GOAWAY, WINDOW_UPDATE, CONTINUATION, UNKNOWN = 6, 7, 8, 9, 99
END_STREAM, END_HEADERS, PADDED, ACK = 1, 4, 8, 1
NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM = 0, 2, 7
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

# HPACK (RFC 7541): entry 8 of the static table is ":status: 200", entry 28 "content-length".
STATUS_200 = b"\x88"


def length_field(length):
    return b"\x0f\x0d%c%d" % (len(str(length)), length)


class Stream:
    """A request and the means to answer it, from any thread."""

    def __init__(self, connection, lock, number, ordinal, connections):
        self.number = number
        self.ordinal = ordinal  # on its connection, from 1
        self.connections = connections  # that there were, with this one
        self._connection = connection
        self._lock = lock  # of the connection

    def frame(self, kind, payload=b"", flags=0, number=None):
        """Write a frame, of this stream unless it is said to be of another one."""
        self._write(self._frame(kind, payload, flags, number))

    def flood(self, kind, payload=b"", flags=0, number=None):
        """Write such a frame again and again, as fast as it goes, until the client has gone."""
        frame = self._frame(kind, payload, flags, number)
        many = frame * (2**14 // len(frame))
        while True:
            self._write(many)

    def _frame(self, kind, payload, flags, number):
        number = self.number if number is None else number
        head = struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, number)
        return head + payload

    def _write(self, frames):
        with self._lock:
            self._connection.sendall(frames)

    def head(self, length=None):
        """Write a whole head."""
        fields = STATUS_200 + (b"" if length is None else length_field(length))
        self.frame(HEADERS, fields, END_HEADERS)

    def answer(self):
        """Write a whole and honest response."""
        self.head(len(BODY))
        self.frame(DATA, BODY, END_STREAM)

    def reset(self, code):
        self.frame(RST_STREAM, struct.pack(">I", code))

    def go_away(self, last):
        """Say that streams after `last` are not answered any more."""
        self.frame(GOAWAY, struct.pack(">II", last, NO_ERROR), number=0)

    def end_connection(self):
        self._connection.shutdown(socket.SHUT_RDWR)


class Http2Origin(Server):
    """The server: a context manager. `settings` are pairs of identifier and value."""

    def __init__(self, tls, answer, settings=()):
        super().__init__(self._speak, tls=tls)
        self._answer = answer
        self._settings = b"".join(struct.pack(">HI", *pair) for pair in settings)

    def url(self, path):
        return f"https://127.0.0.1:{self.port}{path}"

    def _speak(self, connection):
        number_of_connection = self.connections
        lock = threading.Lock()
        with connection.makefile("rb") as stream:
            if stream.read(len(PREFACE)) != PREFACE:
                return
            control = Stream(connection, lock, 0, 0, number_of_connection)
            control.frame(SETTINGS, self._settings)
            ordinal = 0
            while head := stream.read(9):
                length, kind, flags, number = struct.unpack(">IBBI", b"\0" + head)
                stream.read(length)
                if kind == SETTINGS and not flags & ACK:
                    control.frame(SETTINGS, flags=ACK)
                if kind == HEADERS:
                    ordinal += 1
                    self._answer(Stream(connection, lock, number, ordinal, number_of_connection))
