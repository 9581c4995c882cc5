"""A DNS server on loopback that answers well or badly, as the name asks, and a way to use it.

The first label of a name says what it is answered: a key of `answers` below, otherwise 127.0.0.1.
"""

import contextlib
import ipaddress
import os
import random
import socket
import struct
import subprocess
import threading

A, AAAA = 1, 28
NO_ERROR, SERVFAIL, NXDOMAIN = 0, 2, 3

# First label -> result and addresses; None: no answer at all.
answers = {
    "silent": None,
    "servfail": (SERVFAIL, []),
    "nxdomain": (NXDOMAIN, []),
    "empty": (NO_ERROR, []),
    "hundred": (NO_ERROR, ["127.0.0.1"] + [f"127.0.1.{n}" for n in range(1, 100)]),
    "six": (NO_ERROR, ["::1"]),
    "both": (NO_ERROR, ["::1", "127.0.0.1"]),
}


class NameServer:
    """The server: a context manager. `options` are those of resolv.conf(5)."""

    def __init__(self, directory, options="timeout:1 attempts:1"):
        self.asked = []  # names, once for each kind of address
        self._resolv_conf = directory / "resolv.conf"
        self._nsswitch_conf = directory / "nsswitch.conf"
        self._options = options
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        # Any address of 127/8 is loopback: tests that run side by side do not meet.
        host = f"127.{random.randint(1, 254)}.{random.randint(0, 255)}.{random.randint(1, 254)}"
        self._socket.bind((host, 53))
        self._resolv_conf.write_text(f"nameserver {host}\noptions {self._options}\n")
        self._nsswitch_conf.write_text("hosts: files dns\n")
        self._thread.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):  # it is not connected, and wakes the thread all the same
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    @property
    def under(self):
        """A command to run a fetcher through that takes its names from here."""
        script = 'mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf'
        command = f'{script} && shift 2 && exec "$@"'
        files = [self._resolv_conf, self._nsswitch_conf]
        return ["unshare", "--mount", "sh", "-c", command, "sh", *files]

    def _serve(self):
        while True:
            try:
                query, client = self._socket.recvfrom(4096)
            except OSError:
                return
            if not query:
                return
            name, end = name_in(query)
            self.asked.append(name)
            kind = struct.unpack_from(">H", query, end)[0]
            answer = answers.get(name.split(".")[0], (NO_ERROR, ["127.0.0.1"]))
            if answer:
                self._socket.sendto(reply(query, end + 4, kind, *answer), client)


def is_possible():
    """Whether tests may have a file system and a port 53 of their own here."""
    probe = ["unshare", "--mount", "mount", "--bind", "/etc/resolv.conf", "/etc/resolv.conf"]
    return os.geteuid() == 0 and subprocess.run(probe, capture_output=True).returncode == 0


def name_in(query):
    """The name that a query asks for, and where it ends."""
    labels, place = [], 12
    while length := query[place]:
        labels.append(query[place + 1 : place + 1 + length].decode())
        place += 1 + length
    return ".".join(labels), place + 1


def reply(query, end_of_question, kind, result, addresses):
    """The answer to a query: RFC 1035, 4.1. TTL 0: not to be remembered by anybody else."""
    parsed = [ipaddress.ip_address(address) for address in addresses]
    wanted = [address.packed for address in parsed if (address.version == 4) == (kind == A)]
    if kind not in (A, AAAA):
        wanted = []
    head = query[:2] + struct.pack(">HHHHH", 0x8180 | result, 1, len(wanted), 0, 0)
    name = b"\xc0\x0c"  # that of the question
    records = [name + struct.pack(">HHIH", kind, 1, 0, len(a)) + a for a in wanted]
    return head + query[12:end_of_question] + b"".join(records)
