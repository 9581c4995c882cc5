"""Framing: only what is known to be whole is stored."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd
from origin import listener

# Fault of the origin -> kind of the record.
BROKEN = {
    "cl_short": "truncated",
    "cl_garbage": "protocol",
    "cl_dupdiff": "protocol",
    "cl_list": "protocol",
    "cl_negative": "protocol",
    "cl_empty": "protocol",
    "cl_huge": "protocol",
    "ch_trunc": "truncated",
    "ch_noend": "truncated",
    "ch_bad": "truncated",  # libcurl calls it what it calls a connection that breaks
    "ch_over": "truncated",
    "http09": "protocol",
    "s206": "protocol",
    "s304": "protocol",
    "no_location": "redirect",
    "nul_hdr": "protocol",
    "nocolon": "protocol",
    "hdr_120k": "too_large",
    "empty": "connect",
    "hdr_noend": "truncated",
    "rst_mid": "truncated",
    "status/404": "http_status",
    "status/503": "http_status",
}
WHOLE = ["ok", "ok/0", "ok/1", "ok/3000000", "cl_dup", "cl_none", "ch_ok", "extra"]


class Framing(EndToEnd):
    def test_what_is_not_whole_is_a_failed_record_and_no_file(self):
        run = self.fetch([f"/{fault}/{fault.replace('/', '_')}.bin" for fault in BROKEN])
        for n, (fault, kind) in enumerate(BROKEN.items(), 1):
            with self.subTest(fault):
                record = run.record(n)
                self.assertEqual((record["status"], record["kind"]), ("failed", kind))
                self.assertTrue(record["error"])
        self.assertEqual(run.exit, 1)
        self.assert_stored({})

    def test_what_is_whole_is_stored_to_the_byte(self):
        run = self.fetch([f"/{fault}/{n}.bin" for n, fault in enumerate(WHOLE, 1)])
        self.assertEqual(run.exit, 0)
        self.assert_stored({f"{n}.bin": f"/{fault}/{n}.bin" for n, fault in enumerate(WHOLE, 1)})

    def test_bytes_after_a_body_are_not_taken_for_the_next_one(self):
        faults = ["extra", "ok", "extra/300000", "ok"]  # the excess is read with the body, or not
        paths = [f"/{fault}/{n}.bin" for n in range(3) for fault in faults]
        run = self.fetch(paths, "-c", "1", "--name", "{n}")
        self.assertEqual(run.exit, 0)
        self.assert_stored({str(n): path for n, path in enumerate(paths, 1)})

    def test_a_refused_connection_and_an_unknown_host_are_told_apart(self):
        with listener() as closed:
            refused = f"http://127.0.0.1:{closed.getsockname()[1]}/a"
        unresolvable = f"http://{'a' * 64}.example/a"  # too long a label: no server is asked
        run = self.fetch([refused, unresolvable])
        self.assertEqual(run.outcomes, {1: "connect", 2: "resolve"})
        self.assertEqual(run.exit, 1)

    def test_one_failure_does_not_disturb_the_others(self):
        run = self.fetch(["/ok/a.bin", "/rst_mid/b.bin", "/ok/c.bin"])
        self.assertEqual(run.outcomes, {1: "saved", 2: "truncated", 3: "saved"})
        self.assert_stored({"a.bin": "/ok/a.bin", "c.bin": "/ok/c.bin"})


if __name__ == "__main__":
    unittest.main()
