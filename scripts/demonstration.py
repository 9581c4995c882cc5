"""The demonstration: urls/demo.txt, ten at a time, from an nginx that lives as long as it takes."""

import math
import os
import signal
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))
from nginx import Nginx

LIST = ROOT / "urls/demo.txt"
ADDRESS_IN_LIST = "127.0.0.1:8080"

# Slow enough that there is something to watch.
SETTINGS = "default_type image/png; limit_rate 100k;"


def main(fetcher):
    # An end from outside still lets nginx be stopped; Ctrl-C is the fetcher's to obey.
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    signal.signal(signal.SIGINT, lambda *_: None)
    directory = tempfile.mkdtemp(prefix="fetcher-demo-")
    with Nginx(SETTINGS) as server:
        urls = LIST.read_text().replace(ADDRESS_IN_LIST, f"127.0.0.1:{server.http_port}")
        names = [url.rpartition("/")[2] for url in urls.split("\n") if url.startswith("http")]
        for n, name in enumerate(names):
            (server.root / name).write_bytes(picture(n))
        print(f"$ fetcher -c 10 -o {directory} < urls/demo.txt", flush=True)
        run = subprocess.run(
            [fetcher, "-c", "10", "-o", directory],
            input=urls.encode(),
            env=os.environ | {"no_proxy": "127.0.0.1"},
        )
    print(f"The pictures are in {directory}")
    return run.returncode if run.returncode >= 0 else 128 - run.returncode


def picture(n):
    """A PNG of crossing waves; each `n` has a size and colours of its own."""
    width, height = 80 + 20 * n, 60 + 15 * n
    shades = bytes(range(256))
    row = bytes(wave(x / (9 + n)) for x in range(width))
    rows = []
    for y in range(height):
        shift = wave(y / (5 + n))
        rows.append(b"\0" + row.translate(shades[shift:] + shades[:shift]))
    colours = bytes(wave(shade / 40 + n + tint) for shade in range(256) for tint in range(3))
    eight_bits_of_palette = (8, 3, 0, 0, 0)
    return b"".join([
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">II5B", width, height, *eight_bits_of_palette)),
        chunk(b"PLTE", colours),
        chunk(b"IDAT", zlib.compress(b"".join(rows))),
        chunk(b"IEND", b""),
    ])  # fmt: skip


def wave(angle):
    """A sine from 0 to 255."""
    return round(127.5 + 127.5 * math.sin(angle))


def chunk(kind, data):
    """A part of a PNG, as its specification frames it: length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
