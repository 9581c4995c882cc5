"""A disk that shows a directory, and is where one's own program answers: needs FUSE."""

import os
import sys

import fusepy


class MirrorDisk(fusepy.Operations):
    """What is written below the mount lies in the store."""

    def __init__(self, store):
        self.store = store

    def __call__(self, operation, path, *arguments):
        """Every operation comes through here; its first argument is a path."""
        return super().__call__(operation, self.stored(path), *arguments)

    def stored(self, path):
        return self.store + path

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


def serve(disk_of):
    """Run `DISK STORE MOUNT` until it is unmounted."""
    # Else what is removed while it is open gets another name instead.
    options = {"use_ino": True, "big_writes": True, "hard_remove": True}
    fusepy.FUSE(disk_of(sys.argv[1]), sys.argv[2], foreground=True, **options)
