"""Statistics: numbers go in, and questions between them are answered at once."""

import json
import math
import os
import pty
import random
import re
import signal
import statistics
import struct
import sys
import unittest
from pathlib import Path
from subprocess import PIPE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import LOG, REPOSITORY, WITHOUT_STDIN, EndToEnd, bytes_read, peak_memory, tree
from patience import PATIENCE

MIB = 2**20
WORDS = "mean variance count stddev pvariance min max sum median p90 p99".split()
LARGEST = sys.float_info.max


def answers(text):
    """Word -> answer of the last eleven lines, which must be those of `all`."""
    pairs = [line.split(" ") for line in text.decode().splitlines()[-len(WORDS) :]]
    assert [word for word, _ in pairs] == WORDS, text
    return dict(pairs)


def right_digits(told, certified):
    """How many decimal digits are right: NIST's log relative error."""
    return -math.log10(abs(told - certified) / abs(certified)) if told != certified else math.inf


class Stats(EndToEnd):
    def start(self, *arguments, **settings):
        """Start one that listens to numbers and questions."""
        return self.start_bare("stats", *arguments, **settings)

    def tell(self, text, *options, **settings):
        """Send a text (or numbers) through a pipe, and close it."""
        if not isinstance(text, (str, bytes)):
            text = " ".join(map(repr, text))
        data = text.encode() if isinstance(text, str) else text
        return self.finish(self.start(*options, stdin=PIPE, **settings), data)

    def answers(self, text, *options):
        """What is answered at the end of a text (or numbers) that has no fault."""
        run = self.tell(text, *options)
        self.assertEqual((run.exit, run.stderr), (0, b""))
        return answers(run.stdout)

    def numbers(self, text, *options):
        """The same as numbers, of what is defined."""
        told = self.answers(text, *options)
        return {word: float(value) for word, value in told.items() if value != "undefined"}

    def assert_rejected(self, run, lines):
        """Require that these lines, and no others, were rejected."""
        told = [int(n) for n in re.findall(rb"(?m)^fetcher: line (\d+): ", run.stderr)]
        self.assertEqual((run.exit, told), (1, lines), run.stderr)


class Questions(Stats):
    def test_a_question_is_answered_at_once_while_the_pipe_stays_open(self):
        process = self.start(stdin=PIPE)
        rows = [
            ("mean\n", "mean undefined"),
            ("1 2 3 mean ", "mean 2"),
            ("variance\t", "variance 1"),
            ("4\ncount\r\n", "count 4"),
            ("0.", None),
            ("5 min ", "min 0.5"),
            ("med", None),
            ("ian\n", "median 2"),
            ("p99\v", "p99 4"),
            ("p90\f", "p90 4"),
            ("sum ", "sum 10.5"),
            ("max ", "max 4"),
        ]
        for text, answer in rows:
            process.stdin.write(text.encode())
            if answer:
                self.assertEqual(self.next_line(process.stdout).decode(), f"{answer}\n")
        process.stdin.write(b"all\n")
        lines = [self.next_line(process.stdout) for _ in WORDS]
        self.assertEqual(answers(b"".join(lines))["sum"], "10.5")
        run = self.finish(process)
        self.assertEqual((run.exit, run.stdout), (0, b"".join(lines)))

    def test_a_word_needs_no_white_space_at_the_end_of_the_stream(self):
        self.assertEqual(self.tell("1 2 mean").stdout.split(b"\n")[0], b"mean 1.5")
        self.assertEqual(self.answers("1 2 30")["count"], "3")

    def test_the_end_answers_all_eleven_in_order(self):
        expected = "2.5 1.6666666666666667 4 1.2909944487358056 1.25 1 4 10 2.5 4 4".split()
        self.assertEqual(self.answers("1 2\n3\t4"), dict(zip(WORDS, expected)))

    def test_usr1_answers_all_on_stderr_and_goes_on(self):
        process = self.start(stdin=PIPE)
        process.stdin.write(b"1 2 count ")
        self.next_line(process.stdout)
        for _ in range(2):
            process.send_signal(signal.SIGUSR1)
            lines = [self.next_line(process.stderr) for _ in WORDS]
            self.assertEqual(answers(b"".join(lines))["mean"], "1.5")
        run = self.finish(process, b"3 ")
        self.assertEqual((run.exit, run.stderr, answers(run.stdout)["mean"]), (0, b"", "2"))

    def test_a_signal_is_answered_before_it_dies_of_it(self):
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(number.name):
                process = self.start(stdin=PIPE)
                process.stdin.write(b"1 2 count 3 mean ")
                self.next_line(process.stdout)
                self.next_line(process.stdout)
                process.send_signal(number)
                self.assertEqual(process.wait(PATIENCE), -number)  # its stdin is still open
                self.assertEqual(answers(self.finish(process).stdout)["sum"], "6")

    def test_a_signal_ends_it_also_while_it_reads_a_file(self):
        process = self.start("/dev/zero")
        self.wait_until(lambda: bytes_read(process) > MIB, "the fetcher to read")
        process.terminate()
        self.wait_until(lambda: process.poll() is not None, "its end", 5)
        run = self.finish(process)
        self.assertEqual((run.exit, answers(run.stdout)["count"]), (-signal.SIGTERM, "0"))

    def test_what_is_not_defined_is_called_so(self):
        nothing = dict.fromkeys(WORDS, "undefined") | {"count": "0", "sum": "0"}
        one = dict.fromkeys(WORDS, "7.5") | {"count": "1", "pvariance": "0"}
        one |= {"variance": "undefined", "stddev": "undefined"}
        for text, expected in ("", nothing), (" \n\t\r\n", nothing), ("7.5", one):
            with self.subTest(text):
                self.assertEqual(self.answers(text), expected)

    def test_numbers_come_from_a_file_or_stdin(self):
        path = self.list_of(b"1 2 3\n", "numbers.txt")
        file = self.enterContext(path.open("rb"))
        for arguments, settings in ([path], {}), (["-"], {"stdin": file}):
            run = self.finish(self.start(*arguments, **settings))
            self.assertEqual((run.exit, answers(run.stdout)["mean"]), (0, "2"))


