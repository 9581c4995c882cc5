"""System calls that fail one by one: whatever the system refuses, nothing partial gets a name, no
run crashes, and the next run converges. Rows 87 to 91 of the fault catalogue."""

import sys
import unittest
from pathlib import Path
from subprocess import PIPE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import LOG, EndToEnd, is_sanitized, records_of, with_faults

IS_SANITIZED = is_sanitized("address") or is_sanitized("thread")

PATHS = ["/ok/10/a.bin", "/ok/b.bin", "/ok/700000/c.bin", "/ch_ok/90000/d", "/ok/0/e.bin"]

# What is refused -> how many of its calls, one in each run.
ANYWHERE = {
    "openat:error=EMFILE": 48,
    "close:error=EIO": 48,
    "renameat2:error=EIO": 6,
    "linkat:error=EIO": 6,
    "socket:error=EMFILE": 6,
    "connect:error=ENETUNREACH": 6,
    "recvfrom:error=ECONNRESET": 10,
    "sendto:error=EPIPE": 6,
    "epoll_create1:error=EMFILE": 3,
    "mmap:error=ENOMEM": 70,
}
ON_FILES = {
    "write:error=ENOSPC": 8,
    "write:error=EDQUOT": 8,
    "write:error=EFBIG": 8,
    "write:error=EIO": 8,
    "write:error=EINTR": 8,
}


class SystemCalls(EndToEnd):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.fetch(PATHS).exit, 0)
        self.undisturbed = self.stored()

    def check(self, fault, *files):
        """One run in which a call fails, and one after it in which nothing does."""
        faults = with_faults(fault, *[self.out / name for name in files])
        run = self.fetch(PATHS, "--retry", "0", **faults)
        # 127: the dynamic loader was refused something, and main() did not begin.
        self.assertIn(run.exit, (0, 1, 2, 3, 127), run.stderr)
        for name, what in self.stored().items():
            self.assertEqual(what, self.undisturbed.get(name), name)
        self.assertEqual(self.fetch(PATHS).exit, 0)
        self.assertEqual(self.stored(), self.undisturbed)

    def test_whatever_is_refused_nothing_partial_gets_a_name_and_the_next_run_converges(self):
        for fault, calls in ANYWHERE.items():
            if IS_SANITIZED and fault.startswith("mmap"):
                continue  # it does not live without its own memory
            # Refused its first piece of memory, the dynamic loader itself crashes.
            for n in range(2 if fault.startswith("mmap") else 1, calls + 1):
                with self.subTest(fault, n=n):
                    self.another_out()
                    self.check(f"{fault}:when={n}")

    def test_row_89_calls_that_are_cut_short_or_interrupted_lose_nothing(self):
        self.another_out()
        grudging = {"env": self.preloaded("grudging_files")}
        run = self.fetch(PATHS, "--json", **grudging)
        self.assertEqual((run.exit, self.stored()), (0, self.undisturbed), run.stderr)
        self.assertEqual(sorted(run.stdout.splitlines()), sorted(run.log.splitlines()))
        again = self.fetch(PATHS, "--json", **grudging)
        self.assertEqual({r["status"] for r in records_of(again.stdout)}, {"skipped"})
        self.another_out()
        run = self.finish(self.start("-", stdin=PIPE, **grudging), self.text_of(PATHS))
        self.assertEqual((run.exit, self.stored()), (0, self.undisturbed), run.stderr)

    def test_row_90_few_descriptors_mean_fewer_requests_and_no_failure(self):
        paths = [f"/ok/{n}.bin" for n in range(300)]
        of_sanitizer = 2 if IS_SANITIZED else 0  # a pipe, through which it looks at memory
        for limit in 16 + of_sanitizer, 32, 64:
            with self.subTest(limit):
                self.another_out()
                few = ["sh", "-c", f'ulimit -n {limit}; exec "$0" "$@"']
                run = self.fetch(paths, "-c", "100", "--retry", "0", under=few)
                self.assertEqual((run.exit, len(self.stored())), (0, 300))

    def test_row_90_descriptors_that_are_lacking_for_a_while_fail_no_url(self):
        for call, *path in ["socket"], ["openat", ".c.bin.part"]:
            for when in "1", "2", "1..3":
                with self.subTest(call, when=when):
                    self.another_out()
                    fault = with_faults(f"{call}:error=EMFILE:when={when}", *path)
                    self.origin.requests.clear()
                    run = self.fetch(PATHS, "--retry", "0", **fault)
                    self.assertEqual(run.exit, 0, run.log)
                    self.assertEqual({record["attempts"] for record in run.records}, {1})
                    self.assertEqual(self.stored(), self.undisturbed)
                    if when == "1..3":
                        asked = 8 if call == "openat" else 5
                        self.assertEqual(len(self.origin.requests), asked)

    def test_row_90_descriptors_that_others_have_are_a_failure_of_this_machine(self):
        self.another_out()
        run = self.fetch(PATHS[:1], **with_faults("socket:error=EMFILE"))
        self.assertEqual((run.exit, run.outcomes), (3, {1: "disk"}))
        self.assertIn("Too many open files", run.record(1)["error"])

    def test_row_91_where_no_thread_can_be_started_it_says_so(self):
        self.another_out()
        run = self.fetch(PATHS, **with_faults("clone3:error=EAGAIN"))
        self.assertEqual(run.exit, 3)
        self.assertIn(b"Resource temporarily unavailable", run.stderr)

    def test_rows_87_and_88_a_write_that_fails_costs_the_file_that_it_was_for(self):
        files = [LOG, ".c.bin.part"]
        for fault, calls in ON_FILES.items():
            for n in range(1, calls + 1):
                with self.subTest(fault, n=n):
                    self.another_out()
                    self.check(f"{fault}:when={n}", *files)


if __name__ == "__main__":
    unittest.main()
