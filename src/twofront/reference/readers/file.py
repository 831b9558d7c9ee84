"""A publisher's file, opened once: sheets of a workbook or rows of a text, and what a reader makes of it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twofront.errors import DataError

LARGEST_FILE = 60_000_000  # bytes; the largest known file has 10 million
LARGEST_UNPACKED = 400_000_000  # bytes of a workbook's parts


@dataclass(frozen=True)
class Point:
    """One published figure: `code` is the ISO code, or the publisher's own name where there is none."""

    code: str
    year: int
    measure: str
    value: float
    mark: str = ""  # "", "estimate", "uncertain" or "projection"


@dataclass(frozen=True)
class Content:
    """What a file says: publisher, edition, date as far as it is in the file, units by measure, figures."""

    publisher: str
    edition: str
    date: str
    units: Mapping[str, str]
    points: tuple[Point, ...]
    totals: tuple[Point, ...] = field(default=())  # the publisher's own sums, `code` is their name


@dataclass(frozen=True)
class Opened:
    """An open file: `sheets` of a workbook by name, or the `rows` of a text."""

    name: str
    book: Any | None
    rows: tuple[tuple[str, ...], ...]

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets; empty for a text."""
        return list(self.book.sheetnames) if self.book is not None else []

    def cells(self, sheet: str) -> list[tuple[Any, ...]]:
        """Rows of a sheet as values."""
        assert self.book is not None
        return [tuple(row) for row in self.book[sheet].iter_rows(values_only=True)]

    def first(self, sheet: str) -> tuple[Any, ...]:
        """The first row of a sheet as values, without reading the others."""
        assert self.book is not None
        return next(iter(self.book[sheet].iter_rows(max_row=1, values_only=True)), ())

    def header(self) -> tuple[str, ...]:
        """The first row of a text, spaces trimmed."""
        return tuple(cell.strip() for cell in self.rows[0]) if self.rows else ()

    def seen(self) -> str:
        """What was found, for messages."""
        if self.book is not None:
            return f"a workbook with the sheets {', '.join(self.sheets)[:120]}"
        return f"a text that begins {', '.join(self.header())[:120] or 'with an empty line'}"

    def wrong(self, place: str, found: object, wanted: str) -> DataError:
        """A changed layout, in words: where, what stands there, what should."""
        shown = "nothing" if found is None else repr(str(found)[:60])
        return DataError(
            f"{self.name}: {place}: found {shown} where {wanted} belongs; the publisher changed the layout. "
            "Report the edition, and use an older one until twofront knows it."
        )


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Opens a workbook or a text. Errors: DataError where it cannot be read or is too large."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{path.name}: larger than {LARGEST_FILE // 10**6} MB, which no known edition is.")
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path.name}: cannot be read ({error.strerror}). Check the path and your rights.") from error
    if data[:4] == b"PK\x03\x04":
        book = _workbook(data, path.name)
        try:
            yield Opened(path.name, book, ())
        finally:
            book.close()
    else:
        yield Opened(path.name, None, _text(data, path.name))


def _workbook(data: bytes, name: str) -> Any:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise DataError(f"{name}: unpacks to more than {LARGEST_UNPACKED // 10**6} MB. It is no known edition.")
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(f"{name}: not a workbook that can be read ({error}). Download it again.") from error


def _text(data: bytes, name: str) -> tuple[tuple[str, ...], ...]:
    """Rows of a text in UTF-8, UTF-16 or Latin-1, separated by comma or tabulator."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if "\0" in text[:2000]:
        raise DataError(f"{name}: neither a workbook nor a text. Download the file again from its publisher.")
    first = text[: text.find("\n") if "\n" in text else len(text)]
    try:
        return tuple(tuple(row) for row in csv.reader(io.StringIO(text), delimiter="\t" if "\t" in first else ","))
    except csv.Error as error:
        raise DataError(f"{name}: not readable as a table ({error}). Download it again.") from error


def number(text: object) -> float | None:
    """A figure as publishers print it: thousands commas allowed, blank, dots and dashes mean none."""
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, int | float):
        return float(text) if text == text else None
    cleaned = str(text).replace(",", "").replace("\N{NO-BREAK SPACE}", "").strip()
    try:
        value = float(cleaned)
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None