class Tokens(Stats):
    def test_decimals_are_read_as_the_nearest_double(self):
        tokens = """
            0 -0 +5 .5 5. -.5 +.5e1 00012 1e5 1E5 1e+5 1.e5 .5e-3 0.1 -1e-5 1e-400 -1e-400 0e999
            4.9e-324 2.2250738585072014e-308 1.7976931348623157e308 1e308 9007199254740993
            123456789012345678901234567890 0.30000000000000004 8.5 3.14159265358979323846 1e22 1e23
        """.split()
        tokens += ["9" * 300, "0." + "0" * 400 + "1", "1" + "0" * 400 + "e-400", "0" * 400 + "7"]
        for token in tokens:
            with self.subTest(token):
                told = self.numbers(token)
                expected = float(token)
                self.assertEqual((told["count"], told["min"], told["sum"]), (1, expected, expected))

    def test_everything_else_is_rejected_by_its_line(self):
        tokens = """
            nan NaN -nan nan(1) inf -inf Infinity infinity 0x10 0x1p3 1_000 1,5 1'000 1e 1e+ 1e400
            -1e400 --1 +-1 -+1 ++1 + - . -. e5 .e5 1.2.3 1e5.5 1e5e5 5x x5 1f 1d 1/2 50% 1;2 ١٢ １
            ½ −1 1\u00a02 Mean MEAN means mea all! "1" 1\0 \0 1\x1b[31m \x07 \x7f \u009b \ufeff1
        """.split(" ")
        tokens = [token for token in map(str.strip, tokens) if token]
        tokens += ["9" * 400, "1" + "0" * 309, "\u202e1"]
        run = self.tell("1\n" + "".join(f"{token}\n" for token in tokens) + "3\n")
        self.assert_rejected(run, [*range(2, len(tokens) + 2)])
        self.assertEqual((answers(run.stdout)["count"], answers(run.stdout)["mean"]), ("2", "2"))

    def test_bytes_that_are_no_utf_8_are_rejected_by_their_line(self):
        run = self.tell(b"1\n\xff\n\xc3\n3\n")
        self.assert_rejected(run, [2, 3])

    def test_each_bad_word_of_a_line_is_told_with_its_line(self):
        run = self.tell("1 x 2 y\r\n\n \n3 nan\n\n4 z")
        self.assert_rejected(run, [1, 1, 4, 6])
        for word in b"x", b"y", b"nan", b"z":
            self.assertRegex(run.stderr, rb"line \d: .*\b%s\b" % word)
        self.assertTrue(run.stderr.endswith(b"\nfetcher: 4 words rejected\n"), run.stderr)
        self.assertEqual(answers(run.stdout)["sum"], "10")

    def test_a_byte_order_mark_and_crlf_are_forgiven(self):
        rows = [("\ufeff1 2\r\n3\r\n", "3"), ("\ufeff", "0"), ("\ufeff\r\n1", "1"), ("1\r2\r", "2")]
        for text, count in rows:
            with self.subTest(text):
                self.assertEqual(self.answers(text)["count"], count)

    def test_a_literal_may_have_a_megabyte(self):
        million = 1_000_000
        rows = [
            ("0" * million + "5", 5.0),
            ("0." + "3" * million, 1 / 3),
            ("0." + "0" * million + "1", 0.0),
            ("1" + "0" * million + "e-1000000", 1.0),
            ("0." + "0" * million + "1e1000001", 1.0),
        ]
        for literal, expected in rows:
            with self.subTest(literal[:3] + "..." + literal[-10:]):
                self.assertEqual(self.numbers(f"{literal} ")["sum"], expected)

    def test_a_megabyte_that_is_no_number_is_told_in_a_short_line(self):
        for literal in "9" * MIB, "x" * MIB, "1e" + "9" * MIB, "9" * 10 * MIB, "\0" * MIB:
            with self.subTest(literal[:3]):
                run = self.tell(f"1 {literal} 2")
                self.assert_rejected(run, [1])
                self.assertLess(len(run.stderr), 1000)
                self.assertEqual(answers(run.stdout)["sum"], "3")

    def test_a_word_without_an_end_takes_no_memory(self):
        process = self.start(stdin=PIPE)
        process.stdin.write(b"1 count ")
        self.next_line(process.stdout)
        before = peak_memory(process)
        for _ in range(256):
            process.stdin.write(b"9" * MIB)
        process.stdin.write(b" count ")
        self.assertEqual(self.next_line(process.stdout), b"count 1\n")
        self.assertLess(peak_memory(process) - before, 64 * MIB)
        self.assert_rejected(self.finish(process), [1])


