"""A terminal in memory: a process writes to it, a test reads what stands on its screen."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
import unicodedata

from patience import PATIENCE

# What the fetcher may ask of a terminal, beside writing from left to right.
SEQUENCE = re.compile(r"\x1b\[(?P<number>\d*)(?P<what>[AJKm])")


class Screen:
    """A context manager. Give `terminal`, a descriptor, to the process that is watched.

    It knows what a VT100 does with \\r, \\n, cursor up, erasing and colours; anything else that a
    terminal could obey is an error. `colours` are those that were asked for. With `reflows` it
    breaks lines anew when its width changes, as most terminals do; without, it cuts them.
    """

    def __init__(self, columns=80, rows=24, reflows=True):
        self.columns, self.rows, self.reflows = columns, rows, reflows
        self.colours = set()
        self.sent = b""
        self._lines = [[]]  # cells: a character with what combines, or "" behind a wide one
        self._is_continued = [False]
        self._row = self._column = self._top = 0
        self._unread = b""

    def __enter__(self):
        self._controller, self.terminal = pty.openpty()
        self._tell_size()
        return self

    def __exit__(self, *_):
        os.close(self._controller)
        os.close(self.terminal)

    def resize(self, columns, rows):
        """Change the size, and put the lines where they then belong."""
        self.rows = rows
        if columns != self.columns and self.reflows:
            self._reflow(columns)
        self.columns = columns
        if not self.reflows:
            self._lines = [line[:columns] for line in self._lines]
        self._top = max(self._row - rows + 1, min(self._top, len(self._lines) - 1))
        self._tell_size()

    @property
    def lines(self):
        """What stands on it, from the top, without blanks at the end of lines and below."""
        shown = ["".join(line).rstrip() for line in self._lines[self._top :]]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    @property
    def said(self):
        """All lines since the beginning, each whole again where it was too wide."""
        lines = []
        for line, is_continued in zip(self._lines, self._is_continued):
            text = "".join(line)
            if is_continued:
                lines[-1] += text
            else:
                lines.append(text)
        return [line.rstrip() for line in lines]

    def read_until(self, holds):
        """Let it show what is written to it until `holds(screen)`."""
        while not holds(self):
            shown = "\n".join(self.lines)
            assert self._is_ready(PATIENCE), f"nothing comes for {PATIENCE} s below\n{shown}"
            self._take(os.read(self._controller, 1 << 16))

    def read_to_end(self, process):
        """Let it show all that a process writes to it until it ends."""
        deadline = time.monotonic() + PATIENCE
        while self._is_ready(0) or process.poll() is None:
            assert time.monotonic() < deadline, f"the process still runs after {PATIENCE} s"
            if self._is_ready(0.01):
                self._take(os.read(self._controller, 1 << 16))

    def _is_ready(self, patience):
        return select.select([self._controller], [], [], patience)[0]

    def _tell_size(self):
        size = struct.pack("4H", self.rows, self.columns, 0, 0)
        fcntl.ioctl(self._controller, termios.TIOCSWINSZ, size)

    def _take(self, data):
        self.sent += data
        self._unread += data
        text = self._unread.decode(errors="ignore")  # the beginning of a character waits
        whole = re.match(r"(?s).*?(?=(\x1b\[?\d*)?\Z)", text)[0]
        self._unread = self._unread[len(whole.encode()) :]
        while whole:
            sequence = SEQUENCE.match(whole)
            if sequence:
                self._obey(sequence["what"], sequence["number"])
                whole = whole[sequence.end() :]
            else:
                self._put(whole[0])
                whole = whole[1:]

    def _obey(self, what, number):
        line = self._lines[self._row]
        if what == "A":
            self._row = max(self._row - int(number or 1), self._top)
        elif what == "m":
            self.colours.add(number)
        else:
            assert not number, f"erasing of kind {number}"
            del line[self._column :]
            if self._row + 1 < len(self._lines):
                self._is_continued[self._row + 1] = False
            if what == "J":
                del self._lines[self._row + 1 :]
                del self._is_continued[self._row + 1 :]

    def _put(self, character):
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._go_down(is_continued=False)
        elif unicodedata.combining(character):
            self._lines[self._row][self._column - 1] += character
        else:
            assert character.isprintable(), f"{character!r} is written"
            cells = [character]
            if unicodedata.east_asian_width(character) in "WF":
                cells.append("")
            if self._column + len(cells) > self.columns:
                self._go_down(is_continued=True)
                self._column = 0
            line = self._lines[self._row]
            line.extend(" " * (self._column - len(line)))
            line[self._column : self._column + len(cells)] = cells
            self._column += len(cells)

    def _go_down(self, is_continued):
        self._row += 1
        if self._row == len(self._lines):
            self._lines.append([])
            self._is_continued.append(is_continued)
        self._top = max(self._top, self._row - self.rows + 1)

    def _reflow(self, columns):
        lines, is_continued = [], []
        row = 0
        for n, (line, continues) in enumerate(zip(self._lines, self._is_continued)):
            if n == self._row:
                row = len(lines)  # where the cursor's line begins; it stands at its beginning
            if continues:
                line = lines.pop() + line
                is_continued.pop()
            pieces = [line[i : i + columns] for i in range(0, len(line), columns)] or [[]]
            lines += pieces
            is_continued += [False] + [True] * (len(pieces) - 1)
        self._lines, self._is_continued, self._row = lines, is_continued, row
