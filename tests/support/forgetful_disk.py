"""A disk that forgets what was not synced when its power fails: `forgetful_disk.py STORE MOUNT`.

STORE/after-N is what is left of it where the power fails after the Nth sync. In between nothing of
that changes: of a file as much is left as there was at its last sync, and of a directory the names.
"""

import os
import threading

from mirror_disk import MirrorDisk, serve


class ForgetfulDisk(MirrorDisk):
    def __init__(self, store):
        super().__init__(f"{store}/live")
        os.mkdir(self.store)
        self.left = f"{store}/after-"
        self.one_sync = threading.Lock()
        self.syncs = 0
        self.names = {}  # of files -> inode
        self.bytes = {}  # inode -> what is in it

    def fsync(self, path, datasync, fh):
        with self.one_sync, open(f"/proc/self/fd/{fh}", "rb") as file:
            self.bytes[os.fstat(fh).st_ino] = file.read()
            self.note_what_is_left()

    def fsyncdir(self, path, datasync, fh):
        with self.one_sync:
            self.names = {entry.name: entry.inode() for entry in os.scandir(path)}
            self.note_what_is_left()

    def unlink(self, path):
        status = os.stat(path)
        if status.st_nlink == 1:
            self.bytes.pop(status.st_ino, None)  # the number will be another file's
        super().unlink(path)

    def note_what_is_left(self):
        self.syncs += 1
        os.mkdir(f"{self.left}{self.syncs}")
        for name, inode in self.names.items():
            with open(f"{self.left}{self.syncs}/{name}", "wb") as file:
                file.write(self.bytes.get(inode, b""))


if __name__ == "__main__":
    serve(ForgetfulDisk)
