"""A list fetched with asyncio and aiohttp, as an engineer writes it who knows both.

A peer in the benchmark: bounded workers that share one session, bodies streamed to a part file
that gets its name when it is whole, and writes that do not hold up the loop.
"""

import argparse
import asyncio
import ssl
import sys
from pathlib import Path

import aiohttp

CHUNK = 256 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30)


async def fetch_all(lines, directory, concurrency, tls):
    """Fetch every line; how many failed."""
    connector = aiohttp.TCPConnector(limit=concurrency, ssl=tls)
    async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as session:
        # All workers take from one iterator, so the list is read only as fast as it is fetched.
        workers = (work(session, lines, directory) for _ in range(concurrency))
        return sum(await asyncio.gather(*workers))


async def work(session, lines, directory):
    failures = 0
    for line in lines:
        url = line.strip()
        try:
            await save(session, url, directory / url.rpartition("/")[2])
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            print(f"{url}: {error!r}", file=sys.stderr)
            failures += 1
    return failures


async def save(session, url, path):
    part = path.with_name(f".{path.name}.part")
    async with session.get(url) as response:
        response.raise_for_status()
        with open(part, "wb", buffering=0) as file:
            async for chunk in response.content.iter_chunked(CHUNK):
                await asyncio.to_thread(file.write, chunk)
    part.rename(path)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("-c", type=int, default=10)
    arguments.add_argument("-o", type=Path, default=Path())
    arguments.add_argument("--cacert")
    arguments.add_argument("list")
    options = arguments.parse_args()
    tls = ssl.create_default_context(cafile=options.cacert)
    with open(options.list) as lines:
        failures = asyncio.run(fetch_all(lines, options.o, options.c, tls))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
