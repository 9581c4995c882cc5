"""The report on a log: what it says, what it does not replace, and how it looks in a browser."""

import json
import os
import pty
import re
import struct
import sys
import termios
import unittest
from fcntl import ioctl
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "scripts")]
from browser import Browser
from demonstration import picture
from fetcher import AS_ANYONE, LOG, EndToEnd, tree
from nginx import Nginx

PHONE, DESKTOP = 390, 1280
MANY = int(os.environ.get("LINES_OF_LOG", 20_000))


def record(n, **members):
    """A line of a log, as a fetch would have it unless `members` say otherwise."""
    usual = {"n": n, "url": f"http://h/{n}", "status": "failed", "kind": "timeout",
             "error": "too slow", "attempts": 1, "at": "2026-01-02T03:04:05.678Z",
             "seconds": {"first_byte": 0.01, "total": 0.02}}
    return json.dumps(usual | members) + "\n"


def saved(n, file, **members):
    return record(n, status="saved", file=file, bytes=1000, **members)


class Report(EndToEnd):
    def start(self, *arguments, **settings):
        """Start one that reports on `out`."""
        return self.start_bare("report", *arguments, self.out, **settings)

    def report(self, *options, **settings):
        return self.finish(self.start(*options, **settings))

    def log(self, *lines):
        """Write a log by hand."""
        self.out.mkdir(exist_ok=True)
        (self.out / LOG).write_text("".join(lines))

    @property
    def page(self):
        return self.out / "report.html"


class Files(Report):
    def test_a_page_lies_next_to_the_log_and_says_so(self):
        self.log(record(1))
        run = self.report()
        self.assertEqual((run.exit, run.stdout), (0, b""))
        self.assertIn(b"out/report.html", run.stderr)
        self.assertEqual([*tree(self.out)], [LOG, "report.html"])
        self.assertTrue(self.page.read_bytes().startswith(b"<!doctype html>"))
        self.assertEqual(self.report("-q").stderr, b"")

    def test_the_log_is_that_of_this_directory_unless_one_is_named(self):
        self.log(record(1))
        run = self.finish(self.start_bare("report", cwd=self.out))
        self.assertEqual((run.exit, self.page.is_file()), (0, True))
        elsewhere = self.home / "my reports" / "one.html"
        run = self.finish(self.start_bare("report", self.out / LOG, "-o", elsewhere))
        self.assertEqual((run.exit, elsewhere.is_file()), (0, True))

    def test_an_older_report_is_replaced_and_nothing_else(self):
        self.log(record(1))
        self.report()
        older = self.page.read_bytes()
        self.log(record(1), record(2))
        self.assertEqual(self.report().exit, 0)
        self.assertNotEqual(self.page.read_bytes(), older)

        target = self.home / "target.html"
        target.write_bytes(older)
        for name, make in {
            "a page of somebody": lambda path: path.write_text("<!doctype html>\nmine"),
            "an empty file": lambda path: path.touch(),
            "a link to a report": lambda path: path.symlink_to(target),
            "a link to nothing": lambda path: path.symlink_to("nowhere"),
            "a directory": lambda path: path.mkdir(),
            "a FIFO": os.mkfifo,
        }.items():
            with self.subTest(name):
                page = self.home / f"{name}.html"
                make(page)
                before = tree(self.home)
                run = self.report("-o", page)
                self.assertEqual((run.exit, tree(self.home)), (2, before))
                self.assertIn(b"--overwrite", run.stderr)
        page = self.home / "a page of somebody.html"
        self.assertEqual(self.report("-o", page, "--overwrite").exit, 0)
        self.assertTrue(page.read_bytes().startswith(older[:100]))
        link = self.home / "a link to a report.html"
        self.assertEqual(self.report("-o", link, "--overwrite").exit, 0)
        self.assertEqual((link.is_symlink(), target.read_bytes()), (False, older))

    def test_the_log_is_never_the_report(self):
        self.log(record(1))
        before = tree(self.out)
        for name in LOG, "../out/" + LOG:
            run = self.report("-o", self.out / name, "--overwrite")
            self.assertEqual((run.exit, tree(self.out)), (2, before))

    def test_a_log_that_cannot_be_read_is_a_usage_error(self):
        self.out.mkdir()
        self.assertEqual(self.report().exit, 2)  # no log in it
        os.mkfifo(self.home / "fifo")
        (self.home / "foreign").write_text(record(1) + "hello\n")
        for log in "missing", "fifo", "foreign", "\x1b[31m":
            with self.subTest(log):
                run = self.finish(self.start_bare("report", log))
                self.assertEqual((run.exit, run.stdout), (2, b""))
                self.assertTrue(run.stderr)
        run = self.finish(self.start_bare("report", "foreign"))
        self.assertIn(b"line 2 is no record", run.stderr)
        self.assertFalse((self.home / "report.html").exists())

    def test_a_page_that_cannot_be_written_is_a_failure_of_the_machine(self):
        self.log(record(1))
        self.out.chmod(0o555)
        self.addCleanup(self.out.chmod, 0o755)
        run = self.report(under=AS_ANYONE)
        self.assertEqual((run.exit, [*tree(self.out)]), (3, [LOG]))
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.report("--text", stdout=full).exit, 3)

    def test_a_torn_last_line_is_left_out(self):
        self.log(record(1), record(2)[:-10])
        self.assertIn(b": 1 line\n", self.report("--text").stdout)


