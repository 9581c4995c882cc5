"""What the usual tools were seen to get wrong, and what the fetcher does about each: one table.

`FETCHER_TABLE=1 python3 test_promises.py` prints it: exit status, kind of the failure, and what is
left in the directory.
"""

import os
import signal
import sys
import unittest
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from faults.answers import GZIPPED
from fetcher import EndToEnd
from origin import Origin

# What is sent -> the kind of the failure. Nothing is left of any.
FAILURES = {
    "a length of 1000, and 500 bytes": ("/cl_short/a", "truncated"),
    "a length `6foo`": ("/cl_garbage/a", "protocol"),
    "lengths 1000 and 6": ("/cl_dupdiff/a", "protocol"),
    "chunks cut off": ("/ch_trunc/a", "truncated"),
    "a chunk size that is no number": ("/ch_bad/a", "truncated"),
    "a chunk size over 64 bits": ("/ch_over/a", "truncated"),
    "no status line (HTTP/0.9)": ("/http09/a", "protocol"),
    "a NUL in a header": ("/nul_hdr/a", "protocol"),
    "a header without a colon": ("/nocolon/a", "protocol"),
    "6000 header lines": ("/hdr_6000/a", "too_large"),
    "206, unasked": ("/s206/a", "protocol"),
    "304, unasked": ("/s304/a", "protocol"),
    "3xx without Location": ("/no_location/a", "redirect"),
}


