"""What one sees while a fetch runs: on a terminal, and elsewhere."""

import os
import re
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd, control_bytes, environment
from screen import Screen

# Two that end, and three that wait in different ways.
ENDING = ["/ok/a.bin", "notaurl"]
WAITING = ["/rest/90000/g/c.bin", "/rest/8000/g/d.bin", "/gate/g/extra.bin"]

FAILED = "fetcher: line 2: notaurl: not a URL: it does not begin with http:// or https://"

AT_80_COLUMNS = """\
2 of 5  [=======================>                        ]   50 %  ETA T:TT
3 running  1 failed  25.5 kB  RATE
127.0.0.1:00000/rest/90000/g/c.bin  [===>              ]   25 %  22.5 kB   T:TT
127.0.0.1:00000/rest/8000/g/d.bin   [===>              ]   25 %  2.00 kB   T:TT
127.0.0.1:00000/gate/g/extra.bin                                 waiting   T:TT"""

AT_40_COLUMNS = """\
2 of 5  [=====>      ]   50 %  ETA T:TT
3 running  1 failed  25.5 kB  RATE
...t/90000/g/c.bin  [=>      ]     25 %
...st/8000/g/d.bin  [=>      ]     25 %
...ate/g/extra.bin              waiting"""

SUMMARY = r"""5 lines: 4 saved, 1 failed \(1 bad_url\), 0 skipped
\S+ kB in \S+ m?s: \S+ files/s, RATE
time per file: mean .*
size per file: mean .*
fetcher: .*
"""


def normal(lines):
    """Lines as one text, without what differs from one run to the next: times, rates, the port."""
    text = "\n".join(lines)
    text = re.sub(r"\d+(\.\d+)? ([kM]?B)/s", "RATE", text)
    text = re.sub(r"\b\d:\d\d\b", "T:TT", text)
    return re.sub(r"(?<=0\.1:)\d{5}(?=/)", "00000", text)


