"""Names: where a body comes to lie, and that nothing which lies there is harmed."""

import hashlib
import os
import re
import shutil
import socket
import stat
import sys
import unittest
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from fetcher import (
    AS_ANYONE,
    LOG,
    EndToEnd,
    digest,
    end,
    has_newer_libcurl,
    records_of,
    traced,
    tree,
)


class FromTheUrl(EndToEnd):
    def test_row_23_a_name_is_the_last_segment_of_the_path(self):
        rows = {
            "/ok/a.bin": "a.bin",
            "/ok/b.bin?size=1#top": "b.bin",
            "/ok/with%20blank.bin": "with blank.bin",
            "/ok/caf%C3%A9.bin": "café.bin",
            "/ok/%C3%84%C3%96.bin": "ÄÖ.bin",
            "/ok/Ö%E4%BD%A0.bin": "Ö你.bin",
            "/ok/c.tar.gz": "c.tar.gz",
            "/ok/%2Fetc%2Fpasswd.bin": "%2Fetc%2Fpasswd.bin",
            "/ok/x%5C..%5Cy.bin": "x%5C..%5Cy.bin",
            "/ok/..%2f..%2fx.bin": "_..%2f..%2fx.bin",
            "/ok/%2e%2e%2fx.bin": "_..%2fx.bin",
            "/ok/a.bin%2F": "a.bin%2F",
            "/ok/a%252Fb.bin": "a%2Fb.bin",
            "/ok/plain": "plain",
        }
        self.assertEqual(self.fetch(rows).files, dict(enumerate(rows.values(), 1)))
        self.assertEqual(sorted(os.listdir(self.home)), ["out", "urls.txt"])

    def test_row_22_a_path_without_a_last_segment_is_called_index(self):
        paths = ["", "/", "/ok/", "?q=1", "/ok/?q=1", "/ok/.", "/ok/..", "/ok/x/.."]
        for path in paths:
            with self.subTest(path):
                self.another_out()
                self.assertEqual(self.fetch([self.origin.url(path)]).files, {1: "index"})
        self.another_out()
        run = self.fetch([self.origin.url(path) for path in paths])
        names = ["index", *(f"index-{n}" for n in range(2, len(paths) + 1))]
        self.assertEqual(run.files, dict(enumerate(names, 1)))

    def test_row_27_what_is_dangerous_in_a_name_is_written_otherwise_and_the_rest_kept(self):
        rows = {
            ".bashrc": "_.bashrc",
            "-rf": "_-rf",
            "%2Drf": "_-rf-2",
            "%2e": "index" if has_newer_libcurl() else "_.",
            "...": "_...",
            "a%1B%5B31mb": "a%1B[31mb",
            "a%7Fb": "a%7Fb",
            "a%C2%9Bb": "a%C2%9Bb",
            "a%E2%80%AEb": "a%E2%80%AEb",
            "a%E2%81%A6b": "a%E2%81%A6b",
            "caf%E9.bin": "caf%E9.bin",
            "%ED%A0%80.bin": "%ED%A0%80.bin",
            "%C0%AF.bin": "%C0%AF.bin",
            "CON.txt": "CON.txt",
            "name.%20.%20.": "name. . .",
            "x:stream": "x:stream",
            "~x": "~x",
            "$(x)%20%27%22%60;%7C%26%3E": "$(x) '\"`;|&>",
        }
        run = self.fetch([f"/ok/{row}" for row in rows])
        self.assertEqual(run.files, dict(enumerate(rows.values(), 1)))

    def test_rows_23_and_27_an_unsafe_name_is_made_safe(self):
        rows = [
            ".bashrc",
            "-rf",
            "...",
            "%2e%2e%2fx",
            "..%2f..%2fx",
            "%2e%2e%5cx",
            "a%1B%5B31m%07b",
            "a%00b",
            "a%0Ab",
            "a%7Fb",
            "a%C2%9Bb",
            "a%E2%80%AEb",
            "%FF%FE.bin",
        ]
        run = self.fetch([f"/ok/{row}" for row in rows])
        self.assertEqual(sorted(run.files.values()), sorted(self.stored()))
        self.assertEqual(run.exit, 0)
        for n, name in run.files.items():
            with self.subTest(rows[n - 1], name=name):
                self.assertTrue(name.isprintable(), ascii(name))
                self.assertNotRegex(name, r"\A[.-]|[/\\]")

    def test_row_28_a_long_name_is_cut_before_its_extension(self):
        for long in "n" * 300, "%C3%A9" * 200:
            with self.subTest(long[:6]):
                self.another_out()
                run = self.fetch([f"/ok/{long}.jpg", f"/ok/{long}x.jpg"])
                self.assertEqual(len(set(run.files.values())), 2)
                for name in run.files.values():
                    self.assertLessEqual(len(f".{name}.part".encode()), 255)
                    self.assertTrue(name.endswith(".jpg"), name)

    def test_row_28_a_name_is_cut_to_what_fits_with_all_that_is_added(self):
        rows = {
            f"/ok/{'a' * 249}": "a" * 249,
            f"/ok/{'b' * 250}": "b" * 249,
            f"/ok/{'c' * 251}.bin": "c" * 245 + ".bin",
            f"/ok/{'c' * 252}.bin": "c" * 243 + "-2.bin",
            f"/typed/image/jpeg/{'d' * 300}": "d" * 245 + ".jpg",
            f"/ok/e.{'x' * 300}": "e." + "x" * 247,
            f"/ok/f{'%C3%A9' * 125}": "f" + "é" * 124,
            f"/ok/{'%C3%A9' * 125}": "é" * 124,
            f"/ok/{'%F0%9F%98%80' * 63}.bin": "😀" * 61 + ".bin",
            f"/ok/{'%00' * 100}": "%00" * 83,
        }
        self.assertEqual(self.fetch(rows).files, dict(enumerate(rows.values(), 1)))

    def test_rows_24_and_25_a_name_does_not_come_from_the_server(self):
        wishes = [
            'attachment; filename="../../evil.txt"',
            "attachment; filename=../evil.txt",
            f'attachment; filename="{self.home}/evil.txt"',
            'attachment; filename="..\\..\\evil.txt"',
            'attachment; filename="..%2Fevil.txt"',
            "attachment; filename*=UTF-8''..%2F..%2Fevil.txt",
            "attachment; filename=\"a.txt\"; filename*=UTF-8''evil.txt",
            'attachment; filename="a.txt"; filename="evil.txt"',
            'attachment; filename="evil.txt',
            'attachment; filename=""',
            'attachment; filename="."',
            'attachment; filename=".."',
            "attachment; filename=",
            f'attachment; filename="{"n" * 300}.txt"',
            f'attachment; filename="{LOG}"',
            'attachment; filename="\x1b[31m.txt"',
            "nonsense",
        ]
        paths = [f"/disposition/{n}.bin?{quote(wish)}" for n, wish in enumerate(wishes)]
        self.assertEqual(self.fetch(paths).exit, 0)
        self.assert_stored({f"{n}.bin": path for n, path in enumerate(paths)})
        self.assertEqual(sorted(os.listdir(self.home)), ["out", "urls.txt"])

    def test_row_26_a_name_does_not_come_from_a_redirect(self):
        self.fetch(["/redirect/302/a.bin?/ok/b.bin", "/redirect/302/c.bin?/ok/..%2f.bashrc"])
        self.assert_stored({"a.bin": "/ok/b.bin", "c.bin": "/ok/..%2f.bashrc"})

    def test_a_name_without_extension_gets_that_of_the_media_type(self):
        rows = {
            "/typed/image/jpeg/240": "240.jpg",
            "/typed/image/png/241": "241.png",
            "/typed/text/html/242": "242.html",
            "/typed/image/png/243.gif": "243.gif",
            "/typed/no/idea/244": "244",
        }
        self.assertEqual(self.fetch(rows).files, dict(enumerate(rows.values(), 1)))


