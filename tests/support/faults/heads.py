"""Heads that are strange, or none: what may stand there, what may not, and what has no end."""

from urllib.parse import unquote

from faults.answers import ok
from faults.registry import fault, faults


@fault
def interim(exchange):
    """Other answers first, and then the body."""
    exchange.head("100 Continue")
    exchange.head("103 Early Hints", "Content-Length: 6", "Link: </style.css>")
    ok(exchange)


@fault
def http09(exchange):
    """A body without status line and headers."""
    exchange.write(exchange.body)


@fault
def status_line(exchange):
    """`/status_line/NAME?LINE`: a whole answer below that line."""
    length = len(exchange.body)
    exchange.write(f"{unquote(exchange.query)}\r\nContent-Length: {length}\r\n\r\n".encode())
    exchange.write(exchange.body)


@fault
def bodiless(exchange):
    """A body where none may be, which looks like an answer, on a connection that stays."""
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    exchange.head("204 No Content", f"Content-Length: {len(forged)}")
    exchange.write(forged)
    exchange.keeps_connection = True


@fault
def interim_body(exchange):
    """An interim answer with a body, before the real one."""
    exchange.head("103 Early Hints", "Content-Length: 6")
    exchange.write(b"hello!")
    ok(exchange)


@fault
def head_like(exchange):
    """A length and no byte, as if a HEAD had been asked for."""
    exchange.head("200 OK", f"Content-Length: {len(exchange.body)}")


@fault
def s206(exchange):
    """A part that nobody asked for."""
    part = exchange.body[:500]
    exchange.answer("206 Partial Content", part, "Content-Range: bytes 0-499/1000")


@fault
def s304(exchange):
    """Not modified, though nobody named a version."""
    exchange.head("304 Not Modified", 'ETag: "one"')


def header_line(line):
    """A fault whose body is whole, below this line among the headers."""

    def answer(exchange):
        exchange.answer("200 OK", exchange.body, line)

    return answer


faults["nul_hdr"] = header_line("X-Nul: a\0b")
faults["cr_hdr"] = header_line("X-Cr: a\rContent-Length: 6")
faults["nocolon"] = header_line("no colon at all")
faults["colon_first"] = header_line(": no name")
faults["blank_colon"] = header_line("Content-Type : image/png")
faults["folded_hdr"] = header_line("X-Folded: a\r\n Content-Length: 6\r\n\tb")
faults["hdr_120k"] = header_line("X-Long: " + "x" * 120_000)
faults["hdr_300k"] = header_line("\r\n".join(f"X-{n}: {'x' * 3000}" for n in range(100)))
faults["hdr_6000"] = header_line("\r\n".join(f"X-{n}: x" for n in range(6000)))
faults["escapes"] = header_line('ETag: "\x1b[31m\x7f\x9b"\r\nContent-Type: image/\x1b[7m')
faults["escaped_head"] = header_line("no\x1b[31m\x9b colon")


@fault
def hdr_inf(exchange):
    """Header lines without end."""
    exchange.write(b"HTTP/1.1 200 OK\r\n")
    exchange.write_without_end(b"X-Again: and again\r\n" * 1000)


@fault
def line_inf(exchange):
    """One header line without end."""
    exchange.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    exchange.write_without_end(b"x" * 16_000)


@fault
def cont_inf(exchange):
    """Other answers without end before the one that was asked for."""
    exchange.write_without_end(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


@fault
def escaped_status(exchange):
    """An error whose words would paint a terminal."""
    exchange.answer("404 \x1b[31mred\x07\x9b31m", b"x")


@fault
def escaped_line(exchange):
    """A status line that is none, and would paint a terminal."""
    exchange.head("2\x1b[31m\x07\x9b OK")
