"""Packets: where streams come from, and how they end."""

import contextlib
import os
import pty
import re
import signal
import socket
import struct
import sys
import unittest
from itertools import zip_longest
from pathlib import Path
from subprocess import PIPE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import WITHOUT_STDIN, bytes_read, tree
from packets import MIB, WITH_64_DESCRIPTORS, Model, Packets, counts, stream_of
from patience import PATIENCE


class Ends(Packets):
    def test_a_message_is_in_its_file_while_the_pipe_stays_open(self):
        process = self.start(stdin=PIPE)
        process.stdin.write(b"auth a\nauth b\na 1\nb un")
        self.wait_for_text("a", b"1\n")
        process.stdin.write(b"finished\n")
        self.wait_for_text("b", b"unfinished\n")
        self.assertEqual(self.finish(process).exit, 0)

    def test_after_a_signal_everything_accepted_is_written(self):
        stream = stream_of(users=100, messages=100)
        for number in signal.SIGTERM, signal.SIGINT:
            with self.subTest(number.name):
                self.another_out()
                process = self.start(stdin=PIPE)
                process.stdin.write(stream)
                self.wait_until_read(process)
                process.send_signal(number)
                self.assertEqual(process.wait(PATIENCE), -number)  # its stdin is still open
                run = self.finish(process)
                self.assertEqual(counts(run), Model(stream).counts)
                self.assert_files(Model(stream).files)

    def test_a_signal_ends_it_also_while_it_reads_a_file(self):
        process = self.start("/dev/zero")
        self.wait_until(lambda: bytes_read(process) > MIB, "the fetcher to read")
        process.terminate()
        self.wait_until(lambda: process.poll() is not None, "its end", 5)
        self.assertEqual(self.finish(process).exit, -signal.SIGTERM)

    def test_a_kill_leaves_the_beginning_of_each_file(self):
        stream = stream_of(users=20, messages=3000)
        process = self.start(stdin=PIPE)
        process.stdin.write(stream)
        self.wait_until(lambda: any(p.stat().st_size for p in self.out.iterdir()), "a message")
        process.kill()
        self.finish(process)
        self.assertGreater(self.assert_beginnings(Model(stream).files), 0)

    def test_input_that_cannot_be_read_is_a_usage_error_that_creates_nothing(self):
        controller, terminal = pty.openpty()
        self.addCleanup(os.close, controller)
        self.addCleanup(os.close, terminal)
        rows = {
            "a closed stdin": ([], {"under": WITHOUT_STDIN}),
            "a terminal": ([], {"stdin": terminal}),
            "a file that is missing": ([self.home / "missing.txt"], {}),
            "a hostile name": ([self.home / "no\x1b[31m\nsuch\u009b"], {}),
            "a directory": ([self.home], {}),
            "two files": ([self.home, self.home], {}),
            "a file and a port": (["--listen", "127.0.0.1:0", self.home], {}),
            "an option that does not exist": (["--nonsense"], {}),
            "what only a simulation has": (["--seed", "7"], {}),
            "a number that is none": (["--simulate", "--users", "many"], {}),
        }
        for name, (arguments, settings) in rows.items():
            with self.subTest(name):
                run = self.finish(self.start(*arguments, **settings))
                self.assertEqual(run.exit, 2)
                self.assertTrue(run.stderr)
                self.assertEqual(tree(self.home), {})

    def test_quiet_says_nothing_whatever_happens(self):
        (self.out / "a.txt").mkdir(parents=True)
        for stream, status in (b"auth ../x\nb 1\n", 0), (b"auth a\na 1\n", 1):
            run = self.sort(stream, "-q")
            self.assertEqual((run.exit, run.stderr), (status, b""))


