#!/usr/bin/env bash
# The Debian package of ROOT is sound: `package.sh ROOT`, as root, with the package mirror in reach.
# It has the same bytes when it is built elsewhere, lintian has nothing against it, and on a Debian 12
# that has nothing else it installs and runs.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf --one-file-system -- "$scratch"' EXIT

# What git knows under ROOT, with the changes that are not committed, in another place.
copy_sources() {
  mkdir -p "$scratch/$1"
  git -C "$root" ls-files -z | tar -C "$root" --null --files-from=- -c | tar -C "$scratch/$1" -x
}

root=$(realpath -- "$1")
deb=$root/$("$root/scripts/package")
copy_sources elsewhere/of-another-length
again=$scratch/elsewhere/of-another-length/$("$scratch/elsewhere/of-another-length/scripts/package")
sha256sum "$deb" "$again"
cmp "$deb" "$again"

# That a first package closes a wish of Debian's bug tracker matters to Debian only.
lintian --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$deb"

clean=$scratch/clean
debootstrap --variant=minbase bookworm "$clean" >/dev/null
cp -- "$deb" "$clean/fetcher.deb"
DEBIAN_FRONTEND=noninteractive \
  chroot "$clean" apt-get -qq install -y --no-install-recommends /fetcher.deb >/dev/null
chroot "$clean" fetcher --version
chroot "$clean" sh -c 'seq 10 | fetcher stats' | grep -qx 'mean 5.5'