def samples(count=5001):
    """Name -> numbers, of several distributions."""
    distributions = {
        "uniform": lambda chance: chance.uniform(-1000, 1000),
        "normal": lambda chance: chance.gauss(-5, 3),
        "lognormal": lambda chance: chance.lognormvariate(0, 2),
        "a heavy tail": lambda chance: -chance.paretovariate(0.8),
        "with duplicates": lambda chance: float(chance.randrange(-300, 300)),
        "of all sizes": lambda chance: math.ldexp(chance.uniform(-1, 1), chance.randint(-400, 400)),
    }
    for name, draw in distributions.items():
        chance = random.Random(name)
        yield name, [draw(chance) for _ in range(count)]


class Values(Stats):
    def assert_close(self, told, expected, tolerance):
        """Require values that are right but for this part of their size."""
        for word, value in expected.items():
            close = math.isclose(told[word], value, rel_tol=tolerance)
            self.assertTrue(close, (word, told[word], value))

    def test_moments_agree_with_those_of_python(self):
        for name, sample in samples():
            with self.subTest(name):
                expected = {
                    "count": len(sample),
                    "mean": statistics.mean(sample),
                    "variance": statistics.variance(sample),
                    "stddev": statistics.stdev(sample),
                    "pvariance": statistics.pvariance(sample),
                    "sum": math.fsum(sample),
                }
                told = self.numbers(sample)
                self.assert_close(told, expected, 1e-12)
                self.assertEqual((told["min"], told["max"]), (min(sample), max(sample)))

    def test_quantiles_are_within_one_percent_of_the_sorted_numbers(self):
        for name, sample in samples():
            with self.subTest(name):
                ranked = sorted(sample)
                expected = {
                    "median": statistics.median(sample),
                    "p90": ranked[math.ceil(0.9 * len(ranked)) - 1],
                    "p99": ranked[math.ceil(0.99 * len(ranked)) - 1],
                }
                self.assert_close(self.numbers(sample), expected, 0.01)

    def test_the_median_of_an_even_count_lies_between_the_two_in_the_middle(self):
        rows = ["4 1 3 2", "5 5 5 5", "1 2", "-1 -2 -3 -4", "0 -0.0", "-7 7", "1 1 2 2 3 3"]
        for row in rows:
            with self.subTest(row):
                expected = statistics.median(map(float, row.split()))
                self.assertEqual(self.numbers(row)["median"], expected)

    def test_a_median_around_zero_is_within_one_percent_of_the_two_in_the_middle(self):
        chance = random.Random(1)
        for _ in range(20):
            low, high = -chance.uniform(1, 1000), chance.uniform(1, 1000)
            told = self.numbers([low - 1e6, low, high, high + 1e6])["median"]
            error = abs(told - statistics.mean([low, high]))
            self.assertLess(error, 0.01 * (high - low) / 2, (low, high, told))

    def test_the_order_of_the_numbers_does_not_matter(self):
        for name, sample in samples(2000):
            with self.subTest(name):
                told = self.numbers(sample)
                for order in sorted(sample), sorted(sample, reverse=True):
                    self.assert_close(self.numbers(order), told, 1e-12)

    def test_equal_numbers_are_their_own_mean_and_do_not_deviate(self):
        for number in 0.1, -1e300, 5e-324, 1 / 3:
            with self.subTest(number):
                told = self.numbers([number] * 1000)
                self.assertEqual((told["variance"], told["stddev"], told["pvariance"]), (0, 0, 0))
                for word in "mean", "min", "max", "median", "p90", "p99":
                    self.assertEqual(told[word], number)

    def test_a_large_offset_does_not_spoil_the_variance(self):
        for offset in 0, 1e6, 1e9, 1e12:
            told = self.numbers([offset + n for n in (4, 7, 13, 16)])
            self.assertEqual((told["variance"], told["pvariance"]), (30, 22.5), offset)
        far = self.numbers([1e15 + n for n in (4, 7, 13, 16)])
        self.assertAlmostEqual(far["variance"], 30, delta=0.1)

    def test_the_largest_doubles_have_a_finite_mean(self):
        rows = [([LARGEST, -LARGEST] * 500, 0), ([LARGEST] * 1000, LARGEST)]
        rows += [([LARGEST, -LARGEST, LARGEST], LARGEST / 3), ([-LARGEST] * 3, -LARGEST)]
        for sample, mean in rows:
            told = self.answers(sample)
            self.assertTrue(math.isclose(float(told["mean"]), mean, rel_tol=1e-12), told)
            self.assertNotIn("nan", " ".join(told.values()))

    def test_what_cancels_does_not_spoil_the_sum(self):
        for sample in [0.1] * 1000 + [1e16, -1e16], [1e100, 1.0, -1e100], [1.0, 1e16] + [1.0] * 99:
            self.assertTrue(math.isclose(self.numbers(sample)["sum"], math.fsum(sample)))

    def test_an_answer_is_the_shortest_text_that_reads_back(self):
        chance = random.Random(1)
        doubles = struct.unpack("2000d", chance.randbytes(16000))
        doubles = [double for double in doubles if math.isfinite(double)]
        doubles += [chance.uniform(-1000, 1000) for _ in range(1000)]
        doubles += [math.ldexp(1, n) for n in range(-1074, 1024)]
        doubles += [float(n) for n in range(-100, 100)] + [n / 100 for n in range(1, 100)]
        doubles = sorted({*doubles} - {0})
        run = self.tell("".join(f"{double!r} max\n" for double in doubles))
        told = [line.split()[1] for line in run.stdout.decode().splitlines()[: len(doubles)]]
        self.assertEqual([*map(float, told)], doubles)
        for text, double in zip(told, doubles):
            shortest = repr(double).removesuffix(".0")
            self.assertLessEqual(len(text), len(shortest))


