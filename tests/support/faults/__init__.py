"""What an origin answers: `/FAULT/.../NAME` is given to the function FAULT in one of these files.

What stands between FAULT and NAME are its arguments. A new fault is one more function with `@fault`
over it.
"""

from faults import answers, changing, ends, framing, heads, redirects, waiting
from faults.registry import faults

__all__ = ["answers", "changing", "ends", "faults", "framing", "heads", "redirects", "waiting"]
