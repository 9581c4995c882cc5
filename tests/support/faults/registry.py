"""The faults by their names."""

faults = {}


def fault(function):
    """Let paths that begin with this function's name be answered by it."""
    faults[function.__name__] = function
    return function