class Connections(Packets):
    def test_packets_come_over_ipv4_and_ipv6_and_by_name(self):
        hosts = ["127.0.0.1"]
        with contextlib.suppress(socket.gaierror):  # a system without /etc/hosts
            socket.getaddrinfo("localhost", 0)
            hosts.append("localhost")
        with contextlib.suppress(OSError):
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
            hosts.append("[::1]")
        for host in hosts:
            with self.subTest(host):
                self.another_out()
                process, address = self.listen(f"{host}:0")
                self.leave(self.connect(address, b"auth a\na 1\na 2\n"))
                self.assertEqual(counts(self.stop(process))["messages"], 2)
                self.assert_files({"a.txt": b"1\n2\n"})

    def test_fifty_clients_are_served_byte_by_byte(self):
        process, address = self.listen()
        texts = {n: "".join(f"message {i} of {n}\n" for i in range(5)) for n in range(50)}
        # Each ends with the beginning of a line, which is dropped.
        streams = [f"auth user-{n}\n" + re.sub("(?m)^", f"user-{n} ", texts[n]) for n in texts]
        clients = [self.connect(address) for _ in streams]
        for column in zip_longest(*map(str.encode, streams)):
            for client, byte in zip(clients, column):
                client.send(b"" if byte is None else bytes([byte]))
        for client in clients:
            self.leave(client)
        self.stop(process)
        self.assert_files({f"user-{n}.txt": text.encode() for n, text in texts.items()})

    def test_an_auth_counts_for_all_connections_and_outlives_its_own(self):
        process, address = self.listen()
        self.leave(self.connect(address, b"auth a\n"))
        self.leave(self.connect(address, b"a 1\nauth a\n"))
        other = self.connect(address, b"a 2\ndisconnect a\n")
        self.leave(other)
        self.leave(self.connect(address, b"a 3\n"))
        run = self.stop(process)
        self.assert_files({"a.txt": b"1\n2\n"})
        expected = {"already active": 1, "not authorised": 1}
        self.assertLessEqual(expected.items(), counts(run).items())

    def test_a_client_that_vanishes_loses_only_the_line_it_was_in(self):
        def reset(client):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()

        for name, vanish in ("with a FIN", socket.socket.close), ("with a RST", reset):
            with self.subTest(name):
                self.another_out()
                process, address = self.listen()
                other = self.connect(address, b"auth b\nb ")
                client = self.connect(address, b"auth a\na 1\na 2")
                self.wait_for_text("a", b"1\n")
                vanish(client)
                other.sendall(b"1\n")
                self.leave(self.connect(address, b"a 3\n"))
                self.leave(other)
                self.stop(process)
                self.assert_files({"a.txt": b"1\n3\n", "b.txt": b"1\n"})

    def test_a_signal_ends_it_while_clients_are_connected(self):
        for number in signal.SIGTERM, signal.SIGINT:
            with self.subTest(number.name):
                self.another_out()
                process, address = self.listen()
                self.connect(address)
                self.connect(address, b"auth a\na 1\na unfini")
                self.wait_for_text("a", b"1\n")
                process.send_signal(number)
                self.assertEqual(self.finish(process).exit, -number)
                self.assert_files({"a.txt": b"1\n"})

    def test_more_clients_than_descriptors_are_served_in_the_end(self):
        process, address = self.listen(under=WITH_64_DESCRIPTORS)
        clients = [self.connect(address, b"auth u%d\nu%d 1\n" % (n, n)) for n in range(100)]
        for client in clients:
            client.shutdown(socket.SHUT_WR)
        for client in clients:
            self.assertEqual(client.recv(1), b"")
        self.stop(process)
        self.assert_files({f"u{n}.txt": b"1\n" for n in range(100)})

    def test_where_it_cannot_listen_is_a_usage_error_that_creates_nothing(self):
        taken = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        port = taken.getsockname()[1]
        rows = [
            f"127.0.0.1:{port}",
            "nonsense\x1b[31m",
            "127.0.0.1",
            "127.0.0.1:",
            ":4000",
            "127.0.0.1:-1",
            "127.0.0.1:99999",
            "127.0.0.1:port",
            "::1:0",
            "[::1]",
            "192.0.2.1:0",
        ]
        for n, address in enumerate(rows):
            with self.subTest(address):
                self.out = self.home / f"out-{n}"
                process = self.start("--listen", address)
                self.wait_until(lambda: process.poll() is not None, "its end", 5)
                run = self.finish(process)
                self.assertEqual((run.exit, run.stderr.count(b"\n")), (2, 1), run.stderr)
                self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
