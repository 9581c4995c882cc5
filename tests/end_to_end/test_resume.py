"""A second run converges: it fetches what is missing, and nothing twice. Rows are of the fault
catalogue."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from fetcher import LOG, EndToEnd, digest, records_of, whole_records_of

PATHS = [f"/ok/{n}.bin" for n in range(5)]
FILES = {f"{n}.bin": f"/ok/{n}.bin" for n in range(5)}


class Resume(EndToEnd):
    def fetch_again(self, lines, *options, **settings):
        """Fetch into a directory that has a log; the run has only the new records."""
        before = len((self.out / LOG).read_bytes())
        self.origin.requests.clear()
        run = self.fetch(lines, *options, **settings)
        run.log = run.log[before:]
        return run


class SecondRuns(Resume):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.fetch(PATHS).exit, 0)

    def test_what_is_saved_is_skipped_and_told(self):
        run = self.fetch_again(PATHS)
        self.assertEqual((run.exit, self.origin.requests), (0, []))
        self.assertEqual(set(run.outcomes.values()), {"skipped"})
        self.assertEqual(run.files, {n + 1: f"{n}.bin" for n in range(5)})
        self.assert_stored(FILES)

    def test_a_third_run_skips_what_the_second_skipped(self):
        self.fetch_again(PATHS)
        self.assertEqual(self.fetch_again(PATHS).exit, 0)
        self.assertEqual(self.origin.requests, [])

    def test_row_98_a_file_that_is_gone_or_has_another_size_is_fetched_again(self):
        (self.out / "0.bin").unlink()
        (self.out / "1.bin").write_bytes(b"")
        (self.out / "2.bin").write_bytes(b"x" * 2000)
        (self.out / "3.bin").unlink()
        (self.out / "3.bin").symlink_to(self.out / "4.bin")
        run = self.fetch_again(PATHS)
        self.assertEqual(sorted(self.origin.targets), PATHS[:4])
        self.assertEqual(run.exit, 0)
        self.assert_stored(FILES)

    def test_row_99_an_edited_list_is_known_by_its_urls(self):
        lines = ["# new", "/ok/new.bin", *reversed(PATHS), "/ok/newer.bin"]
        self.assertEqual(self.fetch_again(lines).exit, 0)
        self.assertEqual(sorted(self.origin.targets), ["/ok/new.bin", "/ok/newer.bin"])
        self.assert_stored(FILES | {"new.bin": "/ok/new.bin", "newer.bin": "/ok/newer.bin"})

    def test_row_97_a_log_of_another_list_does_no_harm(self):
        lines = [f"/other/{path}" for path in ("0.bin", "9.bin")]
        run = self.fetch_again([line.replace("other", "ok/7") for line in lines])
        self.assertEqual(run.files, {1: "0-2.bin", 2: "9.bin"})
        self.assert_stored(FILES | {"0-2.bin": "/ok/7/0.bin", "9.bin": "/ok/7/9.bin"})

    def test_refetch_asks_again(self):
        self.assertEqual(self.fetch_again(PATHS, "--refetch").exit, 0)
        self.assertEqual(len(self.origin.requests), 5)
        self.assert_stored(FILES)


class Repeats(Resume):
    def test_a_url_that_stands_twice_is_two_lines(self):
        lines = ["/ok/a.bin", "/ok/a.bin", "/ok/a.bin"]
        both = {"a.bin": "/ok/a.bin", "a-2.bin": "/ok/a.bin", "a-3.bin": "/ok/a.bin"}
        self.assertEqual(self.fetch(lines).exit, 0)
        self.assert_stored(both)
        kept = [line for line in (self.out / LOG).read_bytes().splitlines(True) if b"a-2" in line]
        (self.out / LOG).write_bytes(b"".join(kept))
        (self.out / "a.bin").unlink()
        run = self.fetch_again(lines)
        self.assertEqual(run.outcomes, {1: "saved", 2: "skipped", 3: "saved"})
        self.assert_stored(both)


class Versions(Resume):
    def test_update_keeps_what_has_not_changed_and_replaces_what_has(self):
        paths = ["/versioned/a.bin?etag", "/versioned/b.bin", "/ok/c.bin"]
        self.fetch(paths)
        run = self.fetch_again(paths, "--update")
        self.assertEqual(run.outcomes, {1: "skipped", 2: "skipped", 3: "saved"})
        self.assertEqual(run.files, {1: "a.bin", 2: "b.bin", 3: "c.bin"})
        self.origin.version = 2
        run = self.fetch_again(paths, "--update")
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved", 3: "saved"})
        new = {f"{name}.bin": body_of(path, 2) for name, path in zip("ab", paths)}
        self.assert_stored(new | {"c.bin": "/ok/c.bin"})

    def test_update_does_not_ask_for_a_version_that_is_not_there_any_more(self):
        paths = ["/versioned/a.bin?etag"]
        self.fetch(paths)
        (self.out / "a.bin").unlink()
        self.assertEqual(self.fetch_again(paths, "--update").outcomes, {1: "saved"})
        self.assert_stored({"a.bin": body_of(paths[0], 1)})

    def test_refetch_replaces_our_own_file_and_no_other(self):
        paths = ["/versioned/a.bin"]
        self.out.mkdir()
        (self.out / "a.bin").write_bytes(b"mine")
        self.fetch(paths)
        self.origin.version = 2
        run = self.fetch_again(paths, "--refetch")
        self.assertEqual(run.files, {1: "a-2.bin"})
        self.assert_stored({"a.bin": b"mine", "a-2.bin": body_of(paths[0], 2)})

    def test_a_version_is_no_way_to_write_a_header(self):
        self.fetch(["/versioned/a.bin?etag"])
        log = (self.out / LOG).read_bytes()
        (self.out / LOG).write_bytes(log.replace(rb'\"v1\"', rb'x\r\nX-Evil: 1'))
        self.assertEqual(self.fetch_again(["/versioned/a.bin?etag"], "--update").exit, 0)
        self.assertNotIn("x-evil", self.origin.requests[0].headers)


class Logs(Resume):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.fetch(PATHS[:3]).exit, 0)
        self.log = (self.out / LOG).read_bytes()

    def with_log(self, log):
        """Fetch the list again next to this log, and give the run and the log before it."""
        self.origin.requests.clear()
        (self.out / LOG).write_bytes(log)
        return self.fetch(PATHS[:3])

    def test_row_97_a_log_that_was_cut_anywhere_is_used_as_far_as_it_goes(self):
        lengths = [*range(0, len(self.log), 23), len(self.log) - 1]
        for length in lengths:
            with self.subTest(length):
                run = self.with_log(self.log[:length])
                whole = self.log[:length].count(b"\n")
                self.assertEqual((run.exit, len(self.origin.requests)), (0, 3 - whole))
                self.assert_stored(dict(list(FILES.items())[:3]))

    def test_row_97_a_log_that_was_changed_is_never_believed_about_a_file(self):
        chance = random.Random(97)
        files = dict(list(FILES.items())[:3])
        for place in chance.sample(range(len(self.log)), 60):
            changed = bytearray(self.log)
            changed[place] = chance.randrange(0x20, 0x7F)
            with self.subTest(place, changed=bytes(changed[place : place + 1])):
                run = self.with_log(changed)
                self.assertIn(run.exit, (0, 2))
                self.assertEqual({n: w for n, w in self.stored().items() if n in files},
                                 {n: digest(body_of(path)) for n, path in files.items()})
                if run.exit == 2:
                    self.assertEqual((self.out / LOG).read_bytes(), changed)
                    self.assertIn(LOG.encode(), run.stderr)
                    self.assertEqual(self.origin.requests, [])

    def test_row_97_what_is_no_record_stops_the_run_with_advice(self):
        for foreign in b'{"a":1}\n', b"hello\n", b"\n", b'{"n":1,"url":"x","status":"done"}\n':
            with self.subTest(foreign):
                run = self.with_log(self.log + foreign)
                self.assertEqual((run.exit, self.origin.requests), (2, []))
                self.assertIn(b"line 4 is no record", run.stderr)
                self.assertIn(b"--log", run.stderr)

    def test_a_record_that_names_a_file_elsewhere_is_no_record(self):
        run = self.with_log(self.log.replace(b'"file":"1.bin"', b'"file":"../x"'))
        self.assertEqual(run.exit, 2)


class Digests(Resume):
    def test_a_digest_is_noted_of_each_file_small_or_large_or_continued(self):
        paths = ["/ok/a", "/ok/700000/b", "/broken/700000/rest/c", "/status/404/d"]
        run = self.fetch(paths, "--sha256")
        noted = {record["n"]: record.get("sha256") for record in run.records}
        self.assertEqual(noted, {n + 1: digest(body_of(paths[n])) for n in range(3)} | {4: None})
        self.assertIn(True, ["range" in request.headers for request in self.origin.requests])

    def test_without_the_option_none_is_noted(self):
        self.assertNotIn("sha256", self.fetch(["/ok/a"]).record(1))

    def test_what_is_skipped_has_the_digest_that_was_noted_before(self):
        path = "/versioned/a?etag"
        self.fetch([path], "--sha256")
        noted = digest(body_of(path, 1))
        for options in [], ["--sha256"], ["--update"]:
            with self.subTest(options):
                record = self.fetch_again([path], *options).record(1)
                self.assertEqual((record["status"], record["sha256"]), ("skipped", noted))

    def test_another_version_has_its_own_digest_or_none(self):
        path = "/versioned/a?etag"
        self.fetch([path], "--sha256")
        self.origin.version = 2
        self.assertNotIn("sha256", self.fetch_again([path], "--update").record(1))
        self.origin.version = 3
        record = self.fetch_again([path], "--update", "--sha256").record(1)
        self.assertEqual(record["sha256"], digest(body_of(path, 3)))


class FailedLines(Resume):
    def test_only_what_failed_is_taken_from_a_log(self):
        lines = ["/ok/a.bin", "/flaky/500/1/b.bin", "/status/404/c.bin", "/flaky/503/1/d.bin"]
        self.assertEqual(self.fetch(lines, "--retry", "0").exit, 1)
        self.origin.requests.clear()
        run = self.finish(self.start("--retry-failed", self.out / LOG, "-c", "1"))
        self.assertEqual(self.origin.targets, [lines[1], lines[2], lines[3]])
        self.assertEqual(run.exit, 1)
        new = records_of(run.log)[4:]
        self.assertEqual({r["n"]: r["status"] for r in new}, {2: "saved", 3: "failed", 4: "saved"})
        self.assert_stored({f"{line[-5]}.bin": line for line in (lines[0], lines[1], lines[3])})

    def test_names_digests_and_keys_of_the_line_come_along(self):
        path = "/flaky/500/1/b.bin"
        wanted = digest(body_of(path))
        line = f'{{"url":"{self.origin.url(path)}","out":"x.bin","sha256":"{wanted}","id":7}}'
        self.fetch([line], "--retry", "0")
        run = self.finish(self.start("--retry-failed", self.out / LOG))
        last = records_of(run.log)[-1]
        told = (last["file"], last["sha256"], last["input"])
        self.assertEqual(told, ("x.bin", wanted, {"id": 7}))

    def test_lines_that_are_wrong_by_themselves_fail_again_for_the_same_reason(self):
        url = self.origin.url("/ok/a.bin")
        lines = ['{"url":5}', "{", "ftp://h/a", "no url", f'{{"url":"{url}","sha256":"x"}}', url]
        first = self.fetch(lines).records
        run = self.finish(self.start("--retry-failed", self.out / LOG))
        again = records_of(run.log)[len(lines) :]
        told = [{r["n"]: (r["kind"], r["error"]) for r in records if r["status"] == "failed"}
                for records in (first, again)]  # fmt: skip
        self.assertEqual((len(again), told[1]), (5, told[0]))
        self.assertEqual(self.origin.targets, ["/ok/a.bin"])

    def test_a_log_without_failures_is_a_list_without_lines(self):
        self.fetch(PATHS)
        run = self.finish(self.start("--retry-failed", self.out / LOG))
        self.assertEqual((run.exit, len(records_of(run.log))), (0, 5))

    def test_what_is_no_log_is_a_usage_error(self):
        for log in self.home / "missing", self.list_of(["/ok/a.bin"]), self.home:
            with self.subTest(log):
                self.assertEqual(self.finish(self.start("--retry-failed", log)).exit, 2)


class BrokenOff(Resume):
    """Rows 52 and 76: the rest of a large body is asked for, and only ever put to its beginning."""

    def ranges(self):
        return [request.headers.get("range", "") for request in self.origin.requests]

    def test_row_76_only_the_rest_of_a_large_body_is_asked_for_again(self):
        path = "/broken/700000/rest/a"
        sha256 = digest(body_of(path))
        run = self.fetch([f'{{"url":"{self.origin.url(path)}","sha256":"{sha256}"}}'])
        self.assertEqual((run.exit, run.record(1)["attempts"]), (0, 2))
        self.assertRegex(self.ranges()[1], r"^bytes=[1-9]\d+-$")
        self.assertEqual(self.origin.requests[1].headers["if-range"], '"one"')
        self.assertEqual(run.record(1)["bytes"], 700000)
        self.assert_stored({"a.png": path})

    def test_row_52_whatever_is_answered_instead_of_the_rest_the_file_is_whole(self):
        for how in "bare", "whole", "changed", "elsewhere", "unlike", "unmeasured", "s416":
            with self.subTest(how):
                self.another_out()
                self.origin.requests.clear()
                path = f"/broken/700000/{how}/a.png"
                run = self.fetch([path])
                self.assertEqual(run.exit, 0)
                self.assertRegex(self.ranges()[1], r"^bytes=[1-9]\d+-$")
                self.assert_stored({"a.png": body_of(path, 2 if how == "changed" else 0)})
                expected = None if how == "changed" else "image/png"
                self.assertEqual(run.record(1).get("type"), expected)

    def test_a_version_that_is_only_alike_is_fetched_from_the_start(self):
        self.assertEqual(self.fetch(["/broken/700000/weak/a.png"]).exit, 0)
        self.assertEqual(self.ranges(), ["", ""])
        self.assert_stored({"a.png": "/broken/700000/weak/a.png"})

    def test_what_is_given_up_leaves_nothing(self):
        run = self.fetch(["/broken/700000/never/a.png"], "--retry", "1")
        self.assertEqual(run.outcomes, {1: "truncated"})
        self.assert_stored({})

    def interrupt(self, path):
        """A run that is interrupted in the middle of the body, and its record."""
        process = self.start(self.list_of([path]))
        part = self.out / ".a.png.part"
        self.wait_until(lambda: part.exists() and part.stat().st_size, "some bytes on the disk")
        process.send_signal(signal.SIGINT)
        run = self.finish(process)
        self.assertEqual(run.exit, -signal.SIGINT)
        return run.record(1)

    def test_row_92_the_next_run_continues_what_an_interrupted_one_has_begun(self):
        path = "/broken/700000/bare/a?stall"
        record = self.interrupt(path)
        self.assertEqual(record["part"]["name"], "a.png")
        run = self.fetch_again([path])
        self.assertEqual((run.exit, run.files), (0, {1: "a.png"}))
        self.assertEqual(self.ranges(), [f"bytes={record['part']['bytes']}-"])
        self.assert_stored({"a.png": path})

    def test_row_89_a_part_is_read_whole_though_calls_are_cut_short_and_interrupted(self):
        path = "/broken/700000/bare/a?stall"
        record = self.interrupt(path)
        options = ["--sha256", "--accept", "image/*"]
        run = self.fetch_again([path], *options, env=self.preloaded("grudging_files"))
        self.assertEqual(run.exit, 0, run.stderr)
        self.assertEqual(self.ranges(), [f"bytes={record['part']['bytes']}-"])
        self.assertEqual(run.record(1)["sha256"], digest(body_of(path)))

    def test_a_part_that_is_not_as_it_was_left_is_not_continued(self):
        for how, spoil in {
            "is gone": lambda part: part.unlink(),
            "was written to": lambda part: part.write_bytes(part.read_bytes()),
            "is another file": lambda part: (shutil.copy2(part, "copy"), os.replace("copy", part)),
        }.items():
            with self.subTest(how):
                self.another_out()
                self.origin.requests.clear()
                path = f"/broken/700000/rest/{len(how)}/a.png?stall"
                self.interrupt(path)
                with contextlib.chdir(self.home):
                    spoil(self.out / ".a.png.part")
                self.assertEqual(self.fetch_again([path]).exit, 0)
                self.assertEqual(self.ranges(), [""])
                self.assert_stored({"a.png": path})

    def test_a_run_without_that_line_leaves_it_for_the_next_one(self):
        path = "/broken/700000/rest/a.png?stall"
        record = self.interrupt(path)
        self.assertEqual(self.fetch_again(["/ok/b.bin"]).exit, 0)
        self.assertEqual(self.fetch_again([path]).exit, 0)
        self.assertEqual(self.ranges(), [f"bytes={record['part']['bytes']}-"])
        self.assert_stored({"a.png": path, "b.bin": "/ok/b.bin"})


class Killed(Resume):
    """Row 94. `KILLS` in the environment says how many runs are killed."""

    def test_row_94_a_run_that_was_killed_converges_and_fetches_nothing_twice(self):
        chance = random.Random(94)
        lines = [f"/ok/{chance.randint(0, 20_000)}/{n}.bin" for n in range(290)]
        lines += ["/validated/1.png", "/ok/700000/large.bin", "/ok/0/empty.bin", "/ok/9/1.bin"] * 2
        lines += ["/ch_ok/300000/c", "/redirect/302/r.bin?/ok/to.bin"]
        began_at = time.monotonic()
        self.assertEqual(self.fetch(lines).exit, 0)
        takes = time.monotonic() - began_at
        undisturbed = self.stored()
        wanted = Counter(map(self.origin.url, self.origin.targets))
        for kill in range(int(os.environ.get("KILLS", 20))):
            with self.subTest(kill):
                shutil.rmtree(self.out)
                process = self.start(self.list_of(lines))
                self.kill_at(process, chance.uniform(0, takes))
                done = self.logged_as_saved()
                run = self.fetch(lines, "--header", f"Run: {kill}")
                self.assertEqual((run.exit, len(run.records)), (0, done.total() + len(lines)))
                self.assertEqual(self.stored(), undisturbed)
                # What a killed run had asked for may come to the origin even after its end.
                asked = Counter(
                    self.origin.url(request.target)
                    for request in self.origin.requests
                    if request.headers.get("run") == str(kill)
                )
                self.assertEqual((done + asked) - wanted, Counter())

    def kill_at(self, process, seconds):
        """Kill a fetcher that many seconds after its start, unless it has ended before."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.kill()
        process.wait()

    def logged_as_saved(self):
        """What the log calls saved, torn as it may be: how many lines of each URL."""
        log = self.out / LOG
        records = whole_records_of(log.read_bytes()) if log.exists() else []
        return Counter(record["url"] for record in records if record["status"] == "saved")

    def test_row_92_a_run_that_was_interrupted_converges(self):
        lines = [f"/ok/{n}.bin" for n in range(50)] + ["/gate/shut/a.bin"]
        process = self.start(self.list_of(lines))
        self.origin.asked("/gate/shut/a.bin")
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process).exit, -signal.SIGINT)
        self.origin.gate("shut").set()
        self.assertEqual(self.fetch_again(lines).exit, 0)
        self.assertIn("/gate/shut/a.bin", self.origin.targets)
        self.assertEqual(len(self.stored()), 51)


if __name__ == "__main__":
    unittest.main()
