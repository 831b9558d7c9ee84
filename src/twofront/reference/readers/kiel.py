"""Kiel Ukraine Support Tracker, bn euros: the monthly CSV of its page, summed to years, or the release's workbook.

The workbook's `Country Summary (€)` states sums since January 2022, which stand under names of their own.
"""

from __future__ import annotations

from collections import defaultdict

from twofront.reference.readers.file import Content, Opened, Point, number
from twofront.reference.tables import countries

HEAD = ("country", "iso", "year", "month", "total", "financial", "humanitarian", "military")
MEASURES = {"total": 4, "military": 7}
SUMMARY = "Country Summary (€)"
# measure -> title of its column
COLUMNS = {"aid_total_since_2022": "total bilateral allocations", "aid_military_since_2022": "military allocations"}
NAMES = {"turkey": "TUR", "czech republic": "CZE", "south korea": "KOR", "taiwan": "TWN"}


def recognises(file: Opened) -> bool:
    """Whether a workbook has the tracker's summary, or a text its columns."""
    if file.book is not None:
        return SUMMARY in file.sheets
    return file.header()[: len(HEAD)] == HEAD


def read(file: Opened) -> Content:
    """Aid to Ukraine of each donor and year. The last year is marked as an estimate: it is not over."""
    if file.book is not None:
        return _summary(file)
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


def _summary(file: Opened) -> Content:
    """Sums since 2022 by donor, and the tracker's own total; the year is that in which the workbook was saved."""
    rows = file.cells(SUMMARY)
    heads = [(k, [str(c or "").strip().lower() for c in row]) for k, row in enumerate(rows[:40])]
    start, head = next(((k, titles) for k, titles in heads if "country" in titles), (-1, []))
    if start < 0:
        raise file.wrong(f"sheet {SUMMARY}, column A or B", None, 'the header "Country"')
    at = {}
    for measure, title in COLUMNS.items():
        at[measure] = next((k for k, name in enumerate(head) if name.startswith(title)), None)
        if at[measure] is None:
            raise file.wrong(f"sheet {SUMMARY}, row {start + 1}", ", ".join(filter(None, head))[:60], f'"{title}"')
    saved = getattr(getattr(file.book, "properties", None), "modified", None)
    if saved is None:
        raise file.wrong("workbook", None, "the date on which it was saved")
    codes = {c.name.lower(): code for code, c in countries().items()} | NAMES
    points: list[Point] = []
    totals: list[Point] = []
    name_at = head.index("country")
    for line, row in enumerate(rows[start + 1 :], start=start + 2):
        name = str(row[name_at] or "").strip() if len(row) > name_at else ""
        for measure, column in at.items():
            assert column is not None
            value = number(row[column]) if name and column < len(row) else None
            if value is not None:
                whole = name.lower() == "total"
                (totals if whole else points).append(Point(codes.get(name.lower(), name), saved.year, measure, value))
            elif name and measure == "aid_total_since_2022" and column < len(row) and isinstance(row[column], str):
                raise file.wrong(f"sheet {SUMMARY}, row {line}, column {column + 1}", row[column], "a number")
        if name.lower() == "total":
            break
    if not points:
        raise file.wrong(f"sheet {SUMMARY}, row {start + 2}", None, "figures of donors")
    units = dict.fromkeys(COLUMNS, "bn EUR current")
    return Content("Kiel", f"saved {saved:%Y-%m}", f"{saved:%Y-%m-%d}", units, tuple(points), tuple(totals))
