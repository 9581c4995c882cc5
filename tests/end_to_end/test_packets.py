"""Packets: a stream in which many users' messages are mixed becomes one file per user."""

import os
import random
import re
import sys
import unittest
from collections import defaultdict
from pathlib import Path
from subprocess import PIPE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import peak_memory, tree
from packets import MIB, WITH_64_DESCRIPTORS, Model, Packets, counts, random_chunks, random_stream
from patience import PATIENCE


class Simulation(Packets):
    def test_the_demonstration_leaves_every_message_of_ten_users_in_order(self):
        source = self.start_bare("packets", "--simulate", "--seed", "7")
        run = self.finish(self.start(stdin=source.stdout))
        self.assertEqual(source.wait(PATIENCE), 0)
        stream = self.simulate("--seed", "7")
        self.assert_sorted(run, Model(stream))
        self.assertEqual(sorted(self.stored()), sorted(f"user-{n}.txt" for n in range(1, 11)))
        for n in range(1, 11):
            lines = re.findall(rb"(?m)^user-%d (.*\n)" % n, stream)
            self.assertIn(len(lines), range(10, 21))
            self.assertEqual(self.text_of_user(f"user-{n}"), b"".join(lines))
        self.assertEqual(counts(run)["not authorised"], len(re.findall(rb"(?m)^stranger", stream)))

    def test_the_same_seed_gives_the_same_stream(self):
        self.assertEqual(self.simulate("--seed", "7"), self.simulate("--seed", "7"))
        self.assertNotEqual(self.simulate("--seed", "7"), self.simulate("--seed", "8"))

    def test_without_a_seed_every_run_differs(self):
        self.assertNotEqual(self.simulate(), self.simulate())

    def test_users_come_send_and_go_and_strangers_only_send(self):
        rows = [
            (["--messages", "15"], 10, 2, 15),
            (["--users", "3", "--strangers", "1", "--messages", "5"], 3, 1, 5),
            (["--users", "0", "--messages", "1"], 0, 2, 1),
            (["--strangers", "0", "--messages", "0"], 10, 0, 0),
            (["--users", "0", "--strangers", "0"], 0, 0, 0),
        ]
        for options, users, strangers, messages in rows:
            with self.subTest(options):
                senders = defaultdict(list)
                for line in self.simulate(*options, "--seed", "1").decode().splitlines():
                    first, second = line.split()[:2]
                    is_command = first in ("auth", "disconnect")
                    senders[second if is_command else first].append(first if is_command else "")
                sent = [""] * messages
                expected = [["auth", *sent, "disconnect"]] * users + [sent] * strangers
                self.assertCountEqual(senders.values(), expected)

    def test_senders_are_mixed(self):
        stream = self.simulate("--seed", "1").decode()
        senders = [line.removeprefix("auth ").split()[0] for line in stream.splitlines()]
        changes = sum(one != other for one, other in zip(senders, senders[1:]))
        self.assertGreater(changes, len(senders) / 2)

    def test_a_stream_that_cannot_be_written_is_a_failure_of_the_machine(self):
        reader, writer = os.pipe()
        os.close(reader)
        for stdout in open("/dev/full", "wb"), open(writer, "wb"):
            with self.subTest(stdout.name), stdout:
                endless = ["--simulate", "--messages", "1000000000000"]
                process = self.start_bare("packets", *endless, stdout=stdout)
                self.assertEqual(super().finish(process).exit, 3)


