"""A disk on which a name in capitals is the same name, as on FAT: `folding_disk.py STORE MOUNT`.

What is written below MOUNT lies in STORE, with every name in small letters and composed
characters. It runs until it is unmounted, and needs FUSE.
"""

import os
import sys
import unicodedata

import fusepy


class FoldingDisk(fusepy.Operations):
    def __init__(self, store):
        self.store = store

    def __call__(self, operation, path, *arguments):
        """Every operation comes through here; its first argument is a path."""
        return super().__call__(operation, self.stored(path), *arguments)

    def stored(self, path):
        return self.store + unicodedata.normalize("NFC", path.lower())

    def getattr(self, path, fh=None):
        status = os.lstat(path)
        return {key: getattr(status, key) for key in dir(status) if key.startswith("st_")}

    def readdir(self, path, fh):
        return [".", "..", *os.listdir(path)]

    def create(self, path, mode):
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open(self, path, flags):
        return os.open(path, flags & ~os.O_APPEND)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(path, length)

    def release(self, path, fh):
        os.close(fh)

    def fsync(self, path, datasync, fh):
        os.fsync(fh)

    def unlink(self, path):
        os.unlink(path)

    def rename(self, path, new):
        os.rename(path, self.stored(new))

    def link(self, path, old):
        os.link(self.stored(old), path)


if __name__ == "__main__":
    fusepy.FUSE(FoldingDisk(sys.argv[1]), sys.argv[2], foreground=True, use_ino=True)
