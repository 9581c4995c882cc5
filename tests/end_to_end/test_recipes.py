"""The recipes of the README do what they say, as they stand there."""

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from faults.answers import BEGINNINGS
from fetcher import BINARY, LOG, REPOSITORY, EndToEnd, digest, environment, records_of, tree
from patience import PATIENCE

SECTION = re.search(
    r"^## Recipes$(.*?)^## ", (REPOSITORY / "README.md").read_text(), re.DOTALL | re.MULTILINE
)[1]
RECIPES = dict(
    re.findall(r"^\*\*(.+?)\.\*\* .*?^```sh\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
)

shown = {}


def shows(title):
    """Let a test be the one of this recipe, which it gets."""

    def mark(test):
        shown[title] = test.__name__
        return lambda self: test(self, RECIPES[title])

    return mark


class Recipes(EndToEnd):
    def setUp(self):
        super().setUp()
        self.programs = self.home / "programs"
        self.programs.mkdir()
        (self.programs / "fetcher").symlink_to(BINARY)

    def program(self, name, text):
        """Let there be a program by that name."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run_recipe(self, recipe, expected=0, **variables):
        """Run a recipe in `home`, with the origin in the place of example.com."""
        recipe = recipe.replace("https://example.com", self.origin.url(""))
        recipe = recipe.replace("proxy.example.com:3128", f"127.0.0.1:{self.origin.port}")
        path = f"{self.programs}:{os.environ['PATH']}"
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", recipe],
            cwd=self.home,
            env=environment() | {"PATH": path, "HOME": str(self.home)} | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=2 * PATIENCE,
        )
        self.assertEqual(ended.returncode, expected, ended.stderr.decode())

    def files(self, name="pictures"):
        """What a recipe has laid into a directory."""
        return {file: what for file, what in tree(self.home / name).items() if file != LOG}

    def digests(self, *paths):
        return {path.rpartition("/")[2]: digest(body_of(path)) for path in paths}

    def test_every_recipe_is_run(self):
        self.assertEqual(set(shown), set(RECIPES))
        self.assertEqual(len(RECIPES), SECTION.count("```sh"))

    @shows("A million images")
    def test_a_million_images(self, recipe):
        self.list_of([f"/like/png/image/png/{n}.png" for n in range(30)] + ["/like/html/page.png"])
        self.run_recipe(recipe, expected=1)
        self.assertEqual(sorted(self.files()), sorted(f"{n + 1}.png" for n in range(30)))

    @shows("Resume")
    def test_resume(self, recipe):
        paths = [f"/ok/{n}.bin" for n in range(5)]
        self.list_of(paths)
        self.run_recipe(recipe)
        (self.home / "pictures/3.bin").unlink()
        self.origin.requests.clear()
        self.run_recipe(recipe)
        self.assertEqual(self.origin.targets, ["/ok/3.bin"])
        self.assertEqual(self.files(), self.digests(*paths))

    @shows("Only the failures again")
    def test_only_the_failures_again(self, recipe):
        self.out = self.home / "pictures"
        self.fetch(["/ok/a.bin", "/flaky/500/1/b.bin"], "--retry", "0")
        self.origin.requests.clear()
        self.run_recipe(recipe)
        self.assertEqual(self.origin.targets, ["/flaky/500/1/b.bin"])
        self.assertEqual(self.files(), self.digests("/ok/a.bin", "/flaky/500/1/b.bin"))

    @shows("From a table")
    def test_from_a_table(self, recipe):
        url = self.origin.url("/ok/a.bin")
        (self.home / "images.csv").write_text(f'caption,url,out\n"Zwei ""Möwen""",{url},b.bin\n')
        self.run_recipe(recipe)
        self.assertEqual(self.files(), {"b.bin": digest(body_of("/ok/a.bin"))})
        (record,) = records_of((self.home / "pictures" / LOG).read_bytes())
        self.assertEqual(record["input"], {"caption": 'Zwei "Möwen"'})

    @shows("From Parquet")
    def test_from_parquet(self, recipe):
        rows = self.home / "rows.jsonl"  # as DuckDB 1.5.6 writes them
        rows.write_text(f'{{"url":"{self.origin.url("/ok/a.bin")}","caption":null,"l":[1,2]}}\n')
        copy = "copy (from 'images.parquet') to '/dev/stdout' (format json)"
        self.program("duckdb", f'[ "$1" = -c ] && [ "$2" = "{copy}" ] && cat "{rows}"')
        self.run_recipe(recipe)
        self.assertEqual(self.files(), self.digests("/ok/a.bin"))
        (record,) = records_of((self.home / "pictures" / LOG).read_bytes())
        self.assertEqual(record["input"], {"caption": None, "l": [1, 2]})

    @shows("Politely to one host")
    def test_politely_to_one_host(self, recipe):
        self.list_of(["/ok/a.bin", "/ok/b.bin"])
        self.run_recipe(recipe)
        self.assertEqual(self.files("pages"), self.digests("/ok/a.bin", "/ok/b.bin"))
        self.assertIn("me@", self.origin.requests[0].headers["user-agent"])

    @shows("Over a proxy")
    def test_over_a_proxy(self, recipe):
        self.list_of(["http://elsewhere.invalid/ok/a.bin"])
        self.run_recipe(recipe)
        self.assertEqual(self.origin.targets, ["http://elsewhere.invalid/ok/a.bin"])
        self.assertEqual(list(self.files()), ["a.bin"])

    @shows("What gallery-dl finds")
    def test_what_gallery_dl_finds(self, recipe):
        self.program("gallery-dl", 'echo "${2%/*}/ok/a.bin"; echo "| ${2%/*}/ok/b.bin"')
        self.run_recipe(recipe)
        self.assertEqual(self.files("album"), self.digests("/ok/a.bin"))

    @shows("A list of aria2")
    def test_a_list_of_aria2(self, recipe):
        a, b, c = (self.origin.url(f"/ok/{name}.bin") for name in "abc")
        of_a = f'{a}\tftp://mirror.invalid/a\n  dir=x\n\tout=A "1" \\.bin\n'
        (self.home / "aria2.txt").write_text(f"# a list\n{of_a}{b}\n{c}\n out=C.bin")
        self.run_recipe(recipe)
        names = {"A \"1\" %5C.bin": "a", "b.bin": "b", "C.bin": "c"}
        expected = {name: digest(body_of(f"/ok/{of}.bin")) for name, of in names.items()}
        self.assertEqual(self.files("files"), expected)

    @shows("Many lists at once, with GNU parallel")
    def test_many_lists_at_once(self, recipe):
        (self.home / "lists").mkdir()
        for name in "one", "two":
            self.list_of([f"/ok/{name}.bin"], f"lists/{name}.txt")
        self.run_recipe(recipe)
        for name in "one", "two":
            self.assertEqual(self.files(name), self.digests(f"/ok/{name}.bin"))

    @shows("On several machines, as a Slurm array")
    def test_on_several_machines(self, recipe):
        paths = [f"/ok/{n}.bin" for n in range(10)]
        self.list_of(paths)
        fetched = {}
        for task in range(3):
            task = {"SLURM_ARRAY_TASK_ID": str(task), "SLURM_ARRAY_TASK_COUNT": "3"}
            self.run_recipe(recipe, **task)
            fetched |= self.files(f"part-{task['SLURM_ARRAY_TASK_ID']}")
        self.assertEqual(fetched, self.digests(*paths))
        self.assertEqual(sorted(self.origin.targets), paths)

    @shows("Checksums")
    def test_checksums(self, recipe):
        self.list_of(["/ok/a.bin", "/ok/b.bin"])
        self.run_recipe(recipe)
        (self.home / "pictures/a.bin").write_bytes(b"rotten".ljust(1000))
        self.run_recipe(recipe, expected=1)

    @shows("A table of what was saved")
    def test_a_table_of_what_was_saved(self, recipe):
        self.list_of(["/like/png/image/png/a.png", "/status/404/b"])
        self.run_recipe(recipe, expected=1)
        size = len(BEGINNINGS["png"]) + 1000
        self.assertEqual((self.home / "saved.tsv").read_text(), f"a.png\timage/png\t{size}\n")


if __name__ == "__main__":
    unittest.main()