class Lines(Packets):
    def test_what_a_packet_is(self):
        rows = {
            b"": {},
            b"auth a": {"a": b""},
            b"auth a\n\n\n": {"a": b""},
            b"auth a\na 1\nb 1\na 2\n": {"a": b"1\n2\n"},
            b"auth a\r\na 1\r\na 2\r\r\n": {"a": b"1\n2\r\n"},
            b"auth a\na 1\naut": {"a": b"1\n"},
            b"auth a\na 1\nauth b": {"a": b"1\n", "b": b""},
            b"auth a\na last": {"a": b"last\n"},
            b"auth a\nauth A\na 1\nA 2\n": {"a": b"1\n", "A": b"2\n"},
            b"auth auth\nauth disconnect\nauth message\n": {"message": b""},
            b"auth a b\na b\nAuth b\nb c\n": {},
            b" auth a\n auth\nauth  b\n": {},
            b"auth a\na 1\ndisconnect a\na 2\n": {"a": b"1\n"},
            b"auth a\na 1\ndisconnect a b\na 2\n": {"a": b"1\n2\n"},
        }
        for stream, files in rows.items():
            with self.subTest(stream):
                self.another_out()
                self.assert_sorted(self.sort(stream), Model(stream))
                self.assert_files({f"{user}.txt": text for user, text in files.items()})

    def test_a_message_is_written_byte_for_byte(self):
        messages = [
            b"",
            b" ",
            b"  both ends  ",
            b"\t",
            b"tabs\tin\tit\t",
            b"auth x",
            b"disconnect a",
            b"a a",
            b"nul \0 in it",
            b"\0",
            b"\xff\xfe no \x80 utf-8 \xc3",
            b"\x1b[31m\x07\x7f\xc2\x9b",
            b"cr \r in it",
            "Grüße, 你好".encode(),
            b"\xef\xbb\xbf",
            b"x" * 65000,
        ]
        stream = b"auth a\n" + b"".join(b"a %s\n" % message for message in messages)
        self.assertEqual(self.sort(stream).exit, 0)
        self.assertEqual(self.text_of_user("a"), b"".join(b"%s\n" % text for text in messages))

    def test_a_line_that_is_only_an_id_is_an_empty_message(self):
        self.sort(b"auth a\na\na \na\r\na")
        self.assertEqual(self.text_of_user("a"), b"\n" * 4)

    def test_a_line_may_be_64_kib_long(self):
        lines = [b"a " + b"x" * (size - 2) for size in (65536, 65537, 200_000)]
        run = self.sort(b"auth a\n" + b"\n".join(lines) + b"\na end\n")
        self.assertEqual(counts(run)["too long"], 2)
        self.assert_files({"a.txt": lines[0][2:] + b"\nend\n"})

    def test_a_gigabyte_without_a_newline_is_dropped_and_takes_no_memory(self):
        process = self.start(stdin=PIPE)
        process.stdin.write(b"auth a\na before\n")
        self.wait_for_text("a", b"before\n")
        before = peak_memory(process)
        process.stdin.write(b"a ")
        for _ in range(1024):
            process.stdin.write(b"x" * MIB)
        process.stdin.write(b"\na after\n")
        self.wait_for_text("a", b"before\nafter\n")
        self.assertLess(peak_memory(process) - before, 64 * MIB)
        self.assertEqual(counts(self.finish(process))["too long"], 1)

    def test_random_streams_in_random_chunks_leave_what_the_model_leaves(self):
        for seed in range(200):
            with self.subTest(seed):
                self.another_out()
                chance = random.Random(seed)
                stream = random_stream(chance)
                run = self.sort_chunks(random_chunks(chance, stream))
                self.assert_sorted(run, Model(stream))

    def test_a_stream_comes_from_a_file_or_a_pipe_in_chunks_of_any_size(self):
        stream = random_stream(random.Random(1), 200)
        path = self.list_of(stream, "packets.txt")
        file = self.enterContext(path.open("rb"))
        runs = {
            "a file": lambda: self.finish(self.start(path)),
            "a file as stdin": lambda: self.sort(None, "-", stdin=file),
            "bytes": lambda: self.sort_chunks(bytes([byte]) for byte in stream),
            "blocks": lambda: self.sort_chunks([stream]),
            "a pipe": lambda: self.sort(stream),
        }
        for name, sort in runs.items():
            with self.subTest(name):
                self.another_out()
                self.assert_sorted(sort(), Model(stream))


