"""IMF World Economic Outlook, by countries: the tab-separated file of the publisher, or its long CSV form."""

from __future__ import annotations

import re

from twofront.reference.readers.file import Content, Opened, Point, number

# subject code -> measure, unit
SUBJECTS = {
    "NGDPD": ("gdp_nominal", "bn USD current"),
    "NGDP": ("gdp_own", "bn own currency current"),
    "NGDP_R": ("gdp_real", "bn own currency constant"),
    "NGDP_RPCH": ("growth", "%/yr"),
    "NGDP_D": ("deflator", "index"),
    "PPPGDP": ("gdp_ppp", "bn USD current PPP"),
    "PPPEX": ("ppp_rate", "own currency per international dollar"),
    "LP": ("population", "million persons"),
}
WIDE = ("WEO Country Code", "ISO", "WEO Subject Code")
LONG = ("iso3", "concept", "year", "value")
UNITS = dict(SUBJECTS.values())
# Figures are read as printed, in these scales; another one is a changed layout.
SCALES = {
    "gdp_nominal": "billions",
    "gdp_own": "billions",
    "gdp_real": "billions",
    "gdp_ppp": "billions",
    "population": "millions",
}


def recognises(file: Opened) -> bool:
    """Whether a text has the columns of the Outlook."""
    head = file.header()
    return head[:3] == WIDE or set(LONG) <= set(head)


def read(file: Opened) -> Content:
    """GDP in its forms, growth, price level and population of every country and year; years after the last
    actual one are marked as projections."""
    points = _wide(file) if file.header()[:3] == WIDE else _long(file)
    if not points:
        raise file.wrong("row 2", None, f"a row of one of {', '.join(SUBJECTS)}")
    edition = _edition(points)
    return Content("IMF", edition, edition, UNITS, tuple(points))


def _edition(points: list[Point]) -> str:
    """Year and month: the Outlook projects five years ahead, and by October most of last year is actual."""
    nominal = [p for p in points if p.measure == "gdp_nominal"]
    year = max(p.year for p in nominal) - 5
    dated = {p.code for p in nominal if p.mark}
    before = [p for p in nominal if p.year == year - 1 and p.code in dated]
    settled = sum(not p.mark for p in before)
    return f"{year}-{'10' if settled * 2 > len(before) else '04'}"


def _wide(file: Opened) -> list[Point]:
    head = list(file.header())
    years = {k: int(name) for k, name in enumerate(head) if re.fullmatch(r"\d{4}", name)}
    after = next((k for k, name in enumerate(head) if name.startswith("Estimates Start After")), None)
    if len(years) < 10 or after is None:
        raise file.wrong("row 1", ", ".join(head[-3:]), 'years and the column "Estimates Start After"')
    scale = head.index("Scale") if "Scale" in head else None
    points = []
    for line, row in enumerate(file.rows[1:], start=2):
        subject = SUBJECTS.get(row[2].strip()) if len(row) > 2 else None
        if subject is None:
            continue
        if len(row) <= after:
            raise file.wrong(f"row {line}", len(row), f"{len(head)} cells")
        actual = number(row[after])
        for k, year in years.items():
            value = number(row[k])
            if value is not None:
                mark = "projection" if actual is not None and year > actual else ""
                points.append(Point(row[1].strip(), year, subject[0], value, mark))
        wanted = SCALES.get(subject[0])
        if scale is not None and wanted is not None and row[scale].strip().lower() != wanted:
            raise file.wrong(f"row {line}, column Scale", row[scale], wanted)
    return points


def _long(file: Opened) -> list[Point]:
    head = list(file.header())
    at = {name: head.index(name) for name in LONG}
    actual_at = head.index("lastactualdate") if "lastactualdate" in head else None
    points = []
    for line, row in enumerate(file.rows[1:], start=2):
        if len(row) < len(head):
            if any(row):
                raise file.wrong(f"row {line}", len(row), f"{len(head)} cells")
            continue
        subject = SUBJECTS.get(row[at["concept"]])
        value = number(row[at["value"]])
        if subject is None or value is None:
            continue
        year = number(row[at["year"]])
        if year is None:
            raise file.wrong(f"row {line}, column year", row[at["year"]], "a year")
        actual = number(row[actual_at]) if actual_at is not None else None
        mark = "projection" if actual is not None and year > actual else ""
        points.append(Point(row[at["iso3"]], int(year), subject[0], value, mark))
    return points
