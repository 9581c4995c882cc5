"""What the program says of itself, judged by those who read it: man, mandoc and the shells."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd, end
from patience import PATIENCE

TOPICS = {"fetch", "packets", "stats", "lists", "names", "log", "exit", "kinds"}


class Told(EndToEnd):
    """A test of what `fetcher help` prints, with the programs that read it."""

    def help(self, *words):
        run = self.finish(self.start_bare("help", *words))
        self.assertEqual((run.exit, run.stderr), (0, b""), words)
        return run.stdout.decode()

    def written(self, word):
        """The file that `fetcher help WORD` makes."""
        path = self.home / word
        path.write_text(self.help(word))
        return path

    def read_by(self, program, *arguments, **settings):
        """What a program says, which must have nothing against what it reads."""
        if not shutil.which(program):
            self.assertNotIn("CI", os.environ, f"{program} is missing")
            self.skipTest(f"{program} is missing")
        usual = {"env": os.environ | {"LC_ALL": "C.UTF-8", "HOME": str(self.home)}}
        run = subprocess.run(
            [program, *arguments], cwd=self.home, capture_output=True, text=True, **usual | settings
        )
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        return run.stdout


class Topics(Told):
    def test_the_list_of_topics_names_all_that_can_be_asked(self):
        listed = {line.split()[0] for line in self.help().splitlines() if line.startswith("  ")}
        self.assertLessEqual(TOPICS, listed)
        for topic in listed:
            with self.subTest(topic):
                self.assertGreater(len(self.help(topic)), 100)

    def test_an_unknown_topic_is_a_usage_error_that_tells_where_the_topics_are(self):
        run = self.finish(self.start_bare("help", "weather\x1b"))
        self.assertEqual((run.exit, run.stdout), (2, b""))
        self.assertRegex(run.stderr, rb"^fetcher: .*weather.*\(fetcher help lists .*\)\n$")

    def test_the_help_of_a_command_is_the_same_by_both_ways(self):
        for command in "packets", "stats":
            run = self.finish(self.start_bare(command, "--help"))
            self.assertEqual(run.stdout.decode(), self.help(command))

    def test_the_front_page_fits_on_two_screens(self):
        run = self.finish(self.start_bare("--help"))
        lines = run.stdout.decode().splitlines()
        self.assertLessEqual(len(lines), 48)
        self.assertLessEqual(max(map(len, lines)), 80)


class ManualPage(Told):
    SECTIONS = """NAME SYNOPSIS DESCRIPTION OPTIONS LISTS NAMES LOG EXIT.STATUS KINDS EXAMPLES
        SEE.ALSO"""

    def shown(self):
        """The manual page on a terminal, without what makes it bold."""
        page = self.written("man")
        said = self.read_by("man", "--warnings", "-E", "UTF-8", "-l", "-Tascii", "-P", "cat", page)
        return re.sub(".\b", "", said)

    def test_man_shows_all_sections_without_a_warning(self):
        for section in self.SECTIONS.split():
            self.assertRegex(self.shown(), rf"(?m)^{section}$")

    def test_mandoc_finds_nothing(self):
        self.assertEqual(self.read_by("mandoc", "-T", "lint", self.written("man")), "")

    def test_tables_and_examples_of_help_stand_in_it(self):
        shown = self.shown()
        for topic in "lists", "names", "log", "exit", "kinds":
            for line in filter(lambda line: line.startswith(" "), self.help(topic).splitlines()):
                with self.subTest(topic=topic, line=line):
                    self.assertIn(line.strip(), shown)


# What is typed, with the last word unfinished, and what of it must and must not be offered.
OFFERED = [
    (["--du"], ["--durability"], []),
    (["--durability", ""], ["rename", "batch", "file"], ["--log", "list.txt"]),
    (["-o", "s"], ["sub"], ["stats", "spare.txt"]),
    (["--log", "l"], ["list.txt"], ["sub"]),
    (["-c", ""], [], ["list.txt", "packets"]),
    (["pa"], ["packets"], []),
    (["help", "l"], ["lists", "log"], ["list.txt"]),
    (["packets", "--si"], ["--simulate"], []),
    (["packets", "--"], ["--listen"], ["--concurrency"]),
    (["stats", "--"], ["--field"], ["--listen"]),
    (["-q", "li"], ["list.txt"], []),
]


class Completion(Told):
    def setUp(self):
        super().setUp()
        (self.home / "sub").mkdir()
        for name in "list.txt", "spare.txt", "two words":
            (self.home / name).touch()

    def assert_offered(self, complete, rows=OFFERED):
        for typed, offered, others in rows:
            with self.subTest(typed):
                got = complete(typed)
                self.assertLessEqual(set(offered), got)
                self.assertEqual(set(others) & got, set())

    def bash(self, typed):
        script = (
            'source ./bash; COMP_WORDS=(fetcher "$@"); COMP_CWORD=$#; _fetcher; '
            '((${#COMPREPLY[@]} == 0)) || printf "%s\\n" "${COMPREPLY[@]}"'
        )
        return set(self.read_by("bash", "--norc", "-c", script, "bash", *typed).splitlines())

    def test_bash(self):
        self.written("bash")
        apart = ["--durability", "=", "ba"]  # as bash splits --durability=ba
        more = [(apart, ["batch"], []), (["tw"], ["two words"], [])]
        self.assert_offered(self.bash, OFFERED + more)

    def test_bash_is_asked_for_this_program(self):
        self.written("bash")
        said = self.read_by("bash", "--norc", "-c", "source ./bash; complete -p fetcher")
        self.assertEqual(said, "complete -F _fetcher fetcher\n")

    def fish(self, typed):
        script = 'source ./fish; complete -C "fetcher $TYPED"'
        typed = {"TYPED": " ".join(typed), "HOME": str(self.home)}
        said = self.read_by("fish", "--no-config", "-c", script, env=os.environ | typed)
        return {line.split("\t")[0].rstrip("/") for line in said.splitlines()}

    def test_fish(self):
        self.written("fish")
        self.assert_offered(self.fish)

    def zsh(self):
        """An interactive zsh that knows the completion, and its terminal."""
        self.written("zsh").rename(self.home / "_fetcher")
        screen, terminal = (os.fdopen(descriptor, "r+b", 0) for descriptor in pty.openpty())
        self.enterContext(screen)
        usual = {"TERM": "dumb", "HOME": str(self.home), "PS1": "", "PATH": os.environ["PATH"]}
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal)
        process = subprocess.Popen(
            ["zsh", "-f", "-i"], cwd=self.home, env=usual, start_new_session=True, **streams
        )
        self.addCleanup(end, process)
        terminal.close()
        screen.write(b"fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; print rea''dy\n")
        self.shown_until(screen, b"ready")
        return screen

    def shown_until(self, screen, expected):
        shown = b""
        while expected not in shown:
            self.assertTrue(select.select([screen], [], [], PATIENCE)[0], shown)
            shown += screen.read(4096)

    def test_zsh(self):
        self.read_by("zsh", "-n", self.written("zsh"))
        screen = self.zsh()
        for typed, rest in [
            (b"fetcher --durab", b"ility="),
            (b"fetcher --durability ren", b"ame"),
            (b"fetcher pack", b"ets"),
            (b"fetcher packets --sim", b"ulate"),
            (b"fetcher help ki", b"nds"),
            (b"fetcher -q lis", b"t.txt"),
            (b"fetcher --log lis", b"t.txt"),
        ]:
            with self.subTest(typed):
                screen.write(typed + b"\t")
                self.shown_until(screen, rest)
                screen.write(b"\x15")  # clears the line


if __name__ == "__main__":
    unittest.main()
