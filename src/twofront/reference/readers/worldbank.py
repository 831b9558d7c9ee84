"""World Bank, World Development Indicators: the CSV of one indicator by country, wide as downloaded or long."""

from __future__ import annotations

import re

from twofront.reference.readers.file import Content, Opened, Point, number

INDICATORS = {
    "NY.GDP.MKTP.CD": ("gdp_nominal", 1e-9, "bn USD current"),
    "NY.GDP.MKTP.PP.CD": ("gdp_ppp", 1e-9, "bn USD current PPP"),
    "MS.MIL.XPND.GD.ZS": ("share", 1.0, "% GDP"),
    "SP.POP.TOTL": ("population", 1e-6, "million persons"),
}
LONG = ("Country Name", "Country Code", "Year", "Value")
WIDE = ("Country Name", "Country Code", "Indicator Name", "Indicator Code")


def recognises(file: Opened) -> bool:
    """Whether a text is a download of one indicator."""
    return file.header() == LONG or _head(file) is not None


def read(file: Opened) -> Content:
    """One indicator of every country and year. The long form carries no indicator: it is GDP in US dollars."""
    if file.header() == LONG:
        return _content(file, "gdp_nominal", "bn USD current", _long(file), "")
    head = _head(file)
    assert head is not None
    names = list(file.rows[head])
    years = {k: int(name) for k, name in enumerate(names) if re.fullmatch(r"\d{4}", name.strip())}
    points, measure, unit = [], "", ""
    for line, row in enumerate(file.rows[head + 1 :], start=head + 2):
        if len(row) < 5:
            continue
        if row[3] not in INDICATORS:
            raise file.wrong(f"row {line}, column D", row[3], f"one of {', '.join(INDICATORS)}")
        measure, factor, unit = INDICATORS[row[3]]
        for k, year in years.items():
            value = number(row[k]) if k < len(row) else None
            if value is not None:
                points.append(Point(row[1], year, measure, value * factor))
    updated = next((row[1] for row in file.rows[:head] if row[:1] == ("Last Updated Date",) and len(row) > 1), "")
    return _content(file, measure, unit, points, updated)


def _content(file: Opened, measure: str, unit: str, points: list[Point], updated: str) -> Content:
    if not points:
        raise file.wrong("row 2", None, "figures of countries")
    last = str(max(p.year for p in points))
    return Content("World Bank", updated or f"to {last}", updated or last, {measure: unit}, tuple(points))


def _head(file: Opened) -> int | None:
    return next((k for k, row in enumerate(file.rows[:8]) if tuple(c.strip() for c in row[:4]) == WIDE), None)


def _long(file: Opened) -> list[Point]:
    points = []
    for line, row in enumerate(file.rows[1:], start=2):
        if not any(row):
            continue
        year, value = (number(row[k]) if len(row) == 4 else None for k in (2, 3))
        if year is None or value is None:
            raise file.wrong(f"row {line}", ", ".join(row), "name, code, year and value")
        points.append(Point(row[1], int(year), "gdp_nominal", value * 1e-9))
    return points
