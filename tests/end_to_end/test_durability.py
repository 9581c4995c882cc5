"""--durability: what is reported saved was on the disk before, in the right order, or it is not."""

import os
import re
import sys
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from fetcher import LOG, EndToEnd, digest, environment, tree, whole_records_of

SYNCS = ("fdatasync", "fsync", "syncfs")
NAMING = ("renameat", "renameat2", "linkat")
MODES = ("rename", "batch", "file")

SMALL = {f"{n}.bin": f"/ok/{n}.bin" for n in range(20)}
LARGE = {f"large{n}.bin": f"/ok/{700_000 + n}/large{n}.bin" for n in range(2)}
BOTH = SMALL | LARGE


@dataclass(frozen=True)
class Call:
    """A system call, and the lines of the trace on which it began and ended."""

    name: str
    arguments: str
    result: str
    began: int
    ended: int

    def is_on(self, path):
        """Whether its first argument is an open descriptor of that file or directory."""
        return re.match(rf"\d+<{re.escape(str(path))}>", self.arguments) is not None

    def is_before(self, other):
        """Whether it had ended when the other one began."""
        return self.ended < other.began


def calls_in(trace):
    """The calls in what strace wrote, where those of several threads interrupt each other."""
    calls, begun = [], {}
    for line, text in enumerate(trace.read_text(errors="replace").splitlines()):
        thread, _, text = text.partition(" ")
        began = line
        if text.endswith("<unfinished ...>"):
            begun[thread] = line, text.removesuffix("<unfinished ...>")
            continue
        if resumed := re.match(r" *<\.\.\. \w+ resumed>", text):
            began, beginning = begun.pop(thread)
            text = beginning + text[resumed.end() :]
        if call := re.fullmatch(r" *(\w+)\((.*)\) += (.*)", text, re.DOTALL):
            calls.append(Call(*call.groups(), began, line))
    return calls


def traced(trace, *faults, path=None, threads="4"):
    """Settings for a start under strace, which writes to `trace` what is done to files.

    `faults` are words of strace's `inject`; with a path they and the trace are about that only.
    strace counts calls for each thread, so that faults by number need a single thread.
    """
    calls = ",".join((*SYNCS, *NAMING, "write", "unlinkat"))
    options = ["-f", "--seccomp-bpf", "-qqq", "-y", "-s", "60000"]
    options += ["-o", trace, "-e", f"trace={calls}"]
    if path:
        options += ["-P", path]
    for fault in faults:
        options += ["-e", f"inject={fault}"]
    # The leak checker needs to trace its own process.
    sanitizer = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "detect_leaks=0"]))
    variables = {"ASAN_OPTIONS": sanitizer, "UV_THREADPOOL_SIZE": threads}
    return {"under": ["strace", *options], "env": environment() | variables}


class Durability(EndToEnd):
    def setUp(self):
        super().setUp()
        self.trace = self.home / "trace"
        self.another_out()

    def another_out(self):
        """A directory that is new, in memory if possible: a sync of a whole file system there
        does not wait for what others have written."""
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        place = tempfile.TemporaryDirectory(prefix="fetcher-", dir=memory)
        self.out = Path(self.enterContext(place)) / "out"

    @property
    def log(self):
        return self.out / LOG

    def calls(self, *names, on=None):
        """The calls of the last traced run, all or those on one file or directory."""
        calls = [call for call in calls_in(self.trace) if call.name in names]
        return [call for call in calls if on is None or call.is_on(on)]

    def saved_in_log(self):
        """The files that the log calls saved, whether its last line is whole or not."""
        records = whole_records_of(self.log.read_bytes())
        return {record["file"] for record in records if record["status"] == "saved"}

    def assert_between(self, before, calls, after, what):
        """Require one of the calls to begin after `before` has ended and end before `after`."""
        fits = [call for call in calls if before.is_before(call) and call.is_before(after)]
        self.assertTrue(fits, what)

    def record_of(self, name):
        """The call that wrote the record of a saved file."""
        mark = f'\\"file\\":\\"{name}\\"'
        writes = self.calls("write", on=self.log)
        return next(write for write in writes if mark in write.arguments)

    def naming_of(self, name):
        """The call that gave a file its name, or tried to."""
        return next(call for call in self.calls(*NAMING) if f'"{name}"' in call.arguments)

    def assert_completes(self, files, *options):
        """Require a run in which nothing goes wrong to mend what an earlier one has left."""
        run = self.fetch(files.values(), *options)
        self.assertEqual(run.exit, 0, run.stderr)
        self.assert_stored(files)
        self.assertEqual(self.saved_in_log(), set(files))


