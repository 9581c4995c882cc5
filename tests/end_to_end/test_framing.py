"""Framing: only what is known to be whole is stored. Rows are of the fault catalogue."""

import subprocess
import sys
import unittest
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from faults.answers import GZIPPED
from fetcher import EndToEnd, has_newer_libcurl, is_sanitized, peak_memory, without_quarantine
from server import listener


class Framing(EndToEnd):
    def assert_outcomes(self, outcomes, *options):
        """Fetch these paths in one try, and require that outcome for each.

        What was saved must be the body of its path, and nothing else may lie there.
        """
        run = self.fetch(outcomes, "--name", "{n}", "--retry", "0", *options)
        was = run.outcomes
        saved = {}
        for n, (path, outcome) in enumerate(outcomes.items(), 1):
            with self.subTest(path):
                self.assertEqual(was[n], outcome)
            if outcome == "saved":
                saved[str(n)] = path
        self.assert_stored(saved)
        self.assertEqual(run.exit, int(len(saved) < len(outcomes)))
        return run


class Lengths(Framing):
    def test_what_is_whole_is_stored_to_the_byte(self):
        paths = ["/ok/a", "/ok/0/b", "/ok/1/c", "/ok/3000000/d", "/ch_ok/e", "/ch_ok/3000000/f"]
        self.assert_outcomes(dict.fromkeys(paths, "saved"))

    def test_row_40_a_body_that_is_shorter_than_its_length_is_no_file(self):
        run = self.fetch(["/cl_short/a", "/cl_short/3000000/b"], "--retry", "1")
        self.assertEqual((run.exit, run.outcomes), (1, {1: "truncated", 2: "truncated"}))
        self.assertEqual({record["attempts"] for record in run.records}, {2})
        self.assert_stored({})

    def test_rows_40_45_and_47_a_response_that_is_cut_anywhere_is_no_file(self):
        # An LF may be missing after the last chunk for an older libcurl.
        for query, size in ("", 49), ("?chunked", 67 if has_newer_libcurl() else 66):
            with self.subTest(query):
                self.another_out()
                paths = [f"/cut/10/{at}/a{query}" for at in range(size + 1)]
                run = self.fetch(paths, "--name", "{n}", "--retry", "0")
                *kinds, last = (outcome for _, outcome in sorted(run.outcomes.items()))
                self.assertLessEqual(set(kinds), {"connect", "truncated"}, kinds)
                self.assertEqual(last, "saved")
                self.assert_stored({str(size + 1): paths[size]})

    def test_rows_41_and_53_bytes_after_a_body_are_not_taken_for_the_next_one(self):
        faults = ["extra", "ok", "extra/300000", "ok", "cl_long"]  # read with the body, or not
        paths = [f"/{fault}/{n}.bin" for n in range(3) for fault in faults]
        self.assert_outcomes(dict.fromkeys(paths, "saved"), "-c", "1")

    def test_row_42_a_length_that_is_none_or_says_two_things_is_a_failure(self):
        faults = ["cl_negative", "cl_garbage", "cl_plus", "cl_empty", "cl_huge", "cl_dupdiff"]
        broken = {f"/{fault}/a": "protocol" for fault in [*faults, "cl_list"]}
        same = {f"/{fault}/a": "saved" for fault in ("cl_dup", "cl_same_list")}
        self.assert_outcomes(broken | same)

    def test_row_43_without_a_length_the_end_of_the_connection_ends_the_body(self):
        paths = ["/cl_none/a", "/cl_none/0/b", "/cl_none/3000000/c", "/ok/d", "/ch_ok/e"]
        run = self.assert_outcomes(dict.fromkeys(paths, "saved"))
        marked = {r["n"] for r in run.records if r.get("length_unverified")}
        self.assertEqual(marked, {1, 2, 3})


class Chunks(Framing):
    def test_row_44_chunks_outweigh_a_length_and_their_connection_is_not_used_again(self):
        self.assert_outcomes({"/te_cl/a": "saved", "/ok/b": "saved"}, "-c", "1")
        self.assertEqual(self.origin.connections, 2)

    def test_row_45_chunks_that_do_not_add_up_are_no_file(self):
        # What breaks inside a body, libcurl calls what it calls a connection that breaks.
        faults = ["ch_trunc", "ch_noend", "ch_bad", "ch_over", "ch_negative", "ch_long"]
        broken = {f"/{fault}/a": "truncated" for fault in faults}
        self.assert_outcomes(broken | {"/ch_nul_trailer/a": "protocol"})

    def test_row_45_chunks_of_any_size_and_trailers_are_whole(self):
        paths = ["/ch_trailer/a", "/ch_tiny/1000000/b", "/ok/c"]
        self.assert_outcomes(dict.fromkeys(paths, "saved"), "-c", "1")