class Nist(Stats):
    """Certified mean and deviation of the univariate sets, and how many digits of the deviation
    doubles allow; 14 of the mean are asked for always.
    """

    SETS = {
        "pidigits": (5000, 4.53480000000000, 2.86733906028871, 14),
        "lottery": (218, 518.958715596330, 291.699727470969, 14),
        "lew": (200, -177.435000000000, 277.332168044316, 14),
        "mavro": (50, 2.00185600000000, 0.000429123454003053, 12),
        "michelson": (100, 299.852400000000, 0.0790105478190518, 12),
        "numacc1": (3, 10000002, 1, math.inf),
        "numacc2": (1001, 1.2, 0.1, 14),
        "numacc3": (1001, 1000000.2, 0.1, 9.4),
        "numacc4": (1001, 10000000.2, 0.1, 8.2),
    }

    def test_certified_values_are_met(self):
        for name, (count, mean, deviation, digits) in self.SETS.items():
            with self.subTest(name):
                run = self.finish(self.start(REPOSITORY / f"tests/data/nist/{name}.txt"))
                told = answers(run.stdout)
                self.assertEqual((run.exit, told["count"]), (0, str(count)))
                self.assertGreaterEqual(right_digits(float(told["mean"]), mean), 14)
                self.assertGreaterEqual(right_digits(float(told["stddev"]), deviation), digits)