class Promises(EndToEnd):
    rows = []

    @classmethod
    def tearDownClass(cls):
        if os.environ.get("FETCHER_TABLE"):
            print("| fault | exit | kind | left |\n|---|---|---|---|")
            print("\n".join(cls.rows))

    def expect(self, fault, run, exit, kind, left):
        """Require how a run of one line ended and what it has left: name -> target or bytes."""
        kinds = set(run.outcomes.values())
        self.assertEqual((run.exit, kinds), (exit, {kind}), run.stderr)
        self.assert_stored(left)
        names = ", ".join(left) or "–"
        self.rows.append(f"| {fault} | {run.exit} | {kind} | {names} |")

    def test_an_answer_that_is_not_whole_leaves_nothing(self):
        for fault, (path, kind) in FAILURES.items():
            with self.subTest(fault):
                self.another_out()
                self.expect(fault, self.fetch([path], "--retry", "0"), 1, kind, {})

    def test_what_comes_behind_a_body_is_no_part_of_it(self):
        run = self.fetch(["/extra/a.bin"])
        self.expect("bytes behind the body", run, 0, "saved", {"a.bin": "/extra/a.bin"})

    def test_what_is_said_to_be_gzip_is_saved_as_it_was_sent(self):
        said = {"cut": "cut off", "wrong_sum": "with a wrong sum", "bomb": "that is a bomb"}
        for how, words in said.items():
            with self.subTest(how):
                self.another_out()
                path = f"/gzipped/{how}/1/a?gzip"
                run = self.fetch([path])
                self.assertEqual(run.record(1)["content_encoding"], "gzip")
                self.expect(f"gzip {words}, unasked", run, 0, "saved", {"a": GZIPPED[how]})

    def test_names_that_the_server_wishes_are_not_taken(self):
        wishes = {
            "Content-Disposition `../../x`": 'attachment; filename="../../x"',
            "Content-Disposition of 300 bytes": f'attachment; filename="{"x" * 300}.png"',
        }
        for fault, wish in wishes.items():
            with self.subTest(fault):
                self.another_out()
                path = f"/disposition/a.bin?{quote(wish)}"
                self.expect(fault, self.fetch([path]), 0, "saved", {"a.bin": path})

    def test_a_name_with_control_characters_is_escaped(self):
        path = "/ok/a%1b%5b31m%07.bin"
        run = self.fetch([path])
        (name,) = run.files.values()
        self.assertTrue(name.isprintable())
        self.expect("a name `a ESC[31m BEL`", run, 0, "saved", {name: path})

    def test_what_has_the_name_is_not_touched(self):
        victim = self.home / "victim"
        victim.write_bytes(b"mine")
        obstacles = {
            "a link at the name": lambda path: path.symlink_to(victim),
            "a dangling link at the name": lambda path: path.symlink_to(self.home / "nowhere"),
            "a FIFO at the name": os.mkfifo,
        }
        for fault, plant in obstacles.items():
            with self.subTest(fault):
                self.another_out()
                plant(self.out / "a.bin")
                run = self.fetch(["/ok/a.bin"])
                self.assertEqual(victim.read_bytes(), b"mine")
                self.assertFalse((self.home / "nowhere").exists())
                (self.out / "a.bin").unlink()
                self.expect(fault, run, 0, "saved", {"a-2.bin": "/ok/a.bin"})

    def test_an_old_file_outlives_a_transfer_that_fails(self):
        self.out.mkdir()
        (self.out / "a").write_bytes(b"old")
        run = self.fetch(["/cl_short/a"], "--retry", "0", "--overwrite")
        self.expect("an old file, and a transfer that fails", run, 1, "truncated", {"a": b"old"})

    def test_a_full_disk_has_whole_files_only(self):
        self.mount_small_out()
        run = self.fetch(["/ok/3000000/a.bin"])
        self.expect("a disk of 1 MB that is full", run, 3, "disk", {})

    def test_it_ends_when_it_is_asked_to(self):
        process = self.start(self.list_of(["/stall_mid/a.bin"]))
        self.origin.asked("/stall_mid/a.bin")
        process.send_signal(signal.SIGINT)
        run = self.finish(process)
        self.expect("SIGINT while it stalls", run, -signal.SIGINT, "cancelled", {})

    def test_a_list_that_is_missing_is_a_wrong_call(self):
        run = self.finish(self.start(self.home / "missing.txt"))
        self.assertEqual((run.exit, self.stored()), (2, {}))
        self.rows.append("| a list that is missing | 2 | – | – |")

    def test_the_mark_of_a_list_is_no_part_of_its_first_line(self):
        run = self.fetch(b"\xef\xbb\xbf" + self.text_of(["/ok/a.bin"]))
        self.expect("a list with a BOM", run, 0, "saved", {"a.bin": "/ok/a.bin"})

    def test_few_descriptors_cost_no_line(self):
        paths = [f"/ok/{n}.bin" for n in range(300)]
        few = ["sh", "-c", 'ulimit -n 32; exec "$0" "$@"']
        run = self.fetch(paths, "-c", "100", under=few)
        self.assertEqual((run.exit, len(self.stored())), (0, 300))
        self.rows.append("| `ulimit -n 32`, `-c 100`, 300 URLs | 0 | saved | all 300 |")

    def test_a_server_that_drips_for_ever_is_left(self):
        run = self.fetch(["/drip/1000/a.bin"], "--max-time", "0.5", "--retry", "0")
        self.expect("a byte now and then, `--max-time`", run, 1, "timeout", {})

    def test_headers_stay_with_their_origin(self):
        headers = ["--header", "Authorization: Bearer secret", "--header", "X-Api-Key: secret"]
        with Origin() as other:
            run = self.fetch([f"/redirect/302/a?{other.url('/ok/b')}"], *headers)
            (request,) = other.requests
        self.assertEqual({"authorization", "x-api-key"} & set(request.headers), set())
        self.assertEqual(self.origin.requests[0].headers["x-api-key"], "secret")
        self.expect("custom headers, a redirect to another port", run, 0, "saved", {"a": "/ok/b"})

    def test_a_pause_that_the_server_asks_for_is_kept(self):
        run = self.fetch(["/busy/503/a?1"])
        first, second = self.origin.requests
        self.assertGreaterEqual(second.at - first.at, 1)
        self.expect("Retry-After: 1", run, 0, "saved", {"a": "/busy/503/a?1"})


if __name__ == "__main__":
    unittest.main()
