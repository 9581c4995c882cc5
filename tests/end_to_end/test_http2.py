"""Row 55 of the fault catalogue: HTTP/2 that goes wrong, from a server of its own."""

import struct
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from certificates import make_certificates, server_side
from fetcher import EndToEnd, peak_memory, without_quarantine
from http2 import (
    ACK,
    BODY,
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    INTERNAL_ERROR,
    NO_ERROR,
    PADDED,
    PING,
    PRIORITY,
    REFUSED_STREAM,
    SETTINGS,
    STATUS_200,
    UNKNOWN,
    WINDOW_UPDATE,
    Http2Origin,
)

HALF = BODY[: len(BODY) // 2]
MAX_CONCURRENT_STREAMS = 3
TRAILERS = b"\x00\x01x\x01y"


def honest(stream):
    stream.answer()


def tiny_frames(stream):
    stream.head(len(BODY))
    for byte in BODY:
        stream.frame(DATA, bytes([byte]))
    stream.frame(DATA, b"", END_STREAM)


def padded(stream):
    """Frames of nothing, and of padding, between the bytes."""
    stream.head()
    for byte in BODY:
        stream.frame(DATA)
        stream.frame(DATA, bytes([3, byte, 0, 0, 0]), PADDED)
    stream.frame(DATA, b"", END_STREAM)


def with_trailers(stream):
    """The end is that of a head, behind the bytes."""
    stream.head()
    stream.frame(DATA, BODY)
    stream.frame(HEADERS, TRAILERS, END_HEADERS | END_STREAM)


def refused_at_first(stream):
    if stream.connections == 1 and stream.ordinal <= 2:
        stream.reset(REFUSED_STREAM)
    else:
        stream.answer()


def refused_at_first_without_length(stream):
    if stream.connections == 1 and stream.ordinal <= 2:
        stream.reset(REFUSED_STREAM)
    else:
        stream.head()
        stream.frame(DATA, BODY, END_STREAM)


def gone_at_first(stream):
    if stream.connections == 1:
        stream.go_away(0)
        stream.end_connection()
    else:
        stream.answer()


def refused(stream):
    stream.reset(REFUSED_STREAM)


def reset_half_way(stream):
    stream.head(len(BODY))
    stream.frame(DATA, HALF)
    stream.reset(INTERNAL_ERROR)


def reset_half_way_without_length(stream):
    stream.head()
    stream.frame(DATA, HALF)
    stream.reset(INTERNAL_ERROR)


def reset_without_an_error(stream):
    """Half of the body, and then an end which libcurl by itself takes for that of the body."""
    stream.head()
    stream.frame(DATA, HALF)
    stream.reset(NO_ERROR)


def reset_and_gone(stream):
    reset_half_way_without_length(stream)
    stream.end_connection()


def reset_without_an_error_and_gone(stream):
    reset_without_an_error(stream)
    stream.end_connection()


def malformed_and_gone(stream):
    """The error is one that the client finds."""
    stream.head()
    stream.frame(DATA, HALF)
    stream.frame(HEADERS, TRAILERS, END_HEADERS)
    stream.end_connection()


def too_short(stream):
    stream.head(len(BODY))
    stream.frame(DATA, HALF, END_STREAM)


def too_long(stream):
    stream.head(len(HALF))
    stream.frame(DATA, BODY, END_STREAM)


def cut(stream):
    stream.head()
    stream.frame(DATA, HALF)
    stream.end_connection()


def gone_half_way(stream):
    stream.head()
    stream.frame(DATA, HALF)
    stream.go_away(stream.number)
    stream.end_connection()


def cut_before(stream):
    stream.end_connection()


def many_settings(stream):
    stream.flood(SETTINGS, struct.pack(">HI", 4, 65_535), number=0)


def many_pings(stream):
    stream.flood(PING, bytes(8), number=0)


def many_acknowledgements(stream):
    stream.flood(PING, bytes(8), flags=ACK, number=0)


def many_priorities(stream):
    stream.flood(PRIORITY, struct.pack(">IB", 0, 1))


def many_window_updates(stream):
    stream.flood(WINDOW_UPDATE, struct.pack(">I", 1), number=0)


def many_unknown(stream):
    stream.flood(UNKNOWN, bytes(1000), number=0)


def endless_padding(stream):
    stream.head()
    stream.flood(DATA, b"\xff" + bytes(255), PADDED)


def endless_head(stream):
    stream.frame(HEADERS, STATUS_200)
    stream.flood(CONTINUATION, b"\x00\x01x\x7f\x81\x7f" + b"y" * 256)


def endless_trailers(stream):
    stream.head()
    stream.frame(DATA, HALF)
    stream.flood(HEADERS, TRAILERS, END_HEADERS)


def endless_interim_answers(stream):
    stream.flood(HEADERS, b"\x08\x03103", END_HEADERS)


class EndOfAPause:
    """The second answer on a connection ends in the midst, the third never, the others are LATER."""

    LATER = b"later" * 10_000

    def __call__(self, stream):
        stream.head()
        if stream.ordinal == 2:
            for _ in range(60):
                stream.frame(DATA, BODY)
        elif stream.ordinal != 3:
            for begin in range(0, len(self.LATER), 10_000):
                stream.frame(DATA, self.LATER[begin : begin + 10_000])
            stream.frame(DATA, b"", END_STREAM)


class Http2(EndToEnd):
    def setUp(self):
        super().setUp()
        make_certificates(self.home)
        self.tls = server_side(self.home, "h2")

    def serve(self, answer, *settings):
        return self.enterContext(Http2Origin(self.tls, answer, settings))

    def fetch_from(self, server, *options, lines=5):
        self.another_out()
        return self.fetch([server.url(f"/{n}.bin") for n in range(lines)], "-k", *options)

    def test_row_55_what_is_whole_is_saved_however_it_is_framed(self):
        for answer in honest, tiny_frames, padded, with_trailers:
            with self.subTest(answer.__name__):
                run = self.fetch_from(self.serve(answer), "--retry", "0")
                self.assertEqual(run.exit, 0, run.records)
                self.assert_stored({f"{n}.bin": BODY for n in range(5)})

    def test_row_55_one_stream_at_a_time_is_enough(self):
        server = self.serve(honest, (MAX_CONCURRENT_STREAMS, 1))
        run = self.fetch_from(server, "--retry", "0", lines=50)
        self.assertEqual(run.exit, 0, run.records)

    def test_row_55_what_was_refused_unread_is_asked_for_again(self):
        for answer in refused_at_first, refused_at_first_without_length, gone_at_first:
            with self.subTest(answer.__name__):
                run = self.fetch_from(self.serve(answer))
                self.assertEqual(run.exit, 0, run.records)
                self.assert_stored({f"{n}.bin": BODY for n in range(5)})

    def test_row_55_what_is_not_whole_is_no_file(self):
        broken = [refused, reset_half_way, reset_half_way_without_length, reset_without_an_error]
        broken += [reset_and_gone, reset_without_an_error_and_gone, malformed_and_gone]
        broken += [too_short, too_long, cut, gone_half_way, cut_before]
        for answer in broken:
            with self.subTest(answer.__name__):
                run = self.fetch_from(self.serve(answer), "--retry", "0")
                self.assertEqual(run.exit, 1)
                kinds = set(run.outcomes.values())
                self.assertLessEqual(kinds, {"connect", "protocol", "truncated"}, run.records)
                self.assert_stored({})

    def test_row_55_floods_end_and_cost_no_memory(self):
        floods = [many_settings, many_pings, many_acknowledgements, many_priorities]
        floods += [many_window_updates, many_unknown, endless_padding]
        floods += [endless_head, endless_trailers, endless_interim_answers]
        for answer in floods:
            with self.subTest(answer.__name__):
                self.another_out()
                options = ["-k", "--json", "--retry", "0", "--max-time", "1"]
                settings = {"stdin": subprocess.PIPE, "env": without_quarantine()}
                process = self.start(*options, **settings)
                self.say(process, [self.serve(honest).url("/a.bin")])
                self.next_line(process.stdout)
                before = peak_memory(process)
                self.say(process, [self.serve(answer).url("/b.bin")])
                self.next_line(process.stdout)
                self.assertLess(peak_memory(process), before + 16_000_000)
                self.assertEqual(self.finish(process, b"").exit, 1)
                self.assert_stored({"a.bin": BODY})

    def test_row_55_what_a_request_had_not_taken_is_not_given_to_another(self):
        answer = EndOfAPause()
        server = self.serve(answer)
        limits = ["--limit-rate", "100k", "--max-time", "3", "--retry", "0"]
        process = self.start("-c", "2", "-k", "--json", *limits, stdin=subprocess.PIPE)
        self.say(process, [server.url("/first.bin")])
        self.next_line(process.stdout)
        lines = [server.url(f"/{name}.bin") for name in ("half", "none", "later", "last")]
        run = self.finish(process, self.text_of(lines))
        outcomes = {1: "saved", 2: "timeout", 3: "timeout", 4: "saved", 5: "saved"}
        self.assertEqual(run.outcomes, outcomes, run.records)
        self.assert_stored(dict.fromkeys(("first.bin", "later.bin", "last.bin"), answer.LATER))


if __name__ == "__main__":
    unittest.main()
