"""Published tables that come with the package.

`past_spending.csv`: military spending in anchor years, bn USD at constant 2024 prices and market rates,
rounded to two or three digits (SIPRI Military Expenditure Database, release of spring 2026; Ukraine and
Bulgaria have a few more anchors because their spending jumped). Years between anchors are interpolated. A
scenario folder may ship its own file with the same columns, which then replaces these series country by
country.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import StringIO
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from twofront.errors import DataError, did_you_mean

COLUMNS = ("code", "year", "spending", "source", "note")
LARGEST_FILE = 5_000_000  # bytes; the shipped table has 12,000
_SHIPPED = "past_spending.csv"

Series = Mapping[int, float]  # year -> bn USD2024


def past_spending(
    code: str, first: int, last: int, overrides: Mapping[str, Series] | None = None
) -> NDArray[np.float64]:
    """Military spending of one country in each year from `first` to `last`, both included.

    code: ISO 3166 alpha-3, such as "POL".
    overrides: the scenario's own `table(path)`; a country named there takes its whole series from it.
    Returns [year] in bn USD2024: linear between the anchors, constant before the first and after the last.
    Errors: DataError for an unknown country or for years in the wrong order.
    Source: SIPRI Military Expenditure Database 2026; see the source column of the table.
    """
    if last < first:
        raise DataError(
            f"past spending of {code}: the last year {last} lies before the first year {first}. Exchange the two years."
        )
    series = (overrides or {}).get(code) or table().get(code)
    if series is None:
        raise DataError(
            f'past spending: no row for "{code[:40]}" in {_SHIPPED} of the package'
            f"{' or of the scenario' if overrides else ''}. {did_you_mean(code, table())} "
            "Add its rows to past_spending.csv in the scenario folder (columns "
            f"{', '.join(COLUMNS)}), or give the power its capital."
        )
    anchors = sorted(series)
    years = np.arange(first, last + 1, dtype=np.float64)
    return np.interp(years, anchors, [series[year] for year in anchors])


def table(path: Path | str | None = None) -> dict[str, Series]:
    """The anchors of past spending by country and year, bn USD2024.

    path: a CSV file with the columns of `COLUMNS` (comma, UTF-8); None for the table of the package.
    Errors: DataError with file and line for a wrong column, a bad number, a missing source, a doubled year.
    """
    if path is None:
        return dict(_shipped())
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise DataError(f"{file.name}: larger than {LARGEST_FILE // 10**6} MB. Keep the rows you need.")
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{file.name}: not UTF-8 ({error.reason}). Save it as CSV UTF-8.") from error
    except OSError as error:
        raise DataError(f"{file.name}: cannot be read ({error.strerror}). Check the path and your rights.") from error
    return parse(text, file.name)


@cache
def _shipped() -> Mapping[str, Series]:
    text = files(__package__).joinpath(_SHIPPED).read_text(encoding="utf-8")
    return MappingProxyType(parse(text, _SHIPPED))


def parse(text: str, file: str) -> dict[str, Series]:
    """The same as `table`, from text already read; `file` is the name that messages show."""
    rows = csv.reader(StringIO(text))
    try:
        header = tuple(name.strip() for name in next(rows, []))
        _check_header(header, file)
        found: dict[str, dict[int, float]] = {}
        for row in rows:
            if any(cell.strip() for cell in row):
                code, year, spending = _row(row, f"{file}:{rows.line_num}")
                if year in found.setdefault(code, {}):
                    raise DataError(f"{file}:{rows.line_num}: {code} {year} is given twice. Remove one row.")
                found[code][year] = spending
    except csv.Error as error:
        raise DataError(
            f"{file}:{rows.line_num}: not readable as CSV ({error}). Save it again as CSV UTF-8."
        ) from error
    return {code: MappingProxyType(series) for code, series in found.items()}


def _check_header(header: tuple[str, ...], file: str) -> None:
    if len(header) == 1 and ";" in header[0]:
        raise DataError(f"{file}:1: semicolons separate the columns. Save the file with commas and decimal points.")
    if header != COLUMNS:
        raise DataError(
            f"{file}:1: the columns are {', '.join(header)[:200] or 'missing'}. "
            f"Write {', '.join(COLUMNS)} in this order."
        )


def _row(row: list[str], place: str) -> tuple[str, int, float]:
    """Country, year and bn USD2024 of one line."""
    if len(row) != len(COLUMNS):
        raise DataError(f"{place}: {len(row)} cells where {len(COLUMNS)} belong. Quote cells that contain a comma.")
    code, year, spending, source, _note = (cell.strip() for cell in row)
    if not (len(code) == 3 and code.isascii() and code.isupper()):
        raise DataError(
            f'{place}: code "{code[:40]}" is no ISO code of three capital letters. Write for example "POL".'
        )
    if not (year.isascii() and year.isdigit() and 1800 <= int(year[:5]) <= 2200):
        raise DataError(f'{place}: year "{year[:40]}" is no year from 1800 to 2200.')
    if not source:
        raise DataError(f"{place}: no source. Name the edition or the claim that states the figure.")
    try:
        amount = float(spending)
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and amount >= 0):
        raise DataError(
            f'{place}: spending "{spending[:40]}" is no number from 0. Write bn USD2024 with a decimal point.'
        )
    return code, int(year), amount
