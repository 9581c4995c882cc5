#!/usr/bin/env bash
# clang-tidy finds nothing in src/, judged by .clang-tidy: `tidy.sh ROOT BUILD`.
# BUILD holds compile_commands.json. Without clang-tidy it is skipped (exit 77), but not in CI.
set -euo pipefail

rules=$(dirname -- "${BASH_SOURCE[0]}")/../../.clang-tidy
root=$(realpath -- "$1")

if ! command -v run-clang-tidy-19 >/dev/null; then
  echo "run-clang-tidy-19 is missing (Debian package: clang-tidy-19)"
  exit "$([[ ${CI:-} ]] && echo 1 || echo 77)"
fi
# Standard error only counts the warnings that are suppressed.
run-clang-tidy-19 -quiet -config-file "$rules" -p "$2" "^$root/src/" 2>/dev/null
