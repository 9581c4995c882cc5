"""Directories below the output directory, which `out` of a line may ask for."""

import json
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from fetcher import LOG, EndToEnd, digest, traced, tree

SMALL, LARGE = "/ok/a.bin", "/ok/700000/b.bin"
MODES = ("rename", "batch", "file")


class Directories(EndToEnd):
    def line(self, path, out):
        return json.dumps({"url": self.origin.url(path), "out": out})

    def files(self):
        """What lies in `out` but for directories and the log."""
        return {name: what for name, what in self.stored().items() if what != "directory"}

    def test_they_are_made_and_the_record_has_the_way(self):
        for mode in MODES:
            with self.subTest(mode):
                self.another_out()
                lines = [self.line(SMALL, "a/b/small.bin"), self.line(LARGE, "a/c/large.bin")]
                lines += [self.line("/typed/image/png/x", "a/picture"), self.line(SMALL, "d.bin")]
                run = self.fetch(lines, "--durability", mode)
                files = {1: "a/b/small.bin", 2: "a/c/large.bin", 3: "a/picture.png", 4: "d.bin"}
                self.assertEqual((run.exit, run.files), (0, files))
                bodies = [SMALL, LARGE, "/typed/image/png/x", SMALL]
                expected = {files[n + 1]: digest(body_of(bodies[n])) for n in range(4)}
                self.assertEqual(self.files(), expected)
                self.origin.requests.clear()
                again = self.fetch(lines, "--durability", mode)
                self.assertEqual((again.exit, self.origin.requests), (0, []))

    def test_what_is_there_is_kept_and_numbered_there(self):
        (self.out / "a").mkdir(parents=True)
        (self.out / "a/b.bin").write_bytes(b"mine")
        run = self.fetch([self.line(SMALL, "a/b.bin"), self.line(LARGE, "a/b.bin")])
        self.assertEqual(run.exit, 0)
        self.assertEqual(sorted(self.files()), ["a/b-2.bin", "a/b-3.bin", "a/b.bin"])
        self.assertEqual((self.out / "a/b.bin").read_bytes(), b"mine")

    def test_what_is_there_is_not_fetched_when_that_is_wanted(self):
        (self.out / "a").mkdir(parents=True)
        (self.out / "a/b.bin").write_bytes(b"mine")
        run = self.fetch([self.line(SMALL, "a/b.bin")], "--skip-existing")
        self.assertEqual((run.outcomes, run.files), ({1: "skipped"}, {1: "a/b.bin"}))
        self.assertEqual(self.origin.requests, [])

    def test_no_way_leads_elsewhere(self):
        for out in "../x", "/x", "a/../../x", "a//x", "a/./x", "a/", "a/" * 65 + "x":
            with self.subTest(out):
                self.another_out()
                run = self.fetch([self.line(SMALL, out)])
                self.assertEqual((run.exit, run.outcomes, self.stored()), (1, {1: "bad_url"}, {}))

    def test_row_37_a_link_in_the_way_is_not_followed(self):
        for path in SMALL, LARGE:
            for mode in MODES:
                with self.subTest(path, mode=mode):
                    self.another_out()
                    outside = self.home / f"outside-{self.out.name}"
                    (outside / "b").mkdir(parents=True)
                    (self.out / "a").symlink_to(outside)
                    (self.out / "real").mkdir()
                    (self.out / "real/b").symlink_to(outside)
                    lines = [self.line(path, "a/b/x"), self.line(path, "a/x")]
                    lines += [self.line(path, "real/b/x"), self.line(path, "real/x")]
                    run = self.fetch(lines, "--durability", mode)
                    conflict = {n: "name_conflict" for n in (1, 2, 3)}
                    self.assertEqual(run.outcomes, conflict | {4: "saved"})
                    self.assertEqual(tree(outside), {"b": "directory"})

    def test_a_file_and_a_directory_of_one_name_are_told_apart_by_the_order_of_the_list(self):
        lines = [self.line(SMALL, "a/b"), self.line(SMALL, "a"), self.line(SMALL, "a-2/c")]
        run = self.fetch([*lines, self.line(SMALL, LOG + "/x")])
        expected = {1: "saved", 2: "saved", 3: "name_conflict", 4: "name_conflict"}
        self.assertEqual((run.outcomes, run.files), (expected, {1: "a/b", 2: "a-2"}))
        self.assertEqual(run.record(3)["out"], "a-2/c")

    def test_what_broke_off_is_continued_there(self):
        path = "/broken/700000/rest/a?stall"
        process = self.start(self.list_of([self.line(path, "x/y.bin")]))
        part = self.out / "x/.y.bin.part"
        self.wait_until(lambda: part.exists() and part.stat().st_size > 0, "a part")
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process).record(1)["part"]["name"], "x/y.bin")
        run = self.fetch([self.line(path, "x/y.bin")])
        self.assertEqual(run.exit, 0)
        self.assertIn("range", self.origin.requests[-1].headers)
        self.assertEqual(self.files(), {"x/y.bin": digest(body_of(path))})

    def test_a_beginning_that_lies_elsewhere_is_not_left(self):
        path = "/broken/700000/rest/a?stall"
        process = self.start(self.list_of([self.line(path, "x/y.bin")]))
        part = self.out / "x/.y.bin.part"
        self.wait_until(lambda: part.exists() and part.stat().st_size > 0, "a part")
        process.send_signal(signal.SIGINT)
        self.finish(process)
        run = self.fetch([self.line(path, "z/y.bin")])
        self.assertEqual(run.exit, 0)
        self.assertEqual(self.files(), {"z/y.bin": digest(body_of(path))})

    def test_the_names_of_new_directories_are_durable_too(self):
        for path in SMALL, LARGE:
            with self.subTest(path):
                self.another_out()
                trace = self.home / "trace"
                settings = traced("fsync", "-y", into=trace)
                run = self.fetch([self.line(path, "a/b/x")], "--durability", "file", **settings)
                self.assertEqual(run.exit, 0)
                synced = trace.read_text()
                for directory in self.out, self.out / "a", self.out / "a/b":
                    self.assertIn(f"<{directory}>", synced)


if __name__ == "__main__":
    unittest.main()