class Text(Report):
    def test_it_is_plain_and_whole_when_it_is_no_terminal(self):
        url = "http://h/" + "x" * 300
        self.log(record(1, url=url), saved(2, "a.png"))
        run = self.report("--text")
        self.assertEqual((run.exit, run.stderr, self.page.exists()), (0, b"", False))
        self.assertIn(f"line 1: {url}: too slow\n", run.stdout.decode())

    def test_it_fits_a_terminal(self):
        wide = "\u6587" * 100
        self.log(record(1, url="http://h/" + "x" * 300), record(2, url=wide))
        controller, terminal = pty.openpty()
        ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 24, 50, 0, 0))
        self.assertEqual(self.report("--text", stdout=terminal).exit, 0)
        os.close(terminal)
        lines = os.read(controller, 1 << 16).decode().split("\r\n")
        os.close(controller)
        widths = [len(line) + line.count(wide[0]) for line in lines]
        self.assertEqual(max(widths), 50)
        self.assertTrue(any(line.endswith(f"{wide[0]}...") for line in lines))
        self.assertTrue(any(line.endswith("xxx...") for line in lines))

    def test_it_tells_the_end_of_each_line_over_all_runs(self):
        lines = ["/ok/1000/a.bin", "/flaky/500/1/b.bin", "/status/404/c.bin", "no url"]
        for _ in range(2):
            self.finish(self.start_bare("-o", self.out, "--retry", "0", self.list_of(lines)))
        text = self.report("--text").stdout.decode()
        self.assertIn("4 lines\n", text)
        self.assertIn("2 saved, 2 failed, 0 there before\n", text)
        self.assertRegex(text, r"1  http_status\n +line 3: \S+/status/404/c.bin: .*404\n")
        self.assertRegex(text, r"1  bad_url\n +line 4: no url: ")


