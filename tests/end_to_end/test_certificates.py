"""TLS with servers that are not to be trusted, or broken. Rows are of the fault catalogue."""

import functools
import ssl
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd
from server import Server
from tls import (
    AUTHORITY,
    NOTHING,
    RC4,
    TRIPLE_DES,
    USUAL,
    Authority,
    TlsServer,
    chosen,
    group_of,
)

CLOSE_DELIMITED = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok"
PAST = ("20200101000000Z", "20210101000000Z")
FUTURE = ("20480101000000Z", "20490101000000Z")


def only(version):
    """Settings of a server that speaks this version of TLS and no other."""

    def settings(context):
        context.minimum_version = context.maximum_version = version

    return settings


def with_ciphers(ciphers, group=None):
    """Settings of a server that accepts these ciphers and no others."""

    def settings(context):
        only(ssl.TLSVersion.TLSv1_2)(context)
        context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
        if group:
            context.load_dh_params(group)

    return settings


class Certificates(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.directory = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="tls-")))
        cls.authority = Authority(cls.directory)

    def fetch_from(self, certificate, settings=None, *options, **how):
        """Fetch a file from a server that shows a certificate, into another directory."""
        self.another_out()
        server = self.enterContext(TlsServer(certificate, settings, **how))
        return self.fetch([server.url], "--cacert", self.authority.certificate, *options)

    def assert_refused(self, run):
        self.assertEqual((run.exit, run.outcomes), (1, {1: "tls"}), run.records)
        self.assertTrue(run.record(1)["error"])
        self.assert_stored({})

    def test_row_81_a_certificate_that_proves_nothing_is_refused_at_once(self):
        issue = self.authority.issue
        (self.directory / "other").mkdir()
        stranger = Authority(self.directory / "other", "stranger")
        middle = issue("middle", AUTHORITY)
        rows = {
            "expired": issue("expired", dates=PAST),
            "not yet valid": issue("early", dates=FUTURE),
            "self-signed": stranger.certificate,
            "of an unknown authority": stranger.issue("unknown"),
            "of another host": issue("elsewhere", "subjectAltName=DNS:elsewhere.test"),
            "of a host with such an ending": issue("ending", "subjectAltName=DNS:27.0.0.1"),
            "without a name": issue("nobody", "basicConstraints=CA:FALSE"),
            "with a common name alone": issue("127.0.0.1", "basicConstraints=CA:FALSE"),
            "for clients": issue("client", f"{USUAL}\nextendedKeyUsage=clientAuth"),
            "with a weak key": issue("weak", key="rsa:1024"),
            "with a weak signature": issue("sha1", digest="sha1"),
            "of an authority between that is not shown": issue("leaf", by=middle.stem),
            "of what is no authority": issue("child", by=issue("parent").stem),
        }
        for what, certificate in rows.items():
            with self.subTest(what):
                run = self.fetch_from(certificate)
                self.assert_refused(run)
                self.assertEqual(run.record(1)["attempts"], 1)

    def test_row_81_what_one_host_shows_says_nothing_of_another(self):
        good = self.authority.issue("good")
        bad = [
            self.authority.issue("expired", dates=PAST),
            self.authority.issue("elsewhere", "subjectAltName=DNS:elsewhere.test"),
            self.authority.issue("leaf", by=self.authority.issue("middle", AUTHORITY).stem),
        ]
        shown = [certificate for each in bad for certificate in (each, good)] * 3
        urls = [self.enterContext(TlsServer(certificate)).url for certificate in shown]
        outcomes = ["saved" if certificate == good else "tls" for certificate in shown]
        for at_once in "1", "18":
            with self.subTest(at_once):
                self.another_out()
                trusted = ["--cacert", self.authority.certificate]
                run = self.fetch(urls, "-c", at_once, *trusted)
                self.assertEqual(run.outcomes, dict(enumerate(outcomes, 1)), run.records)

    def test_row_81_a_certificate_without_names_is_enough_when_nothing_is_verified(self):
        certificate = self.authority.issue("nameless", "basicConstraints=CA:FALSE")
        run = self.fetch_from(certificate, None, "-k")
        self.assertEqual((run.exit, run.outcomes), (0, {1: "saved"}))

    def test_row_81_a_chain_is_followed_in_any_order(self):
        first = self.authority.issue("first", AUTHORITY)
        second = self.authority.issue("second", AUTHORITY, by=first.stem)
        leaf = self.authority.issue("end", by=second.stem)
        for name, chain in ("straight", [leaf, second, first]), ("reversed", [leaf, first, second]):
            with self.subTest(name):
                run = self.fetch_from(self.authority.chain(name, *chain))
                self.assertEqual((run.exit, run.outcomes), (0, {1: "saved"}))

    def test_row_81_ten_thousand_names_end_one_way_or_the_other(self):
        names = "\n".join(f"DNS.{n} = {n}.test" for n in range(10_000))
        extensions = f"subjectAltName=@names\n[names]\nIP = 127.0.0.1\n{names}\n"
        run = self.fetch_from(self.authority.issue("many", extensions), None, "--retry", "0")
        self.assertIn(run.outcomes, ({1: "saved"}, {1: "tls"}))

    def test_row_82_old_versions_and_weak_ciphers_are_refused(self):
        elliptic = self.authority.issue("elliptic")
        rsa = self.authority.issue("rsa", key="rsa:2048")
        small = self.authority.small_group()
        rows = {
            "TLS 1.0": (elliptic, only(ssl.TLSVersion.TLSv1)),
            "TLS 1.1": (elliptic, only(ssl.TLSVersion.TLSv1_1)),
            "no encryption": (elliptic, with_ciphers("eNULL")),
            "no identity": (elliptic, with_ciphers("aNULL")),
            "a group of 1024 bits": (rsa, with_ciphers("DHE", small)),
        }
        for what, (certificate, settings) in rows.items():
            with self.subTest(what):
                self.assert_refused(self.fetch_from(certificate, settings, "--retry", "0"))
        for what in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
            with self.subTest(what.name):
                run = self.fetch_from(elliptic, only(what))
                self.assertEqual((run.exit, run.outcomes), (0, {1: "saved"}))

    def test_row_82_what_no_library_serves_any_more_is_refused_all_the_same(self):
        rsa = self.authority.issue("rsa", key="rsa:2048")
        rows = {
            "RC4": (chosen(RC4), "cipher"),
            "3DES": (chosen(TRIPLE_DES), "cipher"),
            "no encryption": (chosen(NOTHING), "cipher"),
            "a group of 512 bits": (group_of(512, rsa), "too small"),
            "a group of 480 bits": (group_of(480, rsa), "too small"),
        }
        for what, (said, reason) in rows.items():
            with self.subTest(what):
                self.another_out()
                server = self.enterContext(Server(functools.partial(say, said)))
                options = ["--cacert", self.authority.certificate, "--retry", "0"]
                run = self.fetch([f"https://127.0.0.1:{server.port}/a.bin"], *options)
                self.assert_refused(run)
                self.assertIn(reason, run.record(1)["error"])

    def test_row_83_an_end_without_a_farewell_is_an_end_that_anybody_may_have_made(self):
        certificate = self.authority.issue("farewell")
        rows = {True: "saved", False: "truncated"}
        for polite, outcome in rows.items():
            with self.subTest(polite=polite):
                how = {"answer": CLOSE_DELIMITED, "polite": polite}
                run = self.fetch_from(certificate, None, "--retry", "0", **how)
                self.assertEqual(run.outcomes, {1: outcome})
        with self.subTest("the length was told"):
            run = self.fetch_from(certificate, polite=False)
            self.assertEqual(run.outcomes, {1: "saved"})


class Handshakes(EndToEnd):
    def test_row_83_what_is_no_handshake_is_a_failure_of_tls(self):
        rows = {
            "the end": b"",
            "half a header": b"\x16\x03",
            "garbage": bytes(range(256)) * 4,
            "plain HTTP": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        }
        for what, said in rows.items():
            with self.subTest(what):
                self.another_out()
                server = self.enterContext(Server(functools.partial(say, said)))
                url = f"https://127.0.0.1:{server.port}/a.bin"
                run = self.fetch([url], "-k", "--retry", "0")
                self.assertEqual((run.exit, run.outcomes), (1, {1: "tls"}), run.records)
                self.assert_stored({})


def say(words, connection):
    connection.recv(4096)
    connection.sendall(words)


if __name__ == "__main__":
    unittest.main()