class Heads(Framing):
    def test_row_46_what_is_no_answer_of_http_1_is_a_failure(self):
        lines = ["HTTP/1.2 200 OK", "HTTP/0.9 200 OK", "HTTP/1.1 1234567 OK", "HTTP/1.1 -200 OK"]
        lines += ["HTTP/1.1 2 OK", "HTTP/1.1 20 OK", "HTTP/1.1 099 OK", "HTTP/1.1 999 OK"]
        lines += ["HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 2OO OK", "HTTP/3.0 200 OK", "ICY 200 OK"]
        broken = {f"/status_line/a?{quote(line)}": "protocol" for line in lines}
        self.assert_outcomes(broken | {"/http09/a": "protocol"})

    def test_row_49_headers_that_are_none_are_a_failure(self):
        faults = ["nul_hdr", "cr_hdr", "nocolon", "colon_first", "blank_colon"]
        broken = {f"/{fault}/a": "protocol" for fault in faults}
        self.assert_outcomes(broken | {"/folded_hdr/b": "saved"})

    def test_row_50_heads_are_bounded_and_so_is_memory(self):
        faults = ["hdr_120k", "hdr_300k", "hdr_6000", "hdr_inf", "line_inf", "cont_inf"]
        faults += ["trailer_inf"]
        environment = without_quarantine()
        process = self.start(
            *["--json", "--retry", "0"], stdin=subprocess.PIPE, env=environment
        )
        self.say(process, ["/ok/a.bin"])
        self.next_line(process.stdout)
        before = peak_memory(process)
        self.say(process, [f"/{fault}/b" for fault in faults * 5])
        for _ in faults * 5:
            self.assertIn(b'"kind":"too_large"', self.next_line(process.stdout))
        if not is_sanitized("thread"):  # which notes several bytes about each
            self.assertLess(peak_memory(process), before + 8_000_000)
        self.assertEqual(self.finish(process, b"").exit, 1)
        self.assert_stored({"a.bin": "/ok/a.bin"})

    def test_row_51_interim_answers_are_passed_over(self):
        self.assert_outcomes({"/interim/a": "saved", "/ok/b": "saved"}, "-c", "1")

    def test_row_51_a_body_where_none_may_be_is_not_taken_for_the_next_one(self):
        run = self.fetch(["/bodiless/a", "/ok/b", "/bodiless/c", "/ok/d"], "-c", "1")
        self.assertEqual(run.exit, 0)
        self.assert_stored({"a": b"", "b": "/ok/b", "c": b"", "d": "/ok/d"})

    def test_row_51_an_answer_without_its_body_is_a_failure(self):
        rows = {"/interim_body/a": "protocol", "/head_like/b": "truncated", "/s304/c": "protocol"}
        self.assert_outcomes(rows | {"/status/205/d": "saved"})

    def test_row_52_a_part_that_nobody_asked_for_is_a_failure(self):
        self.assert_outcomes({"/s206/a": "protocol"})


class Encodings(Framing):
    def test_rows_78_79_and_80_bytes_are_saved_as_they_came_whatever_they_are_said_to_be(self):
        """So nothing is decoded, and nothing can be cut or blown up by decoding."""
        environment = without_quarantine()
        process = self.start("--json", stdin=subprocess.PIPE, env=environment)
        self.say(process, ["/ok/a.bin"])
        self.next_line(process.stdout)
        before = peak_memory(process)
        encodings = ["gzip", "x-unknown"]
        self.say(process, [f"/gzipped/{how}/1/{how}?{e}" for how in GZIPPED for e in encodings])
        for _ in list(GZIPPED) * 2:
            self.assertIn(b'"content_encoding":"', self.next_line(process.stdout))
        self.assertLess(peak_memory(process), before + 8_000_000)
        run = self.finish(process, b"")
        self.assertEqual(run.exit, 0)
        told = [run.record(n)["content_encoding"] for n in (2, 3)]
        self.assertEqual(told, encodings)
        again = {f"{how}-2": body for how, body in GZIPPED.items()}
        self.assert_stored({"a.bin": "/ok/a.bin"} | GZIPPED | again)

    def test_row_80_who_encodes_ten_times_is_refused(self):
        self.assert_outcomes({"/gzipped/whole/10/a?gzip": "protocol"})

    def test_row_78_no_encoding_is_asked_for_unless_told_so(self):
        self.fetch(["/ok/a.bin"])
        self.fetch(["/ok/b.bin"], "-H", "accept-encoding: br")
        asked = [request.headers["accept-encoding"] for request in self.origin.requests]
        self.assertEqual(asked, ["identity", "br"])


class Connections(Framing):
    def test_row_47_a_head_that_breaks_off_is_tried_again(self):
        run = self.fetch(["/hdr_noend/a", "/cut/10/7/b", "/cut/10/12/c"], "--retry", "1")
        self.assertEqual({record["attempts"] for record in run.records}, {2}, run.records)
        self.assert_stored({})

    def test_row_48_a_connection_that_ends_anywhere_is_a_failure(self):
        before = {"/empty/a": "connect", "/rst_asked/b": "connect"}
        later = {"/rst_hdr/c": "truncated", "/rst_mid/d": "truncated"}
        self.assert_outcomes(before | later)

    def test_row_48_a_connection_that_is_reset_at_once_is_tried_again(self):
        self.origin.refusals = 1
        run = self.fetch(["/ok/a.bin"])
        self.assertEqual((run.exit, run.record(1)["attempts"]), (0, 2))
        self.assert_stored({"a.bin": "/ok/a.bin"})

    def test_row_54_a_connection_that_ends_as_it_is_used_again_costs_no_try(self):
        paths = [f"/ka_race/10/{n % 2 and 'reset' or 'fin'}/{n}" for n in range(1000)]
        run = self.assert_outcomes(dict.fromkeys(paths, "saved"), "-c", "3")
        self.assertEqual({record["attempts"] for record in run.records}, {1})

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
