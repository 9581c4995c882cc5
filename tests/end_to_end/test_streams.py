"""Many streams at once that end in every way there is: what is saved was sent whole.

`STREAMS` in the environment says how many, and `SEED` which.
"""

import contextlib
import hashlib
import os
import random
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from certificates import make_certificates, server_side
from fetcher import EndToEnd
from http2 import DATA, END_HEADERS, END_STREAM, HEADERS, NO_ERROR, REFUSED_STREAM, Http2Origin

LINES = 300
RUNS = max(int(os.environ.get("STREAMS", 1200)) // LINES, 1)
SEED = int(os.environ.get("SEED", 1))
ERRORS = [1, 2, REFUSED_STREAM, 8, 11]
TRAILERS = b"\x00\x01x\x01y"
WHOLE = ["flag", "empty frame", "trailers"]
BROKEN = ["reset", "reset without an error", "malformed", "nothing more"]


class AtRandom:
    """Answers with bodies that differ. `whole` holds the digests of those that were sent whole."""

    def __init__(self, seed):
        self.whole = set()
        self._seed = seed
        self._answers = 0

    def __call__(self, stream):
        self._answers += 1
        chance = random.Random(f"{self._seed} {self._answers}")
        body = f"{self._seed} {self._answers} ".encode() * chance.choice([1, 10, 400, 5000])
        answer = self._whole if chance.random() < 0.4 else self._broken
        threading.Thread(target=answer, args=[stream, chance, body], daemon=True).start()

    def _whole(self, stream, chance, body):
        self.whole.add(hashlib.sha256(body).hexdigest())
        end = chance.choice(WHOLE)
        with contextlib.suppress(OSError):
            stream.head(chance.choice([None, len(body)]))
            self._send(stream, chance, body, END_STREAM if end == "flag" else 0)
            if end == "empty frame":
                stream.frame(DATA, b"", END_STREAM)
            if end == "trailers":
                stream.frame(HEADERS, TRAILERS, END_HEADERS | END_STREAM)

    def _broken(self, stream, chance, body):
        end = chance.choice(BROKEN)
        takes_connection_along = end == "nothing more" or chance.random() < 0.2
        with contextlib.suppress(OSError):
            stream.head(chance.choice([None, len(body)]))
            self._send(stream, chance, body[: chance.randrange(len(body))], 0)
            if end == "reset":
                stream.reset(chance.choice(ERRORS))
            if end == "reset without an error":
                stream.reset(NO_ERROR)
            if end == "malformed":
                stream.frame(HEADERS, TRAILERS, END_HEADERS)
            if takes_connection_along:
                stream.end_connection()

    @staticmethod
    def _send(stream, chance, body, flags):
        """With these flags in the last frame."""
        at = 0
        while at < len(body):
            piece = body[at : at + chance.choice([1, 100, 1000, 9000, 16_000])]
            at += len(piece)
            stream.frame(DATA, piece, flags if at == len(body) else 0)
            if chance.random() < 0.1:
                time.sleep(chance.random() / 100)


class Streams(EndToEnd):
    def setUp(self):
        super().setUp()
        make_certificates(self.home)
        self.tls = server_side(self.home, "h2")

    def test_what_is_saved_was_sent_whole(self):
        saved = 0
        for run in range(RUNS):
            options = ["--limit-rate", "2M"] if run % 2 else []
            answer = AtRandom(SEED + run)
            server = self.enterContext(Http2Origin(self.tls, answer))
            with self.subTest(seed=SEED + run):
                self.another_out()
                urls = [server.url(f"/{n}.bin") for n in range(LINES)]
                limits = ["--retry", "0", "--stall-timeout", "5"]
                self.fetch(urls, "-k", "-c", "20", *limits, *options)
                for file, digest in self.stored().items():
                    self.assertIn(digest, answer.whole, file)
                    saved += 1
        self.assertGreater(saved, 0)


if __name__ == "__main__":
    unittest.main()