class OnATerminal(EndToEnd):
    def start_on(self, screen, *options, paths=(), term="xterm", colour="", **settings):
        """A fetcher that has that screen, and lines in its list that wait for a gate."""
        self.origin.gate("g").clear()
        variables = environment() | {"TERM": term, "NO_COLOR": colour}
        settings |= {"stderr": screen.terminal, "env": variables}
        urls = self.list_of(paths or ENDING + WAITING, f"{self.out.name}.txt")
        return self.start(urls, "--retry", "0", *options, **settings)

    def let_end(self, process, screen):
        """Open the gate, see it end, and require that nothing is left but what was said."""
        self.origin.gate("g").set()
        screen.read_to_end(process)
        self.assertEqual(self.finish(process).exit, 1)
        self.assertRegex(normal(screen.said), f"^{FAILED}\n{SUMMARY}$")

    def shows_all(self, screen):
        return sum("/g/" in line for line in screen.lines) == len(WAITING)

    def wait_until_another_shows_all(self):
        """Wait so long that whoever began before would have shown all too."""
        self.another_out()
        with Screen() as screen:
            process = self.start_on(screen)
            screen.read_until(self.shows_all)
            self.let_end(process, screen)

    def test_it_shows_how_far_it_is_and_what_takes_longest(self):
        with Screen() as screen:
            process = self.start_on(screen)
            screen.read_until(self.shows_all)
            self.assertEqual(normal(screen.lines), f"{FAILED}\n{AT_80_COLUMNS}")
            self.let_end(process, screen)

    def test_it_fits_a_narrow_terminal(self):
        with Screen(columns=40) as screen:
            process = self.start_on(screen)
            screen.read_until(self.shows_all)
            self.assertEqual(normal(screen.lines[-5:]), AT_40_COLUMNS)
            self.let_end(process, screen)

    def test_it_fits_a_low_terminal(self):
        for rows, words in (2, "2 of 5"), (4, "25 %"):
            with self.subTest(rows), Screen(rows=rows) as screen:
                self.another_out()
                process = self.start_on(screen)
                screen.read_until(lambda screen: screen.lines and words in screen.lines[-1])
                self.assertEqual(len(screen.lines), rows)
                self.let_end(process, screen)

    def test_it_is_right_after_a_resize(self):
        at_40, at_80 = (
            text.replace("1 failed  25.5", "26.5") for text in (AT_40_COLUMNS, AT_80_COLUMNS)
        )
        for reflows in True, False:
            with self.subTest(reflows), Screen(reflows=reflows) as screen:
                self.another_out()
                process = self.start_on(screen, paths=["/ok/a.bin", "/ok/b.bin", *WAITING])
                screen.read_until(lambda screen: normal(screen.lines) == at_80)
                screen.resize(40, 10)
                screen.read_until(lambda screen: normal(screen.lines) == at_40)
                screen.resize(80, 24)
                screen.read_until(lambda screen: normal(screen.lines) == at_80)
                self.origin.gate("g").set()
                screen.read_to_end(process)
                self.assertEqual(screen.said[0], "5 lines: 5 saved, 0 failed, 0 skipped")
                self.assertEqual(len(screen.said), len(["lines", "bytes", "time", "size", ""]))

    def test_what_is_said_meanwhile_stands_above_it(self):
        with Screen(rows=8) as screen:
            process = self.start_on(screen)
            screen.read_until(self.shows_all)
            for _ in range(2):
                process.send_signal(signal.SIGUSR1)
                said = len(screen.said)
                screen.read_until(lambda screen: len(screen.said) >= said + 4)
            words = normal(screen.said)
            self.assertTrue(words.endswith(AT_80_COLUMNS), words)
            self.assertIn("fetcher: 2 of 5 in T:TT: 1 saved, 1 failed, 0 skipped, 3 running", words)
            self.assertIn("fetcher: 127.0.0.1:00000/gate/g/extra.bin: no answer for T:TT", words)
            self.origin.gate("g").set()
            screen.read_to_end(process)
            self.assertEqual(len([line for line in screen.said if "fetcher: 2 of 5" in line]), 2)

    def assert_block_is_gone(self, screen):
        self.assertNotRegex("\n".join(screen.said), r"\[=|\d running|waiting")

    def test_nothing_of_it_is_left_by_a_signal(self):
        for number in signal.SIGINT, signal.SIGQUIT:
            with self.subTest(number.name), Screen() as screen:
                self.another_out()
                process = self.start_on(screen)
                screen.read_until(self.shows_all)
                process.send_signal(number)
                screen.read_to_end(process)
                self.assertEqual(process.returncode, -number)
                self.assert_block_is_gone(screen)

    def test_nothing_of_it_is_left_by_a_second_signal(self):
        with Screen() as screen:
            # Nobody reads its records: it cannot end as the first signal asks.
            process = self.start_on(screen, "--json", paths=[*WAITING, *["notaurl"] * 1000])
            screen.read_until(self.shows_all)
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGTERM)
            screen.read_to_end(process)
            self.assertIn(process.returncode, (-signal.SIGINT, -signal.SIGTERM))
            self.assert_block_is_gone(screen)

    def test_a_list_that_is_followed_has_no_end_to_show(self):
        with Screen() as screen:
            process = self.start_on(screen, "--follow", paths=["/ok/a.bin", *WAITING])
            screen.read_until(self.shows_all)
            self.assertEqual(normal(screen.lines[:1]), "1 done  T:TT")
            self.origin.gate("g").set()
            screen.read_until(lambda screen: screen.lines[:1] and "4 done" in screen.lines[0])
            process.send_signal(signal.SIGINT)
            screen.read_to_end(process)

    def test_it_makes_room_while_it_is_stopped(self):
        with Screen() as screen:
            process = self.start_on(screen, process_group=0)
            screen.read_until(self.shows_all)
            process.send_signal(signal.SIGTSTP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
            screen.read_until(lambda screen: screen.lines == [FAILED])
            process.send_signal(signal.SIGCONT)
            screen.read_until(self.shows_all)
            self.let_end(process, screen)

    def test_records_on_the_same_terminal_stand_there_alone(self):
        with Screen() as screen:
            process = self.start_on(screen, "--json", stdout=screen.terminal)
            self.wait_until_another_shows_all()
            screen.read_to_end(process)
            self.assertNotIn(b"\x1b", screen.sent)
            self.assertEqual(sum('"status":' in line for line in screen.said), 5)

    def test_colours_are_for_what_went_wrong_unless_none_are_wanted(self):
        for no_color, colours in ("", {"31", ""}), ("1", set()):
            with self.subTest(no_color), Screen() as screen:
                self.another_out()
                process = self.start_on(screen, colour=no_color)
                screen.read_until(self.shows_all)
                self.assertEqual(screen.colours, colours)
                self.let_end(process, screen)

    def test_where_it_is_not_wanted_or_cannot_be_nothing_is_drawn(self):
        for term, options in ("dumb", []), ("", []), ("xterm", ["--no-progress"]):
            with self.subTest(term=term, options=options), Screen() as screen:
                self.another_out()
                process = self.start_on(screen, *options, term=term)
                self.wait_until_another_shows_all()
                self.let_end(process, screen)
                self.assertEqual(control_bytes(screen.sent.replace(b"\r\n", b"\n")), [])

    def test_quiet_leaves_a_terminal_alone(self):
        with Screen() as screen:
            process = self.start_on(screen, "-q")
            self.wait_until_another_shows_all()
            screen.read_to_end(process)
            self.assertEqual(screen.sent, b"")

    def test_row_21_a_terminal_obeys_nothing_that_came_from_elsewhere(self):
        paths = ["not\x1b[31ma\x07url\x9b\u202e", "/escaped_line/%1b", "/ok/\x1b[2J.bin"]
        with Screen() as screen:
            process = self.start_on(screen, "-v", paths=[*paths, *WAITING])
            screen.read_until(self.shows_all)  # it refuses what it does not know
            self.origin.gate("g").set()
            screen.read_to_end(process)
            self.assertNotIn("\u202e", "".join(screen.said))
            self.assertEqual(screen.colours, {"31", ""})


class ElsewhereThanOnATerminal(EndToEnd):
    WAITING = "/gate/g/a.bin"
    PATIENT = ["--stall-timeout", "600"]

    def test_a_line_now_and_then_says_how_far_it_is(self):
        urls = self.list_of(["/ok/b.bin", self.WAITING])
        process = self.start(urls, *self.PATIENT, env=self.preloaded("hurrying_clock"))
        lines = [self.next_line(process.stderr).decode() for _ in range(2)]
        said = r"fetcher: 1 of 2 in 0:(\d\d): 1 saved, 0 failed, 0 skipped, 1 running; 1.00 kB, .*"
        first, second = (int(re.fullmatch(said, line.rstrip("\n"))[1]) for line in lines)
        self.assertGreaterEqual(first, 10)
        self.assertGreaterEqual(second, first + 10)
        self.origin.gate("g").set()
        self.finish(process)  # which looks for control characters

    def test_no_line_is_said_where_none_is_wanted(self):
        urls = self.list_of([self.WAITING])
        silent = []
        for option in "-q", "--no-progress":
            self.another_out()
            silent.append(self.start(urls, option, *self.PATIENT, env=self.preloaded("hurrying_clock")))
            self.origin.wait_until(lambda: self.origin.in_progress == len(silent), "its request")
        self.another_out()
        telling = self.start(urls, *self.PATIENT, env=self.preloaded("hurrying_clock"))
        self.assertIn(b"0 of 1 in", self.next_line(telling.stderr))
        self.origin.gate("g").set()
        for process in [*silent, telling]:
            self.assertNotIn(b" of 1 in", self.finish(process).stderr)


if __name__ == "__main__":
    unittest.main()