class Order(Durability):
    def fetch_traced(self, files, mode, **settings):
        run = self.fetch(files.values(), "--durability", mode, **traced(self.trace), **settings)
        self.assertEqual(run.exit, 0, run.stderr)
        self.assertEqual(self.saved_in_log(), set(files))
        self.assertTrue(all(call.result == "0" for call in self.calls(*SYNCS)))
        return run

    def test_every_mode_saves_the_same(self):
        for mode in MODES:
            with self.subTest(mode):
                self.another_out()
                run = self.fetch(BOTH.values(), "--durability", mode)
                self.assertEqual(run.exit, 0, run.stderr)
                self.assertEqual(set(run.outcomes.values()), {"saved"})
                self.assertEqual(len(run.records), len(BOTH))
                self.assert_stored(BOTH)

    def test_rename_syncs_nothing(self):
        self.fetch_traced(BOTH, "rename")
        self.assertEqual(self.calls(*SYNCS), [])

    def test_the_default_is_rename(self):
        run = self.fetch(SMALL.values(), **traced(self.trace))
        self.assertEqual((run.exit, self.calls(*SYNCS)), (0, []))

    def assert_order(self, name, bytes_syncs):
        """Require bytes, name, record and log to be durable one after the other."""
        written = self.calls("write", on=self.out / f".{name}.part")[-1]
        named, record = self.naming_of(name), self.record_of(name)
        self.assert_between(written, bytes_syncs, named, f"{name} was named before it was synced")
        names_syncs = self.calls("fsync", on=self.out)
        self.assert_between(named, names_syncs, record, f"{name} was recorded before its name was")
        log_syncs = self.calls("fdatasync", on=self.log)
        self.assertTrue(record.is_before(log_syncs[-1]), f"the record of {name} was not synced")

    def test_row_100_file_syncs_bytes_name_and_record_in_this_order(self):
        self.fetch_traced(BOTH, "file")
        for name in BOTH:
            self.assert_order(name, self.calls("fdatasync", on=self.out / f".{name}.part"))

    def test_row_100_batch_syncs_bytes_names_and_records_in_this_order(self):
        self.fetch_traced(BOTH, "batch")
        for name in BOTH:
            self.assert_order(name, self.calls("syncfs", on=self.out))
        self.assertLess(len(self.calls(*SYNCS)), len(BOTH))

    def test_the_way_to_a_new_directory_is_durable_before_anything_in_it(self):
        for mode in "batch", "file":
            with self.subTest(mode):
                self.another_out()
                above = self.out.parent
                self.out = self.out / "deeper"
                self.fetch_traced(SMALL, mode)
                for directory in above, above / "out", self.out:
                    synced = self.calls("fsync", on=directory)[0]
                    self.assertTrue(synced.is_before(self.record_of("0.bin")), directory)

    def test_a_log_elsewhere_is_as_durable(self):
        for mode in "batch", "file":
            with self.subTest(mode):
                self.another_out()
                elsewhere = self.home / f"logs-{mode}"
                elsewhere.mkdir()
                options = ["--durability", mode, "--log", elsewhere / "log"]
                run = self.fetch(SMALL.values(), *options, **traced(self.trace))
                self.assertEqual(run.exit, 0, run.stderr)
                self.assertTrue(self.calls("fsync", on=elsewhere))
                last_written = self.calls("write", on=elsewhere / "log")[-1]
                last_synced = self.calls("fdatasync", on=elsewhere / "log")[-1]
                self.assertTrue(last_written.is_before(last_synced))

    def test_a_file_that_was_there_is_synced_before_it_is_called_saved(self):
        name, target = next(iter(SMALL.items()))
        for mode, sync in (("batch", "syncfs"), ("file", "fdatasync")):
            with self.subTest(mode):
                self.another_out()
                self.assertEqual(self.fetch([target]).exit, 0)
                self.log.unlink()
                self.fetch_traced({name: target}, mode)
                tried, record = self.naming_of(name), self.record_of(name)
                self.assertIn("EEXIST", tried.result)
                synced = self.calls(sync, on=self.out if mode == "batch" else self.out / name)
                self.assert_between(tried, synced, record, "its bytes")
                self.assert_between(tried, self.calls("fsync", on=self.out), record, "its name")
                self.assert_stored({name: target})

    def test_a_name_that_is_taken_is_left_and_the_next_one_is_as_durable(self):
        name, target = next(iter(SMALL.items()))
        for mode in "batch", "file":
            with self.subTest(mode):
                self.another_out()
                self.out.mkdir()
                (self.out / name).write_bytes(b"mine")
                run = self.fetch([target], "--durability", mode, **traced(self.trace))
                self.assertEqual(run.files, {1: "0-2.bin"})
                self.assert_stored({name: b"mine", "0-2.bin": target})
                named, record = self.naming_of("0-2.bin"), self.record_of("0-2.bin")
                self.assert_between(named, self.calls("fsync", on=self.out), record, "its name")

    def test_a_sync_that_takes_long_does_not_keep_the_network_waiting(self):
        for mode, files, sync in (
            ("batch", SMALL, "syncfs"),
            ("batch", LARGE, "syncfs"),
            ("file", LARGE, "fdatasync"),
        ):
            with self.subTest(mode, files=list(files)):
                self.another_out()
                slow = traced(self.trace, f"{sync}:delay_enter=2s:when=1")
                lines = self.list_of(list(files.values())[:2])
                process = self.start(lines, "-c", "1", "--durability", mode, **slow)
                second = self.out / f".{list(files)[1]}.part"
                self.wait_until(second.exists, f"{second.name} while the first file is synced")
                self.assertEqual(self.log.read_bytes(), b"")
                self.assertEqual(self.finish(process).exit, 0)

    def test_bodies_that_wait_for_a_sync_are_not_in_memory(self):
        # More than the bodies that may be in memory at once: the others would not be asked for.
        files = {f"{n}.bin": f"/ok/250000/{n}.bin" for n in range(200)}
        slow = traced(self.trace, "syncfs:delay_enter=2s:when=1")
        lines = self.list_of(files.values())
        process = self.start(lines, "-c", "10", "--durability", "batch", **slow)
        self.origin.wait_until(lambda: len(self.origin.requests) == len(files), "all requests")
        self.assertEqual(self.log.read_bytes(), b"")
        self.assertEqual(self.finish(process).exit, 0)
        self.assert_stored(files)