class Users(Packets):
    def test_what_nobody_is_authorised_for_is_dropped_and_counted(self):
        rows = [
            (b"a 1\n", {}, {"not authorised": 1}),
            (b"auth a\ndisconnect a\na 1\n", {"a": b""}, {"not authorised": 1}),
            (b"disconnect a\n", {}, {"not connected": 1}),
            (b"auth a\ndisconnect a\ndisconnect a\n", {"a": b""}, {"not connected": 1}),
            (b"auth a\na 1\nauth a\na 2\n", {"a": b"1\n2\n"}, {"already active": 1}),
            (b"auth a\na 1\nb 1\nb 2\n", {"a": b"1\n"}, {"not authorised": 2}),
        ]
        for stream, files, drops in rows:
            with self.subTest(stream):
                self.another_out()
                run = self.sort(stream)
                self.assert_files({f"{user}.txt": text for user, text in files.items()})
                expected = drops | {"packets dropped": sum(drops.values())}
                self.assertEqual(run.exit, 0)
                self.assertLessEqual(expected.items(), counts(run).items())

    def test_who_comes_back_goes_on_where_he_ended(self):
        self.sort(b"auth a\na 1\ndisconnect a\na lost\nauth a\na 2\ndisconnect a\nauth a\na 3\n")
        self.assert_files({"a.txt": b"1\n2\n3\n"})

    def test_a_file_that_exists_is_appended_to(self):
        self.sort(b"auth a\na 1\n")
        self.sort(b"auth a\na 2\nauth b\n")
        self.assert_files({"a.txt": b"1\n2\n", "b.txt": b""})

    def test_an_id_that_is_none_makes_no_file_and_is_counted(self):
        ids = [
            "../x",
            "../../x",
            "/etc/x",
            str(self.home / "x"),
            "a/b",
            "a\\b",
            ".",
            "..",
            ".hidden",
            "",
            " ",
            "   ",
            "a ",
            "auth",
            "disconnect",
            "a.b",
            "a*",
            "é",
            "e\u0301",
            "a\u202eb",
            "a\tb",
            "\ta",
            "a\0",
            "\0",
            "a\x1b[31m",
            "a\x07\x7f\x9b",
            "\ufeffa",
            "x" * 65,
            "x" * 252,
            "x" * 256,
            "x" * 300,
        ]
        names = [*map(str.encode, ids), b"\xff\xfe"]
        stream = b"".join(b"auth %s\n%s one two\ndisconnect %s\n" % ((name,) * 3) for name in names)
        run = self.sort(stream + b"auth good\ngood 1\n")
        self.assertGreater(counts(run)["bad ID"], 2 * len(names))
        self.assert_sorted(run, Model(stream + b"auth good\ngood 1\n"))
        self.assertEqual(sorted(tree(self.home)), ["out", "out/good.txt"])

    def test_an_id_may_have_64_characters(self):
        ids = ["x", "-", "_", "--help", "0", "aZ-09_", "x" * 64, "Auth", "DISCONNECT"]
        self.sort("".join(f"auth {user}\n{user} hello\n" for user in ids).encode())
        self.assert_files({f"{user}.txt": b"hello\n" for user in ids})

    def test_more_users_than_descriptors_are_normal(self):
        users = [f"user-{n}" for n in range(20_000)]
        random.Random(1).shuffle(users)
        packets = [f"auth {user}\n" for user in users]
        for n in 1, 2:
            packets += [f"{user} message {n}\n" for user in users]
        run = self.sort("".join(packets).encode(), under=WITH_64_DESCRIPTORS)
        self.assertEqual(run.exit, 0, run.stderr)
        self.assert_files({f"{user}.txt": b"message 1\nmessage 2\n" for user in users})

    def test_a_user_who_comes_and_goes_a_million_times_leaves_nothing_behind(self):
        def descriptors():
            return len(os.listdir(f"/proc/{process.pid}/fd"))

        process = self.start(stdin=PIPE)
        process.stdin.write(b"auth a\na 1\n")
        self.wait_for_text("a", b"1\n")
        before, open_then = peak_memory(process), descriptors()
        for _ in range(1000):
            process.stdin.write(b"disconnect a\nauth a\n" * 1000)
        process.stdin.write(b"a 2\n")
        self.wait_for_text("a", b"1\n2\n")
        self.assertLess(peak_memory(process) - before, 64 * MIB)
        self.assertEqual(descriptors(), open_then)
        self.assertEqual(self.finish(process).exit, 0)


if __name__ == "__main__":
    unittest.main()
