"""Redirects, where they lead and where they do not."""

from faults.registry import fault


@fault
def redirect(exchange):
    """`/redirect/302/NAME?LOCATION`: that status, with the query as the Location."""
    exchange.answer(f"{exchange.arguments[0]} Moved", b"moved\n", f"Location: {exchange.query}")


@fault
def loop(exchange):
    """A redirect to itself."""
    exchange.answer("302 Found", b"moved\n", f"Location: {exchange.request.target}")


@fault
def chain(exchange):
    """`/chain/COUNT/NAME`: so many redirects, one after the other, and then a body."""
    left = int(exchange.arguments[0])
    name = exchange.request.target.rpartition("/")[2]
    location = f"/chain/{left - 1}/{name}" if left > 1 else f"/ok/{name}"
    exchange.answer("302 Found", b"moved\n", f"Location: {location}")


@fault
def grow(exchange):
    """A redirect to itself, with another query each time."""
    exchange.answer("302 Found", b"moved\n", f"Location: {exchange.request.target}?")


@fault
def two_locations(exchange):
    """`/two_locations/NAME?A,B`: a redirect to A, and to B."""
    locations = [f"Location: {location}" for location in exchange.query.split(",")]
    exchange.answer("302 Found", b"moved\n", *locations)


@fault
def endless_redirect(exchange):
    """A redirect with a body that does not end."""
    exchange.head("302 Found", f"Location: {exchange.query}", "Transfer-Encoding: chunked")
    exchange.write_without_end(b"1000\r\n%s\r\n" % bytes(0x1000))


@fault
def cookie(exchange):
    """A redirect with a cookie for all that is here."""
    location = f"Location: {exchange.query}"
    exchange.answer("302 Found", b"moved\n", location, "Set-Cookie: a=b; Path=/")


@fault
def redirect_with_password(exchange):
    """A Location of this origin, with a user and a password in it."""
    location = exchange.origin.url("/ok/b.bin", user="bob:s3cret")
    exchange.answer("302 Found", b"moved\n", f"Location: {location}")


@fault
def no_location(exchange):
    """A redirect to nowhere."""
    exchange.answer("302 Found", b"x")