class PowerLoss(EndToEnd):
    """On a disk that then forgets what was not synced. It learns of no sync of all, as of `batch`."""

    def saved_in_log(self):
        log = self.out / LOG
        records = whole_records_of(log.read_bytes()) if log.exists() else []
        return {record["file"] for record in records if record["status"] == "saved"}

    def test_row_100_what_was_called_saved_is_there_after_a_power_loss_at_any_moment(self):
        files = {name: BOTH[name] for name in list(BOTH)[-8:]}
        store = self.mount_out("forgetful_disk.py")
        options = ["-c", "3", "--durability", "file"]
        self.assertEqual(self.fetch(files.values(), *options).exit, 0)
        moments = list(store.glob("after-*"))
        self.assertGreater(len(moments), len(files))
        for self.out in moments:
            with self.subTest(self.out.name):
                saved = self.saved_in_log()
                whole = {name for name in self.stored() if not name.endswith(".part")}
                self.assertLessEqual(saved, whole)
                for name in whole:
                    self.assertEqual(self.stored()[name], digest(body_of(files[name])), name)
                self.origin.requests.clear()
                self.assertEqual(self.fetch(files.values(), *options).exit, 0)
                self.assert_stored(files)
                again = set(self.origin.targets)
                self.assertEqual(again & {files[name] for name in saved}, set())


