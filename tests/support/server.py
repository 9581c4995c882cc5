"""A server on loopback that runs a script for each connection, for what is no HTTP."""

import contextlib
import socket
import threading

from origin import listener


class Server:
    """A context manager: `script(connection)` for each connection, in a thread of its own."""

    def __init__(self, script):
        self.connections = 0
        self._script = script
        self._open = set()
        self._listener = listener()
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        for each in self._listener, *self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.add(connection)
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            self._script(connection)
        self._open.discard(connection)
