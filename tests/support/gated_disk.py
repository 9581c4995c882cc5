"""A disk with one slow file: `gated_disk.py STORE MOUNT`.

Who writes to MOUNT/slow.txt waits as long as somebody holds a lock on STORE/gate.
"""

import fcntl
import os

from mirror_disk import MirrorDisk, serve


class GatedDisk(MirrorDisk):
    def write(self, path, data, offset, fh):
        if os.path.basename(path) == "slow.txt":
            with open(f"{self.store}/gate", "rb") as gate:
                fcntl.flock(gate, fcntl.LOCK_SH)
        return super().write(path, data, offset, fh)


if __name__ == "__main__":
    serve(GatedDisk)
