"""A throw-away certificate authority, for servers of tests that speak TLS."""

import ssl
import subprocess


def make_certificates(home, names="IP:127.0.0.1"):
    """An authority, and a certificate of it for these names only, as OpenSSL words them."""
    new_key = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2"
    openssl(home, f"{new_key} -subj /CN=Throw-away -keyout authority.key -out authority.crt")
    openssl(
        home,
        f"{new_key} -subj /CN=Server -addext subjectAltName={names}"
        " -addext basicConstraints=critical,CA:FALSE"
        " -CA authority.crt -CAkey authority.key -keyout server.key -out server.crt",
    )


def openssl(directory, arguments):
    subprocess.run(["openssl", *arguments.split()], cwd=directory, check=True, capture_output=True)


def server_side(home, *protocols):
    """How a server with a certificate that was made in `home` speaks TLS, and with ALPN what."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "server.crt", home / "server.key")
    if protocols:
        context.set_alpn_protocols(protocols)
    return context