class Numbers(EndToEnd):
    def test_rows_9_and_10_ten_different_answers_of_one_url_are_ten_whole_files(self):
        target = "/each/image/jpeg/240"
        run = self.fetch([target] * 10)
        names = ["240.jpg", *(f"240-{n}.jpg" for n in range(2, 11))]
        self.assertEqual(run.files, dict(enumerate(names, 1)))
        versions = {digest(body_of(target, version)) for version in range(1, 11)}
        self.assertEqual(set(self.stored().values()), versions)

    def test_row_10_numbers_follow_the_list_also_when_the_first_ends_last(self):
        paths = ["/gate/late/f.bin", "/ok/f.bin"]
        for lines in paths, paths[::-1]:
            with self.subTest(lines):
                self.another_out()
                self.origin.gate("late").clear()
                process = self.start(self.list_of(lines), "--json")
                self.assertIn(b"/ok/f.bin", self.next_line(process.stdout))
                self.origin.gate("late").set()
                self.finish(process)
                self.assert_stored({"f.bin": lines[0], "f-2.bin": lines[1]})

    def test_row_10_a_number_does_not_meet_a_name_that_the_list_has_too(self):
        run = self.fetch(["/ok/f.bin", "/ok/other/f.bin", "/ok/f-2.bin"])
        self.assertEqual(len(set(run.files.values())), 3)
        for n, target in enumerate(["/ok/f.bin", "/ok/other/f.bin", "/ok/f-2.bin"], 1):
            self.assertEqual(self.stored()[run.files[n]], digest(body_of(target)))

    def test_row_29_the_names_of_the_log_and_of_parts_cannot_be_taken(self):
        rows = {
            f"/ok/{LOG}": "fetcher-2.jsonl",
            "/ok/.a.bin.part": "_.a.bin.part",
            "/ok/a.bin": "a.bin",
            "/ok/a.bin.part": "a.bin.part",
            "/ok/.part": "_.part",
            f"/ok/.{LOG}.part": f"_.{LOG}.part",
        }
        lines = [*rows, '{"url": "%s", "out": "%s"}' % (self.origin.url("/ok/b.bin"), LOG)]
        names = [*rows.values(), "fetcher-3.jsonl"]
        for options in [], ["--overwrite"]:
            with self.subTest(options):
                self.another_out()
                run = self.fetch(lines, *options)
                self.assertEqual(run.files, dict(enumerate(names, 1)))
                self.assertEqual(sorted(names), sorted(self.stored()))

    def test_row_29_a_log_that_is_called_like_a_part_is_not_written_over(self):
        log = self.out / ".f.bin.part"
        for options in [], ["--overwrite"], ["--durability", "batch"]:
            with self.subTest(options):
                self.fetch(["/ok/f.bin", "/ok/3000000/f.bin"], "--log", log, *options)
                self.assertEqual([record["n"] for record in records_of(log.read_bytes())], [1, 2])
                log.unlink()

    def test_row_29_the_name_of_a_log_of_another_name_cannot_be_taken(self):
        self.fetch(["/ok/my.log"], "--log", self.out / "my.log")
        self.assertIn(b'"status"', (self.out / "my.log").read_bytes())
        self.assertEqual(len(tree(self.out)), 2)


