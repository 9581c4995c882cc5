"""Certificates of every kind, and a TLS server on loopback that shows them."""

import ssl
import struct
import subprocess

from server import Server

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

CONFIGURATION = """
[ca]
default_ca = ours
[ours]
new_certs_dir = .
database = index.txt
rand_serial = yes
unique_subject = no
policy = any
default_md = sha256
[any]
commonName = supplied
"""

USUAL = "subjectAltName=IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE"
AUTHORITY = "basicConstraints=critical,CA:TRUE"
ELLIPTIC = "ec:P-256"


class Authority:
    """A throw-away certificate authority in a directory."""

    def __init__(self, directory, name="authority"):
        self.directory = directory
        self.name = name
        self.certificate = directory / f"{name}.crt"
        (directory / "ca.cnf").write_text(CONFIGURATION)
        (directory / "index.txt").touch()
        self._openssl("req -x509 -days 9", *self._new_key(name, ELLIPTIC), "-out", f"{name}.crt")

    def issue(self, name, extensions=USUAL, key=ELLIPTIC, digest="sha256", dates=(), by=None):
        """A certificate, and its key beside it; `by` is the name of its issuer."""
        issuer = by or self.name
        (self.directory / f"{name}.ext").write_text(extensions)
        self._openssl("req", *self._new_key(name, key), "-out", f"{name}.csr")
        start, end = dates or ("20200101000000Z", "20490101000000Z")
        self._openssl(
            f"ca -batch -notext -config ca.cnf -md {digest} -startdate {start} -enddate {end}",
            *f"-cert {issuer}.crt -keyfile {issuer}.key -extfile {name}.ext".split(),
            *f"-in {name}.csr -out {name}.crt".split(),
        )
        return self.directory / f"{name}.crt"

    def chain(self, name, *certificates):
        """A file of several certificates; the key is that of the first."""
        path = self.directory / f"{name}.crt"
        path.write_bytes(b"".join(certificate.read_bytes() for certificate in certificates))
        path.with_suffix(".key").write_bytes(certificates[0].with_suffix(".key").read_bytes())
        return path

    def small_group(self):
        """Parameters for Diffie and Hellman that are too small."""
        self._openssl("dhparam -dsaparam -out small.pem 1024")
        return self.directory / "small.pem"

    def _new_key(self, name, key):
        curve = ["-pkeyopt", f"ec_paramgen_curve:{key[3:]}"] if key.startswith("ec:") else []
        kind = "ec" if curve else key
        return ["-newkey", kind, *curve, "-noenc", "-keyout", f"{name}.key", "-subj", f"/CN={name}"]

    def _openssl(self, words, *arguments):
        command = ["openssl", *words.split(), *arguments]
        subprocess.run(command, cwd=self.directory, check=True, capture_output=True)


class TlsServer(Server):
    """Answers what comes over TLS, with `settings(context)` applied.

    When it is not polite, it closes without saying so in TLS.
    """

    def __init__(self, certificate, settings=None, answer=ANSWER, polite=True):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")  # what it shows may be weak
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        if settings:
            settings(context)
        super().__init__(self._answer_once, tls=context)
        self.url = f"https://127.0.0.1:{self.port}/a.bin"
        self.requests = []  # raw
        self._answer = answer
        self._polite = polite

    def _answer_once(self, connection):
        self.requests.append(connection.recv(4096))
        connection.sendall(self._answer)
        if self._polite:
            connection.unwrap()


# Cipher suites by the numbers of their registry. OpenSSL has none of the first three any more.
RC4, TRIPLE_DES, NOTHING, DIFFIE_HELLMAN = 0x0005, 0x000A, 0x0002, 0x009E

RENEGOTIATION_INFO = b"\xff\x01\x00\x01\x00"  # RFC 5746: without it no server is talked to
SERVER_HELLO, CERTIFICATE, SERVER_KEY_EXCHANGE, SERVER_HELLO_DONE = 2, 11, 12, 14


def sized(data, bytes_of_size):
    """The data, and its size before it."""
    return len(data).to_bytes(bytes_of_size) + data


def handshake(kind, body):
    """A message of TLS 1.2 (RFC 5246) in a record of its own."""
    return b"\x16\x03\x03" + sized(bytes([kind]) + sized(body, 3), 2)


def chosen(suite):
    """What a server says to take a cipher suite, whether it was offered or not."""
    body = b"\x03\x03" + bytes(32) + struct.pack(">BHB", 0, suite, 0)
    return handshake(SERVER_HELLO, body + sized(RENEGOTIATION_INFO, 2))


def group_of(bits, certificate):
    """What a server says to agree on a key in a group for Diffie and Hellman of so many bits."""
    prime = (2**bits - 1).to_bytes(bits // 8)
    parameters = sized(prime, 2) + sized(b"\x02", 2) + sized(prime[1:], 2)
    signature = b"\x08\x04" + sized(bytes(256), 2)  # a group like this is refused unread
    shown = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    return b"".join((
        chosen(DIFFIE_HELLMAN),
        handshake(CERTIFICATE, sized(sized(shown, 3), 3)),
        handshake(SERVER_KEY_EXCHANGE, parameters + signature),
        handshake(SERVER_HELLO_DONE, b""),
    ))
