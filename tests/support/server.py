"""A server on loopback that runs a script for each connection, whatever it speaks."""

import contextlib
import socket
import threading


def listener(host="127.0.0.1"):
    """A listening socket on loopback, on a port that the system chooses.

    With host "" at all addresses that loopback has in IPv4: 127.0.0.0/8.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if not host:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    listening.bind((host, 0))
    listening.listen(512)
    return listening


class Server:
    """A context manager: `script(connection)` for each connection, in a thread of its own.

    With `tls`, an SSLContext, the connection has its handshake behind it. At the end every
    connection is ended.
    """

    def __init__(self, script, host="127.0.0.1", tls=None):
        self.connections = 0  # in all
        self._script, self._tls = script, tls
        self._open = set()
        self._has_ended = False
        self._lock = threading.Lock()  # of the two above
        self._listener = listener(host)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        with self._lock:
            self._has_ended = True
            leaving = [self._listener, *self._open]
        for each in leaving:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, bare):
        with contextlib.suppress(OSError), self._secured(bare) as connection:
            with self._known(connection):
                self._script(connection)

    def _secured(self, connection):
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection

    @contextlib.contextmanager
    def _known(self, connection):
        """Have this connection ended when the server ends."""
        with self._lock:
            self._open.add(connection)
            if self._has_ended:
                connection.shutdown(socket.SHUT_RDWR)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(connection)