class Templates(EndToEnd):
    def test_a_template_builds_the_name(self):
        url = self.origin.url("/ok/a.bin")
        rows = {
            "{n}-{name}": "1-a.bin",
            "{host}_{name}": "127.0.0.1_a.bin",
            "{stem}-{n}.{ext}": "a-1.bin",
            "{sha1}.bin": f"{hashlib.sha1(url.encode()).hexdigest()}.bin",
            "fixed.bin": "fixed.bin",
        }
        for template, name in rows.items():
            with self.subTest(template):
                self.another_out()
                self.fetch([url], "--name", template)
                self.assert_stored({name: "/ok/a.bin"})


OBSTACLES = ["file", "link", "dangling link", "fifo", "socket", "device", "directory"]


class WhatIsThere(EndToEnd):
    def setUp(self):
        super().setUp()
        self.outside = self.home / "outside"
        self.outside.mkdir()
        (self.outside / "victim").write_bytes(b"mine")

    def plant(self, name, what):
        """Put something in the way, in a directory of its own; gives what lies there then."""
        self.another_out()
        path = self.out / name
        match what:
            case "file":
                path.write_bytes(b"mine")
            case "link":
                path.symlink_to(self.outside / "victim")
            case "dangling link":
                path.symlink_to(self.outside / "missing")
            case "fifo":
                os.mkfifo(path)
            case "socket":
                with socket.socket(socket.AF_UNIX) as server:
                    server.bind(os.fspath(path))
            case "device" if os.geteuid() == 0:
                os.mknod(path, stat.S_IFCHR | 0o666, os.stat("/dev/full").st_rdev)
            case "directory":
                path.mkdir()
        return tree(self.out)

    def assert_nothing_outside_changed(self):
        self.assertEqual(tree(self.outside), {"victim": digest(b"mine")})

    def test_rows_31_33_and_34_what_has_the_name_stays_and_the_next_name_is_used(self):
        for what in OBSTACLES:
            with self.subTest(what):
                before = self.plant("f.bin", what)
                self.assertEqual(self.fetch(["/ok/f.bin"]).files, {1: "f-2.bin"})
                self.assertEqual(self.stored(), before | {"f-2.bin": digest(body_of("/ok/f.bin"))})
                self.assert_nothing_outside_changed()

    def test_row_33_what_is_no_file_is_not_opened(self):
        calls = self.home / "calls"
        settings = traced("openat", "-z", into=calls)  # -z: those that succeed
        for what in OBSTACLES[1:]:
            for name in "f.bin", ".f.bin.part":
                with self.subTest(what, name=name):
                    self.plant(name, what)
                    run = self.fetch(["/ok/3000000/f.bin"], **settings)
                    self.assertEqual(len(run.records), 1)
                    opened = re.findall(rf'"{name}", (.*)\)', calls.read_text())
                    is_made_anew = name != "f.bin" and what != "directory"
                    self.assertEqual(len(opened), int(is_made_anew), opened)

    def test_row_39_a_number_is_found_behind_a_hundred_others(self):
        self.plant("f.bin", "file")
        for number in range(2, 101):
            (self.out / f"f-{number}.bin").write_bytes(b"mine")
        self.assertEqual(self.fetch(["/ok/f.bin"]).files, {1: "f-101.bin"})

    def test_row_39_each_name_that_is_there_is_tried_once_however_many_lines_want_it(self):
        self.plant("f.bin", "file")
        for number in range(2, 301):
            (self.out / f"f-{number}.bin").write_bytes(b"mine")
        calls = self.home / "calls"
        settings = traced("linkat", into=calls)
        run = self.fetch([f"/ok/{n}/f.bin" for n in range(100)], **settings)
        names = {f"f-{number}.bin" for number in range(301, 401)}
        self.assertEqual(set(run.files.values()), names)
        self.assertEqual(calls.read_text().count("linkat("), 300 + 100)

    def test_rows_33_and_34_what_has_the_name_of_the_part_is_not_followed(self):
        for what in OBSTACLES:
            for size in "1000", "3000000":
                with self.subTest(what, size=size):
                    self.plant(".f.bin.part", what)
                    run = self.fetch([f"/ok/{size}/f.bin"])
                    # A directory stays. A body that came as a whole needs no part.
                    is_stuck = what == "directory" and size != "1000"
                    outcome = "name_conflict" if is_stuck else "saved"
                    self.assertEqual((run.exit, run.outcomes), (int(is_stuck), {1: outcome}))
                    left = {".f.bin.part"} if what == "directory" else set()
                    left |= set() if is_stuck else {"f.bin"}
                    self.assertEqual(set(self.stored()), left)
                    self.assert_nothing_outside_changed()

    def test_a_part_of_a_killed_run_does_not_stop_the_next_one(self):
        self.plant(".f.bin.part", "file")
        self.assertEqual(self.fetch(["/ok/f.bin"]).exit, 0)
        self.assertEqual(self.stored()["f.bin"], digest(body_of("/ok/f.bin")))

    def test_a_file_with_the_same_bytes_is_taken_as_saved(self):
        self.out.mkdir()
        (self.out / "f.bin").write_bytes(body_of("/ok/f.bin"))
        run = self.fetch(["/ok/f.bin"])
        self.assertEqual((run.exit, run.outcomes, run.files), (0, {1: "saved"}, {1: "f.bin"}))
        self.assert_stored({"f.bin": "/ok/f.bin"})

    def test_row_32_a_failure_leaves_what_was_there(self):
        for options in [], ["--overwrite"]:
            with self.subTest(options):
                self.plant("f.bin", "file")
                paths = ["/rst_mid/f.bin", "/cl_short/3000000/f.bin", "/status/404/f.bin"]
                self.assertEqual(self.fetch(paths, "--retry", "0", *options).exit, 1)
                self.assert_stored({"f.bin": b"mine"})

    def test_overwrite_replaces_a_file(self):
        self.plant("f.bin", "file")
        self.assertEqual(self.fetch(["/ok/f.bin"], "--overwrite").files, {1: "f.bin"})
        self.assert_stored({"f.bin": "/ok/f.bin"})

    def test_rows_33_and_34_overwrite_harms_neither_a_directory_nor_what_a_link_points_to(self):
        for what in OBSTACLES[1:]:
            with self.subTest(what):
                self.plant("f.bin", what)
                self.assertEqual(len(self.fetch(["/ok/f.bin"], "--overwrite").records), 1)
                self.assert_nothing_outside_changed()
                self.assertEqual((self.out / "f.bin").is_dir(), what == "directory")

    def test_overwrite_does_not_let_two_lines_of_a_list_share_a_name(self):
        self.fetch(["/ok/f.bin", "/ok/other/f.bin"], "--overwrite")
        self.assert_stored({"f.bin": "/ok/f.bin", "f-2.bin": "/ok/other/f.bin"})

    def test_skip_existing_asks_for_nothing_that_is_there(self):
        self.plant("f.bin", "file")
        run = self.fetch(["/ok/f.bin", "/ok/g.bin"], "--skip-existing")
        self.assertEqual((run.exit, run.outcomes), (0, {1: "skipped", 2: "saved"}))
        self.assertEqual(self.origin.targets, ["/ok/g.bin"])
        self.assert_stored({"f.bin": b"mine", "g.bin": "/ok/g.bin"})


