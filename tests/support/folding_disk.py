"""A disk on which a name in capitals is the same name, as on FAT: `folding_disk.py STORE MOUNT`.

What is written below MOUNT lies in STORE, with every name in small letters and composed
characters.
"""

import unicodedata

from mirror_disk import MirrorDisk, serve


class FoldingDisk(MirrorDisk):
    def stored(self, path):
        return self.store + unicodedata.normalize("NFC", path.lower())


if __name__ == "__main__":
    serve(FoldingDisk)
