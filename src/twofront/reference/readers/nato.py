"""NATO, Defence Expenditure of NATO Countries: the workbook `Table 1` to `Table 8b`, or its tables as one CSV.

Each sheet begins with its title ("Table 3: ..."), then the unit; below stand blocks: a caption, a header with the years
(an "e" marks estimates) behind a blank cell, one row for each ally (with its currency in Table 1, a star where a figure
was revised), NATO's own totals, a blank row. From 2026 on the title says "Core defence expenditure": the basis changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from twofront.reference.readers.file import Content, Opened, Point, number
from twofront.reference.tables import countries

# measure -> number of the table, what its caption says, factor, unit ({base} from the caption)
BLOCKS = {
    "own": ("1", r"current prices", 1e-3, "bn own currency current"),
    "current": ("2", r"current prices and exchange rates", 1e-3, "bn USD current"),
    "constant": ("2", r"constant (\d{4})|(\d{4}) prices", 1e-3, "bn USD{base}"),
    "share": ("3", r"share of (?:real )?gdp", 1.0, "% GDP"),
    "personnel": ("7", r"military personnel|thousands", 1.0, "thousand persons"),
    "equipment": ("8a", r"equipment", 1.0, "%"),
}
REQUIRED = ("current", "share")
YEAR = re.compile(r"((?:19|20)\d{2})(?:\.0)?\s*(e?)", re.I)
TOTALS = ("NATO Europe and Canada", "NATO Total", "North America", "NATO Europe")
NAMES = {
    "czech republic": "CZE", "turkey": "TUR", "the netherlands": "NLD", "slovak republic": "SVK",
    "united states of america": "USA", "european allies and canada": TOTALS[0],
}  # fmt: skip
EMPTY = {"", "..", "...", "\N{HORIZONTAL ELLIPSIS}", "-", "\N{EN DASH}"}  # not available, or nothing
CSV_HEAD = ("country_stanag", "year")
CSV_COLUMNS = {
    "Defense expenditure (USD, current prices)": ("current", 1e-9, "bn USD current"),
    "Defense expenditure (USD, 2015 prices)": ("constant", 1e-9, "bn USD2015"),
    "Defense expenditure (% real GDP)": ("share", 1.0, "% GDP"),
    "Equipment expenditure (%)": ("equipment", 1.0, "%"),
    "Military personnel": ("personnel", 1e-3, "thousand persons"),
}


def recognises(file: Opened) -> bool:
    """Whether a workbook begins its tables as NATO does, or a text has the columns of its tables."""
    if file.book is None:
        return file.header()[:2] == CSV_HEAD
    return any(re.match(r"Table \d", _title(file, name)) for name in file.sheets[:12])


def read(file: Opened) -> Content:
    """Spending, share of GDP, equipment share and personnel by ally and year, with NATO's own totals."""
    if file.book is None:
        return _read_csv(file)
    points: list[Point] = []
    totals: list[Point] = []
    units: dict[str, str] = {}
    core = False
    for measure, (table, caption, factor, unit) in BLOCKS.items():
        sheet = _sheet(file, table)
        if sheet is None:
            if measure in REQUIRED:
                raise file.wrong("workbook", ", ".join(file.sheets), f'a sheet whose cell A1 begins "Table {table}"')
            continue
        rows = file.cells(sheet)
        core = core or "core" in _title(file, sheet).lower()
        found = _block(file, sheet, rows, caption)
        if found is None:
            if measure in REQUIRED:
                raise file.wrong(f"sheet {sheet}, column A", rows[0][0], f'a caption "{caption}" above a row of years')
            continue
        base, start = found
        units[measure] = unit.format(base=base)
        for point in _figures(file, sheet, rows, start, measure, factor):
            (totals if point.code in TOTALS else points).append(point)
    if sum(p.measure == "share" for p in points) < 10:
        raise file.wrong(f"sheet {_sheet(file, '3')}", None, "the names of allies in column A")
    last = max(p.year for p in points)
    saved = getattr(getattr(file.book, "properties", None), "modified", None)  # the tables state no date of their own
    date = f"{saved:%Y-%m-%d}" if saved is not None and saved.year == last else str(last)
    return Content("NATO", f"{last}{' core' if core else ''}", date, units, tuple(points), tuple(totals))