class DisksThatFoldNames(EndToEnd):
    PATHS = ["/ok/a.bin", "/ok/A.bin", "/ok/%C3%84.bin", "/ok/%C3%A4.bin", "/ok/plain", "/ok/PLAIN"]
    NAMES = ["a.bin", "A-2.bin", "Ä.bin", "ä-2.bin", "plain", "PLAIN-2"]

    def assert_all_lie_there(self, run):
        """The disk itself calls everything by small letters."""
        self.assertEqual(run.files, dict(enumerate(self.NAMES, 1)))
        bodies = dict(zip([name.lower() for name in self.NAMES], self.PATHS, strict=True))
        self.assert_stored(bodies)

    def test_row_30_names_that_differ_in_case_are_told_apart_by_number(self):
        for options in [], ["--overwrite"], ["--durability", "batch"], ["--durability", "file"]:
            with self.subTest(options):
                self.mount_out("folding_disk.py")
                self.assert_all_lie_there(self.fetch(self.PATHS, *options))

    def test_row_30_such_a_disk_is_known_without_a_log_on_it(self):
        self.mount_out("folding_disk.py")
        log = self.home / "log"
        self.fetch(self.PATHS, "--log", log)
        files = [record["file"] for record in records_of(log.read_bytes())]
        self.assertEqual(sorted(files), sorted(self.NAMES))

    def test_row_30_numbers_follow_the_list_also_when_the_first_ends_last(self):
        self.mount_out("folding_disk.py")
        process = self.start(self.list_of(["/gate/late/f.bin", "/ok/F.bin"]), "--json")
        self.assertIn(b"/ok/F.bin", self.next_line(process.stdout))
        self.origin.gate("late").set()
        self.assertEqual(self.finish(process).files, {1: "f.bin", 2: "F-2.bin"})

    def test_row_30_the_log_cannot_be_replaced_under_another_case(self):
        self.mount_out("folding_disk.py")
        run = self.fetch([f"/ok/{LOG.upper()}", "/ok/a.bin"], "--overwrite")
        self.assertEqual(run.outcomes, {1: "saved", 2: "saved"})

    def test_row_30_names_that_only_the_disk_takes_for_one_are_both_kept(self):
        self.mount_out("folding_disk.py")
        composed, decomposed = "/ok/%C3%A9.bin", "/ok/e%CC%81.bin"
        for path in composed, decomposed:
            self.fetch([path])
        self.assert_stored({"é.bin": composed, "é-2.bin": decomposed})


