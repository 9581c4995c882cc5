"""Proxies, from the environment and from the command line. Rows are of the fault catalogue."""

import contextlib
import functools
import socket
import sys
import tempfile
import threading
import unittest
from base64 import b64encode
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd, environment
from origin import Origin
from server import Server, listener
from tls import Authority, TlsServer

PASSWORD = "s3cret"
CREDENTIALS = "Basic " + b64encode(f"bob:{PASSWORD}".encode()).decode()


def read_head(connection):
    """What a client says up to the empty line."""
    head = b""
    while b"\r\n\r\n" not in head and (more := connection.recv(4096)):
        head += more
    return head


def answering(answer, connection):
    """A proxy that says the same to everybody."""
    read_head(connection)
    connection.sendall(answer)


def flooding(head, block, connection):
    """A proxy whose answer to everybody has no end."""
    read_head(connection)
    connection.sendall(head)
    while True:
        connection.sendall(block)


def tunnel(heads, port, connection):
    """A proxy that connects everybody with one port, and notes what it was told."""
    heads.append(read_head(connection))
    with socket.create_connection(("127.0.0.1", port)) as server:
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        back = threading.Thread(target=pump, args=[server, connection], daemon=True)
        back.start()
        pump(connection, server)
        back.join()


def pump(source, sink):
    """Carry bytes until the source ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


class Proxies(EndToEnd):
    def setUp(self):
        super().setUp()
        self.proxy = self.origin  # it does not mind whole URLs
        self.target = self.enterContext(Origin())

    def fetch_with(self, url="http://behind.invalid/ok/a.bin", *options, **variables):
        """Fetch a URL with these variables in the environment."""
        self.another_out()
        self.origin.requests.clear()
        self.target.requests.clear()
        return self.fetch([url], *options, env=environment() | variables)

    def test_row_86_the_environment_is_read_as_curl_does(self):
        proxy = f"127.0.0.1:{self.proxy.port}"
        for name in "http_proxy", "all_proxy", "ALL_PROXY":
            with self.subTest(name):
                self.assertEqual(self.fetch_with(**{name: proxy}).outcomes, {1: "saved"})
                self.assertEqual(self.proxy.targets, ["http://behind.invalid/ok/a.bin"])

    def test_row_86_what_a_request_to_a_server_program_could_set_is_no_proxy(self):
        run = self.fetch_with(self.target.url("/ok/a.bin"), HTTP_PROXY="http://proxy.invalid:1")
        self.assertEqual(run.outcomes, {1: "saved"})
        self.assertEqual(self.target.targets, ["/ok/a.bin"])

    def test_row_86_hosts_without_a_proxy_are_asked_themselves(self):
        for name in "no_proxy", "NO_PROXY":
            with self.subTest(name):
                variables = {"http_proxy": "http://proxy.invalid:1", name: "127.0.0.1"}
                run = self.fetch_with(self.target.url("/ok/a.bin"), **variables)
                self.assertEqual(run.outcomes, {1: "saved"})

    def test_row_86_an_empty_proxy_on_the_command_line_is_none(self):
        run = self.fetch_with(self.target.url("/ok/a.bin"), "-x", "", http_proxy="proxy.invalid:1")
        self.assertEqual(run.outcomes, {1: "saved"})

    def test_row_86_a_proxy_that_refuses_is_a_failure(self):
        secure, plain = "https://behind.invalid/a.bin", "http://behind.invalid/a.bin"
        login = b"HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n"
        broken = b"HTTP/1.1 502 Broken\r\nContent-Length: 0\r\n\r\n"
        rows = [
            (plain, login, "http_status"),
            (plain, broken, "http_status"),
            (plain, b"", "connect"),
            (secure, login, "connect"),
            (secure, broken, "connect"),
            (secure, b"", "connect"),
        ]
        for url, answer, kind in rows:
            with self.subTest(f"{url} {answer}"):
                proxy = self.enterContext(Server(functools.partial(answering, answer)))
                run = self.fetch_with(url, "--retry", "0", "-x", f"http://127.0.0.1:{proxy.port}")
                self.assertEqual((run.exit, run.outcomes), (1, {1: kind}), run.records)
                self.assert_stored({})

    def test_row_86_a_refusal_without_end_ends(self):
        bodies = [
            (b"Content-Length: 1000000000000", b"y" * 2**14),
            (b"Transfer-Encoding: chunked", b"1\r\na\r\n" * 2**12),
        ]
        for field, block in bodies:
            with self.subTest(field):
                head = b"HTTP/1.1 407 Login\r\n" + field + b"\r\n\r\n"
                proxy = self.enterContext(Server(functools.partial(flooding, head, block)))
                options = ["--retry", "0", "-x", f"http://127.0.0.1:{proxy.port}"]
                run = self.fetch_with("https://behind.invalid/a.bin", *options)
                self.assertEqual(run.outcomes, {1: "connect"}, run.records)

    def test_row_86_a_proxy_that_says_nothing_falls_under_the_limit_for_connecting(self):
        silent = self.enterContext(listener())
        proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
        options = ["--connect-timeout", "1", "--retry", "0", "-x", proxy]
        run = self.fetch_with("https://behind.invalid/a.bin", *options)
        self.assertEqual(run.outcomes, {1: "timeout"})

    def test_row_86_the_password_of_a_proxy_is_for_nobody_else(self):
        location = self.target.url("/ok/b.bin")
        url = f"http://behind.invalid/redirect/302/a.bin?{location}"
        proxy = f"http://bob:{PASSWORD}@127.0.0.1:{self.proxy.port}"
        run = self.fetch_with(url, "-v", http_proxy=proxy, no_proxy="127.0.0.1")
        self.assertEqual(run.outcomes, {1: "saved"})
        self.assertEqual(self.proxy.requests[0].headers["proxy-authorization"], CREDENTIALS)
        self.assertNotIn("proxy-authorization", self.target.requests[0].headers)
        for said in run.log, run.stderr, run.stdout:
            self.assertNotIn(PASSWORD.encode(), said)

    def test_row_86_the_password_of_a_proxy_does_not_go_through_its_tunnel(self):
        home = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="tls-")))
        authority = Authority(home)
        server = self.enterContext(TlsServer(authority.issue("server")))
        heads = []
        proxy = self.enterContext(Server(functools.partial(tunnel, heads, server.port)))
        url = f"http://bob:{PASSWORD}@127.0.0.1:{proxy.port}"
        options = ["-x", url, "--cacert", authority.certificate]
        run = self.fetch_with(server.url, *options)
        self.assertEqual(run.outcomes, {1: "saved"})
        self.assertIn(CREDENTIALS.encode(), heads[0])
        self.assertNotIn(b"proxy-authorization", server.requests[0].lower())


if __name__ == "__main__":
    unittest.main()
