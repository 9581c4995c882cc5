"""HTTP/1.1 and HTTP/2 against a real nginx, with TLS and without."""

import contextlib
import ctypes
import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from certificates import make_certificates, server_side
from fetcher import EndToEnd, tree
from nginx import Nginx
from origin import Origin

FILES = 300

# inotify(7). Equal events in a row become one, so that an open is only counted with its close.
IN_OPEN, IN_CLOSE_NOWRITE = 0x20, 0x10
EVENT_SIZE = 16


@contextlib.contextmanager
def opened(path):
    """Gives a function that says how many times `path` was opened since."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init()
    try:
        libc.inotify_add_watch(watch, bytes(path), IN_OPEN | IN_CLOSE_NOWRITE)
        yield lambda: len(os.read(watch, 1000 * EVENT_SIZE)) // (2 * EVENT_SIZE)
    finally:
        os.close(watch)


class Tls(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.nginx = cls.enterClassContext(Nginx())
        for n in range(FILES):
            (cls.nginx.root / f"{n}.bin").write_bytes(b"%d," % n * n)
        cls.http = f"http://127.0.0.1:{cls.nginx.http_port}"
        cls.https = f"https://127.0.0.1:{cls.nginx.https_port}"
        cls.trusted = ["--cacert", cls.nginx.authority]

    def fetch_all(self, base, *options):
        """Fetch every file, require all of them, and give the protocols that nginx saw."""
        before = len(self.nginx.served())
        run = self.fetch([f"{base}/{n}.bin" for n in range(FILES)], *options)
        self.assertEqual((run.exit, self.stored()), (0, tree(self.nginx.root)))
        served = self.nginx.served()[before:]
        self.assertEqual(len(served), FILES)
        return {line.split()[0] for line in served}

    def test_files_come_over_http_1_without_tls(self):
        self.assertEqual(self.fetch_all(self.http), {"HTTP/1.1"})

    def test_files_come_over_http_1_with_tls(self):
        protocols = self.fetch_all(self.https, "--http", "1.1", *self.trusted)
        self.assertEqual(protocols, {"HTTP/1.1"})

    def test_files_come_over_http_2(self):
        for options in [], ["--http", "auto"], ["--http", "2"]:
            with self.subTest(options):
                self.another_out()
                protocols = self.fetch_all(self.https, *options, *self.trusted)
                self.assertEqual(protocols, {"HTTP/2.0"})

    def test_a_certificate_that_is_not_trusted_is_a_failure(self):
        localhost = f"https://localhost:{self.nginx.https_port}"
        for url, options in (self.https, []), (localhost, self.trusted):
            with self.subTest(url):
                self.another_out()
                run = self.fetch([f"{url}/1.bin"], *options)
                self.assertEqual((run.exit, run.outcomes), (1, {1: "tls"}))
                self.assert_stored({})

    def test_a_certificate_is_trusted_unseen_when_told_so(self):
        run = self.fetch([f"{self.https}/1.bin"], "-k")
        self.assertEqual((run.exit, run.outcomes), (0, {1: "saved"}))

    def test_many_connections_read_the_certificates_once(self):
        """The authorities are parsed for a run and not for each connection, which takes 20 ms."""
        with opened(self.nginx.authority) as times:
            self.fetch_all(self.https, "--http", "1.1", "-c", "30", *self.trusted)
            self.assertEqual(times(), 1)

    def test_a_server_without_tls_is_a_failure(self):
        run = self.fetch([f"https://127.0.0.1:{self.nginx.http_port}/1.bin"], "-k")
        self.assertEqual((run.exit, run.outcomes), (1, {1: "tls"}))

    def test_a_handshake_is_timed(self):
        run = self.fetch([f"{self.https}/1.bin"], *self.trusted)
        self.assertGreater(run.record(1)["seconds"]["tls"], 0)


class Ends(EndToEnd):
    def test_row_43_a_body_without_length_is_whole_when_tls_says_that_it_ends(self):
        make_certificates(self.home)
        origin = self.enterContext(Origin(tls=server_side(self.home)))
        rows = {
            "/cl_none/a.bin": "saved",
            "/torn/b.bin": "truncated",
            "/torn/3000000/c.bin": "truncated",
            "/torn/0/d.bin": "truncated",
            "/stall_none/e.bin": "timeout",
        }
        urls = [origin.url(path) for path in rows]
        run = self.fetch(urls, "-k", "--retry", "0", "--stall-timeout", "1")
        self.assertEqual((run.exit, run.outcomes), (1, dict(enumerate(rows.values(), 1))))
        self.assert_stored({"a.bin": "/cl_none/a.bin"})


if __name__ == "__main__":
    unittest.main()
