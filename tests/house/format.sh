#!/usr/bin/env bash
# Every source under ROOT is laid out as .clang-format says: `format.sh ROOT`.
# Without clang-format it is skipped (exit 77), but never where CI is set.
set -euo pipefail

style=$(dirname -- "${BASH_SOURCE[0]}")/../../.clang-format

if ! command -v clang-format-19 >/dev/null; then
  echo "clang-format-19 is missing (Debian package: clang-format-19)"
  exit "$([[ ${CI:-} ]] && echo 1 || echo 77)"
fi
cd -- "$1"
find src tests -name '*.[ch]pp' -print0 |
  xargs -0 -r clang-format-19 --style="file:$style" --dry-run -Werror