class InABrowser(Report):
    @classmethod
    def setUpClass(cls):
        cls.browser = cls.enterClassContext(Browser())

    def setUp(self):
        super().setUp()
        self.browser.errors.clear()
        self.browser.requests.clear()

    def tearDown(self):
        self.browser.leave()
        self.assertEqual(self.browser.errors, [])
        outside = [url for url in self.browser.requests if not url.startswith(("file:", "data:"))]
        self.assertEqual(outside, [])
        super().tearDown()

    def open(self, **settings):
        self.browser.open(self.page, **settings)

    def texts(self, selector):
        """The words of all elements that a selector finds."""
        return self.browser.value(
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            ".map((e) => (e.innerText ?? e.textContent).trim())")

    def real_run(self):
        """Fetch pictures and what fails, and report on it."""
        with Nginx("default_type image/png;") as server:
            names = [f"{n}.png" for n in range(30)]
            for n, name in enumerate(names):
                (server.root / name).write_bytes(picture(n))
            lines = [f"http://127.0.0.1:{server.http_port}/{name}" for name in names]
            lines += ["/status/404/a", "/status/503/b", "/cl_short/c", "ftp://h/d", "no url"]
            options = ["-o", self.out, "-c", "1", "--retry", "0", self.list_of(lines)]
            self.assertEqual(self.finish(self.start_bare(*options)).exit, 1)
        self.assertEqual(self.report().exit, 0)

    def test_it_fits_every_window_in_both_colours(self):
        self.real_run()
        for width in PHONE, DESKTOP:
            for dark in False, True:
                with self.subTest(width=width, dark=dark):
                    self.open(width=width, dark=dark)
                    self.browser.value("document.querySelectorAll('details')"
                                       ".forEach((details) => { details.open = true; })")
                    self.assertEqual(self.texts("h1"), ["30 of 35 lines are on disk"])
                    self.assertEqual(
                        self.browser.value("document.documentElement.scrollWidth"), width)
                    self.wait_until(lambda: len(self.texts("svg")) == 5, "the charts")
                    self.wait_until(lambda: self.browser.value(
                        "[...document.querySelectorAll('svg')].every("
                        "(svg) => svg.querySelectorAll('rect').length > 2)"), "their bars")
                    page = self.home / "page.png"
                    self.browser.screenshot(page)
                    self.assertEqual(struct.unpack(">I", page.read_bytes()[16:20]), (width,))
        ticks = self.texts("#course-charts figure:last-child text")
        self.assertTrue(any(re.search(r"\d\s[kMG]?B$", words) for words in ticks), ticks)
        self.assertTrue(any(re.search(r"\d\s(µs|ms|s)$", words) for words in ticks), ticks)

    def test_failures_stand_in_groups_with_their_lines(self):
        self.real_run()
        self.open()
        groups = dict(zip(self.texts("summary code"), self.texts("summary .count")))
        self.assertEqual(
            groups, {"http_status": "2", "truncated": "1", "scheme": "1", "bad_url": "1"})
        self.browser.value("document.querySelector('summary').click()")
        self.wait_until(lambda: len(self.texts("ol.lines li")) == 2, "the lines")
        first = self.texts("ol.lines li")[0].split("\n")
        self.assertEqual(first[0], "line 31")
        self.assertEqual(first[1], self.origin.url("/status/404/a"))
        self.assertIn("404", first[2])
        links = "[...document.querySelectorAll('ol.lines a')].map((a) => [a.href, a.rel])"
        self.assertEqual(
            self.browser.value(links)[0], [self.origin.url("/status/404/a"), "noreferrer"])

    def test_pictures_are_loaded_when_they_come_near_with_room_kept_for_them(self):
        self.real_run()
        (self.out / "7.png").unlink()
        self.report()
        self.open(width=PHONE, height=400)
        images = self.browser.value(
            "[...document.querySelectorAll('.sheet img')].map((i) => [i.getAttribute('src'),"
            " i.loading, i.width > 0, i.getAttribute('width'), i.getAttribute('height')])")
        by_file = {image[0]: image[1:] for image in images}
        self.assertEqual(len(by_file), 29)
        self.assertEqual(by_file["./3.png"], ["lazy", True, "140", "105"])
        self.assertNotIn("./7.png", by_file)
        last = "document.querySelector('.sheet li:last-child img')"
        self.assertFalse(self.browser.value(f"{last}.complete"))
        self.browser.value(f"{last}.scrollIntoView()")
        self.wait_until(lambda: self.browser.value(f"{last}.naturalWidth") > 0, "the picture")

    def hosts(self):
        return self.texts("#host-table tbody td:first-child")

    def test_hosts_are_sorted_by_click_and_by_key(self):
        lines = [saved(n, f"{n}.bin", url=f"http://h{n % 4}/{n}") for n in range(1, 10)]
        lines += [record(20 + n, url=f"http://h3/failed-{n}") for n in range(5)]
        self.log(*lines)
        self.report()
        self.open()
        self.assertEqual(self.hosts(), ["h3", "h1", "h0", "h2"])
        heads = "document.querySelectorAll('#host-table th')"
        sorts = f"[...{heads}].map((head) => head.getAttribute('aria-sort')).filter(Boolean)"
        self.browser.value(f"{heads}[2].firstChild.click()")  # saved
        self.assertEqual(self.hosts(), ["h1", "h3", "h0", "h2"])
        self.browser.value(f"{heads}[0].firstChild.focus()")
        self.browser.press("Enter", 13, "\r")
        self.assertEqual(self.hosts(), ["h0", "h1", "h2", "h3"])
        self.assertEqual(self.browser.value(sorts), ["ascending"])
        self.browser.press("Enter", 13, "\r")
        self.assertEqual(self.hosts(), ["h3", "h2", "h1", "h0"])
        self.assertEqual(self.browser.value(sorts), ["descending"])

    def test_what_was_said_by_strangers_is_text(self):
        attacks = [
            "</script><script>document.title='hacked'</script>",
            "<img src=x onerror=\"document.title='hacked'\">",
            "javascript:document.title='hacked'",
            "\"'><svg onload=document.title='hacked'>",
            "a\x1b[31m\x85\u202egpj.exe",
            "{{data}} 😀 \\x41",
        ]
        files = [f"{n} {attack[:60]}".replace("/", "_") for n, attack in enumerate(attacks)]
        lines = []
        for n, (attack, file) in enumerate(zip(attacks, files), 1):
            lines.append(record(n, url=attack, error=attack, list=attack, kind=attack))
            lines.append(record(50 + n, url=f"http://h/{attack}", error=attack))
            lines.append(saved(100 + n, file, url=f"http://h/{n}", type="image/png"))
        self.log(*lines)
        for file in files:
            (self.out / file).write_bytes(picture(1))
        self.assertEqual(self.report().exit, 0)
        self.open()
        self.browser.value("document.querySelectorAll('details')"
                           ".forEach((details) => { details.open = true; })")
        self.wait_until(lambda: len(self.texts("ol.lines li")) == 12, "the lines")
        self.assertNotEqual(self.browser.value("document.title"), "hacked")
        self.assertEqual(self.browser.value("document.scripts.length"), 2)
        self.assertIn(attacks[0], "\n".join(self.texts("ol.lines li")))
        words = "".join(self.texts("body"))
        for deceiving in "\x1b", "\x85", "\u202e":
            self.assertNotIn(deceiving, words)
        hrefs = self.browser.value("[...document.links].map((link) => link.href)")
        self.assertTrue(all(href.startswith(("http:", "file:")) for href in hrefs), hrefs)
        # Every picture is found by its name, whatever that is.
        self.browser.value("document.querySelectorAll('img')"
                           ".forEach((image) => { image.loading = 'eager' })")
        widths = "[...document.querySelectorAll('.sheet img')].map((image) => image.naturalWidth)"
        self.wait_until(lambda: self.browser.value(widths) == [100] * 6, "the pictures")

    def test_a_report_elsewhere_finds_the_files(self):
        self.log(saved(1, "a b.png", type="image/png"))
        (self.out / "a b.png").write_bytes(picture(2))
        page = self.home / "reports" / "page.html"
        self.assertEqual(self.report("-o", page).exit, 0)
        self.browser.open(page)
        self.wait_until(lambda: self.browser.value("document.images[0].naturalWidth") == 120,
                        "the picture")
        (self.out / LOG).rename(self.home / "moved.jsonl")
        run = self.finish(self.start_bare("report", "moved.jsonl", "--files", self.out))
        self.assertEqual(run.exit, 0)
        self.browser.open(self.home / "report.html")
        self.wait_until(lambda: self.browser.value("document.images[0].naturalWidth") == 120,
                        "the picture")

    def test_nothing_to_tell_is_told_well(self):
        rows = {
            "The log has no records yet": [],
            "The one line is on disk": [saved(1, "a")],
            "All 2 lines are on disk": [saved(1, "a"), record(2, status="skipped", file="b")],
            "All 2 lines failed": [record(1), record(2)],
        }
        for headline, lines in rows.items():
            with self.subTest(headline):
                self.log(*lines)
                self.report()
                self.open(width=PHONE)
                self.assertEqual(self.texts("h1"), [headline])
                body = self.texts("body")[0]
                self.assertNotRegex(body, "NaN|undefined|Infinity|null")

    def test_without_scripts_it_says_this_much(self):
        self.log(record(1, url="http://h/<b>&amp;"), saved(2, "a.png"))
        self.report()
        self.browser.run_scripts(False)
        self.addCleanup(self.browser.run_scripts, True)
        self.open(width=PHONE)
        said = self.texts("noscript")[0]
        self.assertIn("1 saved, 1 failed, 0 there before", said)
        self.assertIn("line 1: http://h/<b>&amp;: too slow", said)
        self.assertEqual(self.browser.value("document.documentElement.scrollWidth"), PHONE)

    def test_very_many_lines_are_no_burden(self):
        failed, all_lines = MANY * 6 // 10, MANY
        lines = [record(n, url=f"http://h{n % 3000}/needle-{n}.") for n in range(1, failed + 1)]
        pictures = range(failed + 1, all_lines + 1)
        lines += [saved(n, f"{n}", type="image/png") for n in pictures]
        self.log(*lines)
        for n in pictures:
            (self.out / f"{n}").write_bytes(picture(1))
        self.assertEqual(self.report().exit, 0)
        self.assertLess(self.page.stat().st_size, 150 * MANY)
        self.open()
        headline = f"{all_lines - failed:,} of {all_lines:,} lines are on disk"
        self.assertEqual(self.texts("h1"), [headline])
        self.wait_until(lambda: len(self.texts("ol.lines li")) == 25, "the lines")
        self.assertLess(self.browser.value("document.querySelectorAll('*').length"), 2500)
        self.browser.value(
            "{ const input = document.querySelector('details input');"
            f"input.value = ' NEEDLE-{failed}. '; input.dispatchEvent(new Event('input')); }}")
        (found,) = self.texts("ol.lines li")
        self.assertTrue(found.startswith(f"line {failed:,}\n"), found)
        before = self.hosts()
        self.browser.value("document.querySelectorAll('#host-table .tools button')[1].click()")
        self.assertEqual(self.texts("#host-table .place"), ["26\u201350 of 3,001"])
        self.assertEqual(set(self.hosts()) & set(before), set())


if __name__ == "__main__":
    unittest.main()
