"""Kiel Ukraine Support Tracker: allocations by donor and month, summed to years, bn euros."""

from __future__ import annotations

from collections import defaultdict

from twofront.reference.readers.file import Content, Opened, Point, number

HEAD = ("country", "iso", "year", "month", "total", "financial", "humanitarian", "military")
MEASURES = {"total": 4, "military": 7}


def recognises(file: Opened) -> bool:
    """Whether a text has the tracker's columns."""
    return file.header()[: len(HEAD)] == HEAD


def read(file: Opened) -> Content:
    """Aid to Ukraine of each donor and year. The last year is marked as an estimate: it is not over."""
    sums: dict[tuple[str, int, str], float] = defaultdict(float)
    latest = (0, 0)
    for line, row in enumerate(file.rows[1:], start=2):
        if not any(row):
            continue
        year, month = (number(row[k]) if len(row) > 7 else None for k in (2, 3))
        if year is None or month is None:
            raise file.wrong(f"row {line}", ", ".join(row)[:60], "country, iso, year and month")
        latest = max(latest, (int(year), int(month)))
        for measure, column in MEASURES.items():
            value = number(row[column])
            if value is None:
                raise file.wrong(f"row {line}, column {HEAD[column]}", row[column], "a number")
            sums[row[1] or row[0], int(year), f"aid_{measure}"] += value
    if not sums:
        raise file.wrong("row 2", None, "figures of donors")
    date = f"{latest[0]}-{latest[1]:02d}"
    points = [
        Point(code, year, measure, value, "estimate" if year == latest[0] and latest[1] < 12 else "")
        for (code, year, measure), value in sorted(sums.items())
    ]
    return Content("Kiel", f"to {date}", date, {f"aid_{m}": "bn EUR current" for m in MEASURES}, tuple(points))
