"""Each check of the house finds the faults that are planted for it here, and nothing else."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HOUSE = Path(__file__).resolve().parent


class Planted(unittest.TestCase):
    """A test with a tree of its own, in which a check finds what was planted."""

    def setUp(self):
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="planted-")))

    def plant(self, path, *lines):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in lines))

    def check(self, name, *arguments):
        """Run a check over the tree: its exit status and what it said."""
        interpreter = sys.executable if name.endswith(".py") else "bash"
        command = [interpreter, HOUSE / name, self.root, *arguments]
        run = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if run.returncode == 77:
            self.skipTest(run.stdout.strip())
        return run.returncode, run.stdout

    def assert_clean(self, name, *arguments):
        status, said = self.check(name, *arguments)
        self.assertEqual(status, 0, said)

    def assert_found(self, expected, name, *arguments):
        status, said = self.check(name, *arguments)
        self.assertIn(expected, said)
        self.assertNotEqual(status, 0)


class Floors(Planted):
    def assert_fault(self, path, include, words):
        with self.subTest(path=path, include=include):
            self.plant(path, "#pragma once", f"#include {include}")
            self.assert_found(f"{path}:2: {words}", "floors.py")
            (self.root / path).unlink()

    def test_a_floor_does_not_know_the_floors_below_it(self):
        self.assert_fault("src/base/a.hpp", '"coro/task.hpp"', "'base' may not include 'coro'")
        self.assert_fault("src/http/a.cpp", '"fetch/b.hpp"', "'http' may not include 'fetch'")
        self.assert_fault("src/http/a.cpp", "<fetch/b.hpp>", "'http' may not include 'fetch'")

    def test_strangers_do_not_know_each_other(self):
        for floor, other in [("http", "disk"), ("statistics", "loop"), ("fetch", "packets")]:
            words = f"'{floor}' may not include '{other}'"
            self.assert_fault(f"src/{floor}/a.hpp", f'"{other}/b.hpp"', words)

    def test_a_library_has_one_door(self):
        for path, header in [
            ("src/disk/a.cpp", "<uv.h>"),
            ("src/main.cpp", "<curl/curl.h>"),
            ("src/commands/a.cpp", "<CLI/CLI.hpp>"),
            ("src/fetch/a.cpp", "<nlohmann/json.hpp>"),
        ]:
            self.assert_fault(path, header, f"{header} belongs only into src/")

    def test_every_folder_and_include_is_on_a_floor(self):
        self.assert_fault("src/base/a.hpp", '"b.hpp"', '"b.hpp" names no floor')
        self.plant("src/utils/a.hpp")
        self.assert_found("src/utils/a.hpp:1: 'utils' is no floor", "floors.py")

    def test_what_the_floors_allow_is_clean(self):
        self.plant("src/main.cpp", '#include "commands/fetch.hpp"', "#include <string>")
        self.plant("src/fetch/record.cpp", "#include <nlohmann/json.hpp>", '#include "disk/a.hpp"')
        self.plant("src/loop/a.cpp", "#include <uv.h>", '#include "loop/a.hpp"')
        self.assert_clean("floors.py")


class Coroutines(Planted):
    def in_coroutine(self, statement):
        self.plant("src/coro/a.cpp", "Task<> f(A a, bool q) {", f"  {statement}", "  g(a);", "}")

    def test_braces_beside_an_await_are_a_fault(self):
        for statement in [
            "co_await fetch(url, {});",
            "co_await fetch(Options{});",
            "co_await fetch({.url = url});",
            "co_yield Line{1, text};",
            "co_await Awaiter{};",
            "co_await offload([n]{ return n; });",
            "co_await fetch(\n      Options{});",
            "use(Options{}, co_await seven());",
            "use([n] { return n; }, co_await seven());",
            "Two two{Options(), co_await seven()};",
            'log("{", Options{}, co_await seven());',
        ]:
            with self.subTest(statement):
                self.in_coroutine(statement)
                self.assert_found("braces in an expression that awaits", "coroutines.py")

    def test_a_choice_beside_an_await_is_a_fault(self):
        for statement in [
            "const bool both = q && co_await list.wait(stop);",
            "const bool any = co_await list.wait(stop) || q;",
            "const int n = q ? co_await seven() : 3;",
            "co_await fetch(q ? A() : a);",
        ]:
            with self.subTest(statement):
                self.in_coroutine(statement)
                self.assert_found("?:, && or || in an expression that awaits", "coroutines.py")

    def test_an_await_in_a_condition_is_a_fault(self):
        for statement in [
            "if (!co_await list.wait(stop)) co_return;",
            "while (co_await list.wait(stop)) g(a);",
            "while ((line = co_await reader.next())) g(a);",
            "switch (co_await seven()) { default: break; }",
            "if (g(a); co_await list.wait(stop)) g(a);",
            "for (; co_await list.wait(stop);) g(a);",
        ]:
            with self.subTest(statement):
                self.in_coroutine(statement)
                self.assert_found("an await in a condition", "coroutines.py")

    def test_a_parameter_that_may_dangle_is_a_fault(self):
        for signature in [
            "Task<> f(const std::string& url);",
            "coro::Task<int> Room::f(int n, std::vector<int>&& rows) {}",
            "Task<std::optional<Head>> f(std::string_view text = {});",
            "Generator<int, int, int> f(\n    std::span<const char> bytes);",
            "static Spawned f(const Url& url);",
            "auto f = [](const Url& url) -> coro::Task<> { co_return; };",
        ]:
            with self.subTest(signature):
                self.plant("src/coro/a.hpp", signature)
                self.assert_found("a coroutine's parameter may dangle", "coroutines.py")

    def test_what_the_rules_allow_is_clean(self):
        self.plant("src/coro/a.hpp", *ALLOWED.splitlines())
        self.assert_clean("coroutines.py")


ALLOWED = """
Task<> run(Loop& loop, std::vector<Url> urls, std::function<void(const Url&)> tell, Stop s = {}) {
  while (const auto line = co_await reader.next()) {
    use(*line);
  }
  if (q && a) co_await clock.sleep(1s);
  for (int i = 0; i < 200'000 || q; ++i) sum += co_await seven();
  if (const bool slept = co_await clock.sleep(1s, stop); slept) co_return;
  auto&& result = co_await fetch(std::move(url), 'x', "a {}?: && string");  // a {} ?: && comment
  try {
    result.emplace(co_await std::move(main));
  } catch (...) {
  }
  const auto job = [n] { return n; };
  const int m = co_await on_pool(loop, job);
  do {
    const std::optional<double> number = co_yield average;
    if (!number) continue;
  } while (q || a);
  co_return co_await asleep.wait(stop);
}
Awaiter operator co_await() && { return Awaiter(frame_); }
Task& operator=(Task&&) = delete;
bool is_known(const Url& url, std::string_view text);
Task<int> task(std::move(other));
"""


class Readme(Planted):
    def test_a_path_that_does_not_exist_is_a_fault(self):
        for text in ["Run `scripts/go`.", "    scripts/go urls.txt", "See `src/base/no.hpp`."]:
            with self.subTest(text):
                self.plant("README.md", "# fetcher", text)
                self.assert_found("README.md:2: there is no ", "readme.py")

    def test_code_that_no_source_has_is_a_fault(self):
        self.plant("src/a.cpp", "int a = 1;")
        for text in ["```cpp\nint b;\n```", "1. x\n\n   ```cpp\n   int b;\n   ```"]:
            with self.subTest(text):
                self.plant("CONTRIBUTING.md", text)
                self.assert_found("no source or example has this", "readme.py")

    def test_a_list_that_does_not_say_what_it_is_for_is_a_fault(self):
        self.plant("urls/a.txt", "http://host/a")
        self.assert_found("urls/a.txt:1: it does not say what it is for", "readme.py")

    def test_paths_that_exist_are_clean(self):
        self.plant("src/disk/part_file.hpp")
        self.plant("scripts/run")
        self.plant("README.md", "`scripts/run urls.txt`, see `src/disk/part_file` and `src/`.")
        self.plant("src/a.cpp", "void f() {", "  g();", "}")
        self.plant("CONTRIBUTING.md", "1. x", "   ```cpp", "   g();", "   ```")
        self.plant("urls/a.txt", "# For a first try.", "http://host/a")
        self.assert_clean("readme.py")


class Format(Planted):
    def test_a_source_that_is_laid_out_otherwise_is_a_fault(self):
        self.plant("src/a.cpp", "int  a ;")
        self.plant("tests/a.cpp", "int a;")
        self.assert_found("src/a.cpp:1:4: error: code should be clang-formatted", "format.sh")

    def test_a_source_that_is_laid_out_well_is_clean(self):
        self.plant("src/a.cpp", "int* a;")
        self.plant("tests/a.cpp", "int a;")
        self.assert_clean("format.sh")


class Tidy(Planted):
    def plant_compiled(self, source, header):
        """A source, the header that it includes, and how they are compiled."""
        self.plant("src/a.hpp", header)
        self.plant("src/a.cpp", '#include "a.hpp"', source)
        file = str(self.root / "src/a.cpp")
        command = f"c++ -std=c++20 -c {file}"
        compilation = {"directory": str(self.root), "file": file, "command": command}
        self.plant("compile_commands.json", json.dumps([compilation]))

    def test_a_coroutine_that_captures_is_a_fault(self):
        self.plant_compiled("Task f(int n) { return [n]() -> Task { co_yield n; }(); }", TASK)
        words = "[cppcoreguidelines-avoid-capturing-lambda-coroutines"
        self.assert_found(words, "tidy.sh", self.root)

    def test_a_fault_in_a_header_is_found(self):
        self.plant_compiled("", "inline double half(int n) { return n / 2; }")
        words = "src/a.hpp:1:36: error: result of integer division"
        self.assert_found(words, "tidy.sh", self.root)

    def test_sound_code_is_clean(self):
        self.plant_compiled("Task f(int n) { co_yield n; }", TASK)
        self.assert_clean("tidy.sh", self.root)


TASK = """#include <coroutine>
#include <exception>
struct Task {
  struct promise_type {
    Task get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    std::suspend_never yield_value(int /*number*/) noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};"""


if __name__ == "__main__":
    unittest.main()
