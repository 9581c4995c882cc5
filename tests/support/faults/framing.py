"""Bodies whose end is told in unusual ways, and such whose framing lies."""

import itertools

from faults.registry import fault, faults


def chunks(body):
    """The body as chunks of 300 bytes."""
    for start in range(0, len(body), 300):
        piece = body[start : start + 300]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


def chunked(exchange, *pieces):
    """Write a head that promises chunks, and then these bytes."""
    exchange.head("200 OK", "Transfer-Encoding: chunked")
    for piece in pieces:
        exchange.write(piece)


@fault
def cl_none(exchange):
    """No length: the end of the connection ends the body."""
    exchange.head("200 OK", "Connection: close")
    exchange.write(exchange.body)


@fault
def torn(exchange):
    """No length; where there is TLS its end is not told, so that the body may have been cut."""
    cl_none(exchange)
    exchange.tells_its_end = False


@fault
def extra(exchange):
    """After the body another answer that nobody asked for, on a connection that stays."""
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    exchange.answer("200 OK", exchange.body, excess=forged)


@fault
def cl_long(exchange):
    """More bytes than the length says, before the connection ends."""
    exchange.head("200 OK", f"Content-Length: {len(exchange.body)}")
    exchange.write(exchange.body + b"more")


@fault
def ch_ok(exchange):
    """Chunked, to its end."""
    chunked(exchange, *chunks(exchange.body), b"0\r\n\r\n")


@fault
def ch_trailer(exchange):
    """Chunked, with extensions of a chunk and fields after the last."""
    whole, rest = exchange.body[:600], exchange.body[600:]
    end = b"0;last\r\nX-One: 1\r\nContent-Length: 6\r\nX-Two: 2\r\n\r\n"
    pieces = [b'%x;a="b;c";d\r\n%s\r\n' % (len(piece), piece) for piece in (whole, rest)]
    chunked(exchange, *pieces, end)


@fault
def ch_tiny(exchange):
    """Chunked, with a chunk for each byte."""
    pieces = b"".join(b"1\r\n%c\r\n" % byte for byte in exchange.body)
    chunked(exchange, pieces + b"0\r\n\r\n")


@fault
def te_cl(exchange):
    """Chunked, with a length that says otherwise, on a connection that stays."""
    exchange.head("200 OK", "Content-Length: 6", "Transfer-Encoding: chunked")
    exchange.write(b"".join(chunks(exchange.body)) + b"0\r\n\r\n")
    exchange.keeps_connection = True


@fault
def cl_short(exchange):
    """A length, and half of the bytes."""
    exchange.head("200 OK", f"Content-Length: {len(exchange.body)}")
    exchange.write(exchange.body[: len(exchange.body) // 2])


def claimed_lengths(*lengths):
    """A fault that sends the body, of 1000 bytes, under these Content-Length lines."""

    def answer(exchange):
        exchange.head("200 OK", *[f"Content-Length: {length}" for length in lengths])
        exchange.write(exchange.body)

    return answer


faults["cl_dup"] = claimed_lengths("1000", "1000")
faults["cl_same_list"] = claimed_lengths("1000, 1000")
faults["cl_plus"] = claimed_lengths("+1000")
faults["cl_garbage"] = claimed_lengths("6foo")
faults["cl_dupdiff"] = claimed_lengths("1000", "6")
faults["cl_list"] = claimed_lengths("1000, 6")
faults["cl_negative"] = claimed_lengths("-5")
faults["cl_empty"] = claimed_lengths("")
faults["cl_huge"] = claimed_lengths(str(2**65))


@fault
def ch_trunc(exchange):
    """The connection ends inside a chunk."""
    first, second, *_ = chunks(exchange.body)
    chunked(exchange, first, second[:100])


@fault
def ch_noend(exchange):
    """All chunks, but not the last one, which is empty."""
    chunked(exchange, *chunks(exchange.body))


@fault
def ch_bad(exchange):
    """A chunk whose size is no number."""
    chunked(exchange, *itertools.islice(chunks(exchange.body), 1), b"zz\r\nwhat?\r\n0\r\n\r\n")


@fault
def ch_over(exchange):
    """A chunk whose size overflows 64 bits."""
    chunked(exchange, *itertools.islice(chunks(exchange.body), 1), b"f" * 17 + b"\r\nwhat?\r\n")


@fault
def ch_negative(exchange):
    """A chunk whose size is negative."""
    chunked(exchange, *chunks(exchange.body), b"-5\r\nwhat?\r\n0\r\n\r\n")


@fault
def ch_long(exchange):
    """A chunk that is longer than its size says."""
    chunked(exchange, b"5\r\n", exchange.body, b"\r\n0\r\n\r\n")


@fault
def ch_nul_trailer(exchange):
    """A NUL after the last chunk."""
    chunked(exchange, *chunks(exchange.body), b"0\r\nX-Nul: a\0b\r\n\r\n")


@fault
def trailer_inf(exchange):
    """Fields after the last chunk, without end."""
    chunked(exchange, *chunks(exchange.body), b"0\r\n")
    exchange.write_without_end(b"X-Again: and again\r\n" * 1000)


@fault
def cut(exchange):
    """`/cut/10/AT/NAME`: a body of ten bytes; only the first AT bytes of the response leave.

    With the query `chunked` it is chunked, otherwise it has a length.
    """
    if exchange.query == "chunked":
        head, body = "Transfer-Encoding: chunked", b"".join(chunks(exchange.body)) + b"0\r\n\r\n"
    else:
        head, body = f"Content-Length: {len(exchange.body)}", exchange.body
    response = f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body
    exchange.write(response[: int(exchange.arguments[1])])
