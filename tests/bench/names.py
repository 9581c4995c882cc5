"""Thousands of host names that all mean this machine, for every program alike.

A dnsmasq of our own answers them. What /etc/resolv.conf and /etc/nsswitch.conf say is changed in a
mount namespace, which only this process and what it starts can see.
"""

import ctypes
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

CLONE_NEWNS = 0x20000
ADDRESS = "127.53.53.53"  # where the dnsmasq listens; the port can be 53 only
TRIES_OF_ONE_START = 1000


class Unavailable(Exception):
    """This machine does not let us, in words for the user."""


class Names:
    """A context manager: every name below `domain` is 127.0.0.1. Raises Unavailable."""

    def __init__(self, domain):
        self.domain = domain
        self._directory = tempfile.TemporaryDirectory(prefix="names-")
        self._mounted = []

    def __enter__(self):
        if not shutil.which("dnsmasq"):
            raise Unavailable("it needs dnsmasq (Debian package: dnsmasq-base)")
        leave_the_mounts_of_others()
        self._mount("/etc/resolv.conf", f"nameserver {ADDRESS}\n")
        self._mount("/etc/nsswitch.conf", "hosts: files dns\n")
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "dnsmasq", "--keep-in-foreground"]
            + ["--conf-file=/dev/null", "--pid-file", "--no-resolv", "--no-hosts", "--user=root"]
            + [f"--listen-address={ADDRESS}", "--bind-interfaces", "--local-ttl=600"]
            + [f"--address=/{self.domain}/127.0.0.1"],
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_it_answers()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        for path in self._mounted:
            subprocess.run(["umount", path], check=True)
        self._directory.cleanup()

    def _mount(self, path, content):
        own = Path(self._directory.name) / Path(path).name
        own.write_text(content)
        subprocess.run(["mount", "--bind", own, path], check=True)
        self._mounted.append(path)

    def _wait_until_it_answers(self):
        for _ in range(TRIES_OF_ONE_START):
            try:
                socket.getaddrinfo(f"is-it-there.{self.domain}", 80)
            except socket.gaierror:
                continue
            return
        raise Unavailable("dnsmasq does not answer")


def leave_the_mounts_of_others():
    """From here on what this process mounts is seen by itself and its children alone."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
        reason = os.strerror(ctypes.get_errno())
        raise Unavailable(f"no mount namespace ({reason}); try it as root, or below `unshare -rm`")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