class Directories(EndToEnd):
    def test_row_35_a_missing_directory_is_made(self):
        self.out = self.home / "above" / "out"
        self.fetch(["/ok/a.bin"])
        self.assert_stored({"a.bin": "/ok/a.bin"})

    def test_row_35_a_directory_may_be_reached_through_a_link(self):
        elsewhere = self.home / "elsewhere"
        elsewhere.mkdir()
        self.out.symlink_to(elsewhere)
        self.assertEqual(self.fetch(["/ok/a.bin"]).exit, 0)
        self.assertEqual(sorted(tree(elsewhere)), ["a.bin", LOG])

    def test_row_35_a_link_to_no_directory_is_this_machines_failure(self):
        self.out.symlink_to(self.home / "missing")
        self.assertEqual(self.fetch(["/ok/a.bin"]).exit, 3)
        self.assertEqual((self.origin.requests, tree(self.home).keys() & {"missing"}), ([], set()))

    def test_row_35_a_directory_that_is_removed_meanwhile_ends_the_run(self):
        for how in "rename", "batch", "file":
            with self.subTest(how):
                self.another_out()
                paths = [f"/gate/{how}/{n}.bin" for n in range(300)]
                process = self.start(self.list_of(paths), "-c", "2", "--durability", how)
                self.origin.asked(paths[0])
                shutil.rmtree(self.out)
                self.origin.gate(how).set()
                run = self.finish(process)
                self.assertEqual(run.exit, 3)
                self.assertFalse(self.out.exists())
                asked = [target for target in self.origin.targets if target in paths]
                self.assertLess(len(asked), 100)

    def test_row_35_a_directory_that_is_renamed_meanwhile_is_still_the_one(self):
        paths = ["/gate/late/a.bin", "/gate/late/3000000/b.bin", "/ok/c.bin"]
        process = self.start(self.list_of(paths), "-c", "2")
        self.origin.asked(paths[0])
        self.out.rename(self.home / "moved")
        self.out.symlink_to(self.home)
        self.origin.gate("late").set()
        self.assertEqual(self.finish(process).exit, 0)
        self.out = self.home / "moved"
        self.assert_stored(dict(zip(["a.bin", "b.bin", "c.bin"], paths, strict=True)))

    def test_row_36_a_directory_that_cannot_be_used_is_said_once_before_any_request(self):
        paths = [f"/ok/{n}.bin" for n in range(50)]
        for mode in 0o555, 0o666, 0o000:
            for below in "", "below":
                with self.subTest(oct(mode), below=below):
                    self.another_out()
                    self.out.chmod(mode)
                    self.out /= below
                    run = self.finish(self.start(self.list_of(paths), under=AS_ANYONE))
                    self.assertEqual((run.exit, run.stderr.count(b"\n")), (3, 1), run.stderr)
                    self.assertIn(os.fsencode(self.out), run.stderr)
        self.assertEqual(self.origin.connections, 0)

    def test_without_a_directory_files_go_where_the_command_is_run(self):
        self.out.mkdir()
        urls = self.list_of(["/ok/a.bin"])
        self.finish(self.start_bare(urls, cwd=self.out))
        self.assert_stored({"a.bin": "/ok/a.bin"})

    def test_row_38_permissions_are_what_the_umask_leaves(self):
        for umask, mode in (0o022, 0o644), (0o077, 0o600), (0o000, 0o666):
            with self.subTest(oct(umask)):
                self.another_out()
                self.fetch(["/ok/a.bin", "/ok/3000000/b.bin"], umask=umask)
                modes = {path.stat().st_mode & 0o777 for path in self.out.glob("*.bin")}
                self.assertEqual(modes, {mode})

    def test_row_38_a_part_may_be_read_by_nobody_who_may_not_read_the_file(self):
        process = self.start(self.list_of(["/stall_mid/3000000/a.bin"]), umask=0o077)
        part = self.out / ".a.bin.part"
        self.wait_until(part.exists, "the part")
        self.assertEqual(part.stat().st_mode & 0o777, 0o600)
        end(process)

    def test_row_35_a_directory_that_is_a_file_is_this_machines_failure(self):
        self.out.write_bytes(b"mine")
        self.assertEqual(self.fetch(["/ok/a.bin"]).exit, 3)
        self.assertEqual(self.out.read_bytes(), b"mine")
        self.assertEqual(self.origin.requests, [])


if __name__ == "__main__":
    unittest.main()