class Fields(Stats):
    def test_a_field_is_found_in_nested_objects(self):
        rows = [
            ("total", '{"total": 1.5}\n{"other": 0, "total": -2}'),
            ("seconds.total", '{"seconds": {"total": 1.5}}\n{"seconds": {"a": 9, "total": -2}}'),
            ("a.b.c.d", '{"a": {"b": {"c": {"d": 1.5}}}}\n{"a": {"b": {"c": {"d": -2}}}}'),
            ("größe", '{"größe": 1.5}\n{"gr\\u00f6\\u00dfe": -2}'),
            ("total", '\ufeff{"total": 1.5}\r\n\r\n \n\t{"total":-2e0} \r\n'),
        ]
        for field, text in rows:
            with self.subTest(field):
                told = self.answers(text, "--field", field)
                self.assertEqual((told["count"], told["sum"]), ("2", "-0.5"))

    def test_numbers_in_json_are_the_nearest_double(self):
        for number in "0.1", "9007199254740993", "18446744073709551616", "-1e-400", "4.9e-324":
            with self.subTest(number):
                told = self.numbers('{"a": %s}' % number, "--field", "a")
                self.assertEqual(told["sum"], float(number))

    def test_a_line_without_the_field_is_skipped_and_counted(self):
        lines = [{}, {"b": 1}, {"a": None}, {"a": {}}, {"a": {"b": None}}, {"a": {"c": 5}}]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        run = self.tell(text + '{"a": {"b": 2}}', "--field", "a.b")
        self.assertEqual((run.exit, answers(run.stdout)["count"]), (0, "1"))
        self.assertRegex(run.stderr, rb"\A[^\n]*\b6\b[^\n]*\n\Z")

    def test_a_field_that_is_no_number_and_a_line_that_is_no_json_are_rejected(self):
        bad = [
            '{"a": "5"}',
            '{"a": true}',
            '{"a": []}',
            '{"a": {}}',
            '{"a": 1e400}',
            '{"a": NaN}',
            '{"a": 0x10}',
            '{"a": 1,}',
            '{"a": 1',
            '{"a": 1} {"a": 2}',
            "{'a': 1}",
            "nonsense",
            "mean",
            '{"a": 1}\0',
            '{"a": "\x1b[31m", "a": 1}',
            "[" * 100_000,
            '{"a":' * 100_000,
            "x" * 17 * MIB,
        ]
        text = "".join(f"{line}\n" for line in ['{"a": 1}', *bad, '{"a": 3}'])
        run = self.tell(text.encode() + b'{"a": "\xff"}\n', "--field", "a")
        self.assert_rejected(run, [*range(2, len(bad) + 2), len(bad) + 3])
        self.assertIn(b"0 lines without a, %d rejected\n" % (len(bad) + 1), run.stderr)
        self.assertEqual((answers(run.stdout)["count"], answers(run.stdout)["mean"]), ("2", "2"))
        self.assertLess(len(run.stderr), 10_000)

    def test_deep_and_long_lines_do_no_harm(self):
        deep = '{"deep": %s1%s, "a": 1}' % ("[" * 200_000, "]" * 200_000)
        long = '{"long": "%s", "a": 2}' % ("x" * 10 * MIB)
        self.assertEqual(self.answers(f"{deep}\n{long}", "--field", "a")["sum"], "3")

    def test_signals_are_answered_here_too(self):
        process = self.start("--field", "a", stdin=PIPE)
        process.stdin.write(b'{"a": 1}\n{"a": 2}\n')
        self.wait_until_read(process)
        process.send_signal(signal.SIGUSR1)
        lines = [self.next_line(process.stderr) for _ in WORDS]
        self.assertEqual(answers(b"".join(lines))["mean"], "1.5")
        process.terminate()
        self.assertEqual(process.wait(PATIENCE), -signal.SIGTERM)
        self.assertEqual(answers(self.finish(process).stdout)["mean"], "1.5")

    def test_the_log_of_a_fetch_agrees_with_its_summary(self):
        paths = [f"/ok/{1000 * n}/{n}.bin" for n in range(1, 51)]
        fetch = self.finish(self.start_bare(self.list_of(paths), "-o", self.out))
        self.assertEqual(fetch.exit, 0)
        (line,) = re.findall(r"(?m)^time per file: (.*)$", fetch.stderr.decode())
        shown = {name: in_seconds(value, unit) for name, value, unit in SPREAD.findall(line)}
        run = self.finish(self.start("--field", "seconds.total", self.out / LOG))
        told = answers(run.stdout)
        self.assertEqual((run.exit, told["count"]), (0, "50"))
        for name, word in zip(["mean", "deviation", "p50", "p90", "p99"], SUMMARISED):
            close = math.isclose(shown[name], float(told[word]), rel_tol=0.0051)  # three digits
            self.assertTrue(close, (name, line, told))