class Failures(Durability):
    """A sync fails once and would succeed if it were called again."""

    def fetch_broken(self, files, mode, fault, path, *options):
        """A run in which every sync on `path` is counted, and one fails."""
        broken = traced(self.trace, fault, path=path, threads="1")
        run = self.fetch(files.values(), "--durability", mode, "-c", "1", *options, **broken)
        self.assertEqual(run.exit, 3, run.stderr)
        self.assertIn(b"Input/output error", run.stderr)
        self.assert_only_what_is_whole(files)
        return run

    def assert_only_what_is_whole(self, files):
        """Require final names only, of whole files, and those that are called saved among them."""
        self.assertLessEqual(set(self.stored()), set(files))
        self.assert_stored({name: files[name] for name in self.stored()})
        self.assertLessEqual(self.saved_in_log(), set(self.stored()))

    def feed_broken(self, mode, fault, path):
        """A run that is given one line, which succeeds, and then the others."""
        broken = traced(self.trace, fault, path=path, threads="1")
        process = self.start("-", "--durability", mode, stdin=PIPE, **broken)
        first, *others = SMALL.values()
        self.say(process, [first])
        self.wait_until(lambda: self.log.exists() and self.saved_in_log(), "the first record")
        self.say(process, others)
        run = self.finish(process)
        self.assertEqual(run.exit, 3, run.stderr)
        self.assertIn(b"Input/output error", run.stderr)
        self.assert_only_what_is_whole(SMALL)
        return run

    def test_without_syncs_none_can_fail(self):
        broken = traced(self.trace, *(f"{sync}:error=EIO" for sync in SYNCS))
        run = self.fetch(BOTH.values(), **broken)
        self.assertEqual((run.exit, run.stderr.count(b"error")), (0, 0), run.stderr)
        self.assert_stored(BOTH)

    def test_file_whose_bytes_are_lost_is_discarded(self):
        for files in SMALL, LARGE:
            name = list(files)[1]
            with self.subTest(name):
                self.another_out()
                part = self.out / f".{name}.part"
                run = self.fetch_broken(files, "file", "fdatasync:error=EIO:when=1", part)
                self.assertEqual(run.outcomes[2], "disk")
                self.assertEqual(run.outcomes[1], "saved")
                self.assertNotIn(name, self.stored())
                self.assertEqual(len(self.calls("fdatasync")), 1)
                self.assert_completes(files, "--durability", "file")

    def test_file_whose_name_is_lost_is_not_called_saved(self):
        # The first sync of a thread is a good one: the way to the directory, and the first file.
        self.feed_broken("file", "fsync:error=EIO:when=2", self.out)
        failed = [call for call in self.calls("fsync") if "EIO" in call.result]
        self.assertEqual(len(failed), 1)
        self.assertEqual(self.calls("fsync")[-1], failed[0], "the names were synced once more")
        self.assertEqual(self.saved_in_log(), {"0.bin"})
        self.assert_completes(SMALL, "--durability", "file")

    def test_batch_whose_bytes_are_lost_is_discarded(self):
        for files in SMALL, LARGE:
            with self.subTest(list(files)[0]):
                self.another_out()
                run = self.fetch_broken(files, "batch", "syncfs:error=EIO:when=1", self.out)
                self.assertEqual(set(run.outcomes.values()), {"disk"})
                self.assert_stored({})
                self.assertEqual(len(self.calls("syncfs")), 1)
                self.assertEqual(self.calls(*NAMING), [])
                self.assert_completes(files, "--durability", "batch")

    def test_batch_whose_names_are_lost_is_not_called_saved(self):
        self.feed_broken("batch", "fsync:error=EIO:when=2", self.out)
        failed = [call for call in self.calls("fsync") if "EIO" in call.result]
        self.assertEqual(len(failed), 1)
        self.assertEqual(self.calls("fsync")[-1], failed[0], "the names were synced once more")
        self.assertEqual(self.saved_in_log(), {"0.bin"})
        self.assert_completes(SMALL, "--durability", "batch")

    def test_a_log_that_is_lost_ends_the_run(self):
        for mode in "batch", "file":
            with self.subTest(mode):
                self.another_out()
                self.fetch_broken(SMALL, mode, "fdatasync:error=EIO:when=1", self.log)
                self.assertEqual(len(self.calls("fdatasync")), 1)
                self.assert_completes(SMALL, "--durability", mode)

    def test_a_directory_that_cannot_be_synced_is_noticed_before_any_request(self):
        for mode in "batch", "file":
            with self.subTest(mode):
                self.another_out()
                run = self.fetch_broken(SMALL, mode, "fsync:error=EIO:when=1", self.out.parent)
                self.assertEqual((run.log, self.origin.requests), (b"", []))
                self.assertEqual(tree(self.out), {LOG: tree(self.out)[LOG]})


if __name__ == "__main__":
    unittest.main()