def _title(file: Opened, sheet: str) -> str:
    """The first text in column A."""
    assert file.book is not None
    cells = file.book[sheet].iter_rows(max_row=4, max_col=1, values_only=True)
    return next((" ".join(str(row[0]).split()) for row in cells if row and row[0] is not None), "")


def _sheet(file: Opened, table: str) -> str | None:
    return next((s for s in file.sheets if re.match(rf"Table {table}\b", _title(file, s), re.I)), None)


def _years(row: tuple[Any, ...]) -> dict[int, tuple[int, str]]:
    """Column -> (year, mark) of a header row; empty for any other row."""
    if not row or str(row[0] or "").strip().lower() not in ("", "country", "ally"):
        return {}
    found = {k: YEAR.fullmatch(str(cell).strip()) for k, cell in enumerate(row) if k and cell is not None}
    return {k: (int(m[1]), "estimate" if m[2] else "") for k, m in found.items() if m}


def _block(file: Opened, sheet: str, rows: list[tuple[Any, ...]], caption: str) -> tuple[str, int] | None:
    """(base year of constant prices, index of the header row) of the block whose caption matches.

    The caption is the text next above the header; a table of one block may say it in its title alone.
    """
    heads = [k for k, row in enumerate(rows) if len(_years(row)) >= 5]
    texts = {k: [t for row in rows[:k] if (t := _text(row))] for k in heads}
    nearest = [(k, texts[k][-1]) for k in heads if texts[k]]
    title = [(k, " ".join(texts[k])) for k in heads[:1] if len(heads) == 1]
    for k, above in nearest + title:
        match = re.search(caption, above, re.I)
        if match:
            return next((g for g in match.groups() if g), ""), k
    return None


def _text(row: tuple[Any, ...]) -> str:
    """The words of a row without figures."""
    if any(number(cell) is not None for cell in row[1:]):
        return ""
    return " ".join(str(cell) for cell in row if isinstance(cell, str) and len(cell) > 1)


def _figures(
    file: Opened, sheet: str, rows: list[tuple[Any, ...]], start: int, measure: str, factor: float
) -> Iterator[Point]:
    years = _years(rows[start])
    codes = {c.name.casefold(): code for code, c in countries().items()} | {t.casefold(): t for t in TOTALS} | NAMES
    for line, row in enumerate(rows[start + 1 :], start=start + 2):
        label = _label(row[0] if row else None)
        figures = {
            k: row[k] for k in years if k < len(row) and str(row[k] if row[k] is not None else "").strip() not in EMPTY
        }
        code = codes.get(label.casefold())
        if not label or (code is None and not figures):  # a blank row or a note ends the block
            return
        if code is None:
            raise file.wrong(f"sheet {sheet}, cell A{line}", row[0], "the name of an ally")
        for k, cell in figures.items():
            value = number(cell)
            if value is None:
                from openpyxl.utils import get_column_letter

                raise file.wrong(f"sheet {sheet}, cell {get_column_letter(k + 1)}{line}", cell, 'a number or ".."')
            year, mark = years[k]
            yield Point(code, year, measure, value * factor, mark)


def _label(cell: object) -> str:
    """The name of a row: without currency, stars and footnote figures."""
    bare = re.sub(r"\s*(\(.*?\)|[*\d¹²³]+)\s*", " ", str(cell or ""))
    return unicodedata.normalize("NFC", " ".join(bare.split()))


def _read_csv(file: Opened) -> Content:
    head = list(file.header())
    columns = {head.index(name): made for name, made in CSV_COLUMNS.items() if name in head}
    if len(columns) < 3:
        raise file.wrong("row 1", ", ".join(head)[:80], f'columns such as "{next(iter(CSV_COLUMNS))}"')
    points = []
    for line, row in enumerate(file.rows[1:], start=2):
        year = number(row[1]) if len(row) >= len(head) else None
        if year is None:
            raise file.wrong(f"row {line}", ", ".join(row)[:60], "country, year and figures")
        for k, (measure, factor, _) in columns.items():
            value = number(row[k])
            if value is not None:
                points.append(Point(row[0], int(year), measure, value * factor))
    last = max(p.year for p in points)
    # NATO's tables estimate their last two years.
    marked = tuple(Point(p.code, p.year, p.measure, p.value, "estimate" if p.year >= last - 1 else "") for p in points)
    return Content("NATO", str(last), str(last), {m: unit for m, _, unit in columns.values()}, marked)