SUMMARISED = ["mean", "stddev", "median", "p90", "p99"]
SPREAD = re.compile(r"(\w+) ([\d.]+) (us|ms|s)\b")


def in_seconds(value, unit):
    return float(value) * {"us": 1e-6, "ms": 1e-3, "s": 1}[unit]


class Streams(Stats):
    def test_a_stdout_that_cannot_be_written_is_a_failure_of_the_machine(self):
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.tell("1 2 3", stdout=full).exit, 3)
        closed = ["sh", "-c", 'exec "$0" "$@" >&-']
        self.assertEqual(self.tell("1 2 3", under=closed).exit, 3)

    def test_it_ends_when_nobody_reads_the_answers_any_more(self):
        process = self.start(stdin=PIPE)
        process.stdin.write(b"1 mean ")
        self.next_line(process.stdout)
        process.stdout.close()
        process.stdin.write(b"2 mean ")
        self.assertEqual(process.wait(PATIENCE), 3)  # although its stdin is still open

    def test_input_that_cannot_be_read_is_a_usage_error(self):
        controller, terminal = pty.openpty()
        self.addCleanup(os.close, controller)
        self.addCleanup(os.close, terminal)
        directory = os.open(self.home, os.O_RDONLY)
        self.addCleanup(os.close, directory)
        rows = {
            "a closed stdin": ([], {"under": WITHOUT_STDIN}),
            "a terminal": ([], {"stdin": terminal}),
            "a directory as stdin": ([], {"stdin": directory}),
            "a file that is missing": ([self.home / "missing.txt"], {}),
            "a hostile name": ([self.home / "no\x1b[31m\nsuch\u009b"], {}),
            "a directory": ([self.home], {}),
            "an option that does not exist": (["--nonsense"], {}),
            "a field without a name": (["--field"], {}),
        }
        for name, (arguments, settings) in rows.items():
            with self.subTest(name):
                run = self.finish(self.start(*arguments, **settings))
                self.assertEqual((run.exit, run.stdout), (2, b""))
                self.assertTrue(run.stderr)
                self.assertEqual(tree(self.home), {})

    def test_quiet_says_nothing_on_stderr(self):
        for options in [], ["--field", "a"]:
            run = self.tell("x\n{}\n", "-q", *options)
            self.assertEqual((run.exit, run.stderr), (1, b""))
            self.assertEqual(answers(run.stdout)["count"], "0")


if __name__ == "__main__":
    unittest.main()
