"""The figures of a case, as a table for people and as JSON for machines."""

import dataclasses

COLUMNS = "{:24}{:>9}{:>10}{:>12}{:>8}{:>9}{:>7}  {}"
HEAD = COLUMNS.format("", "seconds", "x fetcher", "x best peer", "CPU s", "us/file", "MiB", "")
MiB = 1024 * 1024


def table(case, entries):
    lines = [title_of(case), HEAD.rstrip()]
    lines += [row(entry, case, entries) for entry in entries]
    if case.ideal_seconds and (fetcher := reference(entries)):
        times = fetcher.median("seconds") / case.ideal_seconds
        lines.append(f"ideal: {case.ideal_seconds:.2f} s; the fetcher: {times:.2f} times that")
    return "\n".join(lines) + "\n"


def title_of(case):
    bulk = sum(case.sizes) / 1e6
    hosts = f", {case.hosts} hosts" if case.hosts > 1 else ""
    what = f"{len(case.sizes)} files, {bulk:.1f} MB{hosts}, {case.concurrency} at once"
    return f"{case.work}: {case.title} ({what})"


def row(entry, case, entries):
    if not entry.costs:
        return f"{entry.name:24}skipped: {entry.skipped}"
    if entry.fault:
        return f"{entry.name:24}WRONG: {entry.fault}"
    fetcher, best = reference(entries), best_peer(entries)
    cpu = entry.median("cpu_seconds")
    return COLUMNS.format(
        entry.name,
        f"{entry.median('seconds'):.3f}",
        ratio(entry, fetcher),
        ratio(entry, best),
        f"{cpu:.3f}",
        f"{cpu / len(case.sizes) * 1e6:.1f}",
        f"{entry.median('peak_bytes') / MiB:.1f}",
        "" if len(entry.rounds) else "once",
    ).rstrip()


def ratio(entry, other):
    return f"{entry.ratio_to(other):.2f}" if other else "-"


def reference(entries):
    """The fetcher in its usual durability, unless it lost something."""
    return next((e for e in entries if e.role == "fetcher" and e.costs and not e.fault), None)


def best_peer(entries):
    """The fastest peer that did all of the work, or None."""
    able = (entry for entry in entries if entry.role == "peer" and entry.costs and not entry.fault)
    return min(able, key=lambda entry: entry.median("seconds"), default=None)


def for_machines(case, entries):
    return {
        "work": case.work,
        "title": title_of(case),
        "files": len(case.sizes),
        "bytes": sum(case.sizes),
        "hosts": case.hosts,
        "concurrency": case.concurrency,
        "ideal_seconds": case.ideal_seconds,
        "entries": [entry_for_machines(entry, entries) for entry in entries],
    }


def entry_for_machines(entry, entries):
    fields = dataclasses.asdict(entry)
    if entry.costs and not entry.fault:
        for name, other in ("fetcher", reference(entries)), ("best_peer", best_peer(entries)):
            fields[f"ratio_to_{name}"] = entry.ratio_to(other) if other else None
    return fields
