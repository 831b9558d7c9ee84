"""The typed tables of the package: what publishers printed, with the source in each row.

Every reader checks each row and answers a cached, read-only mapping. Money is in billions of the unit that the
record names, shares are in % of GDP. A blank cell is a figure that nobody published here: None, never zero.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO
from types import MappingProxyType
from typing import TypeVar

from twofront.errors import DataError, did_you_mean

MARKS = ("", "estimate", "uncertain")  # SIPRI's own classes: blank as reported, blue, red
STATUS = ("final", "estimate")
MEASURES = ("share", "equipment", "personnel")
PLEDGES = ("pledged", "plan", "announced", "exempt", "no forces")

Row = Mapping[str, str]
K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True)
class Country:
    """A country: both names, its currency (ISO 4217), the groups it belongs to, its name in SIPRI's tables."""

    code: str
    name: str
    name_de: str
    currency: str
    groups: tuple[str, ...]
    sipri_name: str

    def called(self, lang: str) -> str:
        """The name in a language."""
        return self.name_de if lang == "de" else self.name


@dataclass(frozen=True)
class Spending:
    """Military expenditure of one year as SIPRI states it."""

    code: str
    year: int
    current: float  # bn USD current, market rates
    share: float | None  # % GDP
    own: float | None  # bn of the own currency, current prices
    mark: str
    source: str


@dataclass(frozen=True)
class Economy:
    """An economy in one year: published, or the publisher's projection."""

    code: str
    year: int
    nominal: float  # bn USD current
    own: float  # bn of the own currency, current prices
    real: float  # bn of the own currency, the publisher's constant prices
    ppp: float | None  # bn international dollars, current
    ppp_rate: float | None  # own currency per international dollar
    population: float | None  # millions
    growth: float | None  # real, %/yr
    mark: str
    source: str

    @property
    def rate(self) -> float:
        """Own currency per US dollar at market rates."""
        return self.own / self.nominal


@dataclass(frozen=True)
class NatoFigure:
    """A figure by NATO's definition: share (% GDP), equipment (% of spending) or personnel (thousands)."""

    code: str
    year: int
    measure: str
    value: float
    digits: int  # decimals as published
    status: str
    source: str


@dataclass(frozen=True)
class Plan:
    """What an ally promised and what path its government published: `path` maps years to % GDP, often empty."""

    code: str
    status: str
    target: float | None
    by: int | None
    path: Mapping[int, float]
    source: str
    note: str
    note_de: str


@dataclass(frozen=True)
class Quoted:
    """A figure that is quoted, and compared with what our tables say."""

    id: str
    what: str
    code: str
    year: int
    value: float
    unit: str
    source: str


@dataclass(frozen=True)
class Source:
    """A publication: publisher, edition, date as far as known, table or page, and where its figures were seen."""

    id: str
    publisher: str
    edition: str
    published: str
    place: str
    seen: str


@cache
def countries() -> Mapping[str, Country]:
    """Every country of the tables by its ISO code."""

    def one(row: Row) -> tuple[str, Country]:
        code = _code(row)
        return code, Country(
            code, row["name"], row["name_de"], row["currency"], tuple(row["groups"].split()), row["sipri_name"]
        )

    return _read("countries.csv", one)


def group(name: str) -> tuple[str, ...]:
    """The members of a group ("europe", "nato"…) or the one country of that code or name.

    Errors: DataError for a name that is neither; it says what was probably meant.
    """
    known = countries()
    wanted = name.strip().casefold()
    members = tuple(c.code for c in known.values() if wanted in c.groups)
    single = tuple(
        c.code for c in known.values() if wanted in {c.code.casefold(), c.name.casefold(), c.name_de.casefold()}
    )
    aliases = {"us": ("USA",), "united states": ("USA",), "uk": ("GBR",), "turkey": ("TUR",)}
    found = members or single or aliases.get(wanted, ())
    if not found:
        names = [*{g for c in known.values() for g in c.groups}, *(c.name for c in known.values()), *known]
        groups = ", ".join(sorted({g for c in known.values() for g in c.groups}))
        raise DataError(
            f'no power or group "{name[:40]}". {did_you_mean(name, names)} Groups: {groups}; countries by name or code.'
        )
    return found


@cache
def spendings() -> Mapping[tuple[str, int], Spending]:
    """Military expenditure by country and anchor year (1999, 2004, 2009, 2014, 2019, 2022 to 2025)."""

    def one(row: Row) -> tuple[tuple[str, int], Spending]:
        key = _code(row), _year(row)
        current, share, own = _required(row, "current"), _optional(row, "share"), _optional(row, "own")
        return key, Spending(*key, current, share, own, _choice(row, "mark", MARKS), _source(row))

    return _read("spending.csv", one)


@cache
def economies() -> Mapping[tuple[str, int], Economy]:
    """GDP and what belongs to it by country and year: 2014, 2019, 2022 to 2030 (projections are marked)."""

    def one(row: Row) -> tuple[tuple[str, int], Economy]:
        key = _code(row), _year(row)
        nominal, own, real = (_required(row, name) for name in ("nominal", "own", "real"))
        ppp, rate, people, growth = (_optional(row, name) for name in ("ppp", "ppp_rate", "population", "growth"))
        mark = _choice(row, "mark", ("", "projection"))
        return key, Economy(*key, nominal, own, real, ppp, rate, people, growth, mark, _source(row))

    return _read("economy.csv", one)


@cache
def nato_figures() -> Mapping[tuple[str, int, str, str], NatoFigure]:
    """Figures by NATO's definition, by country, year, measure and source (editions differ)."""

    def one(row: Row) -> tuple[tuple[str, int, str, str], NatoFigure]:
        code, year, measure, source = _code(row), _year(row), _choice(row, "measure", MEASURES), _source(row)
        digits = len(row["value"].partition(".")[2])
        figure = NatoFigure(
            code, year, measure, _required(row, "value"), digits, _choice(row, "status", STATUS), source
        )
        return (code, year, measure, source), figure

    return _read("nato.csv", one)


@cache
def plans() -> Mapping[str, Plan]:
    """The pledge of each ally and the path its government published, by ISO code."""

    def one(row: Row) -> tuple[str, Plan]:
        code = _code(row)
        path = {int(year): float(share) for year, _, share in (knot.partition(":") for knot in row["path"].split())}
        by = _year(row, "by") if row["by"] else None
        plan = Plan(
            code,
            _choice(row, "status", PLEDGES),
            _optional(row, "target"),
            by,
            MappingProxyType(path),
            _source(row),
            row["note"],
            row["note_de"],
        )
        return code, plan

    return _read("plans.csv", one)


@cache
def quoted() -> Mapping[str, Quoted]:
    """Figures that others quote, by id."""
    from twofront.units import unit

    def one(row: Row) -> tuple[str, Quoted]:
        name = unit(row["unit"]).name
        return row["id"], Quoted(
            row["id"], row["what"], row["code"], _year(row), _required(row, "value"), name, _source(row)
        )

    return _read("quoted.csv", one)


@cache
def sources() -> Mapping[str, Source]:
    """Every publication that a row of the tables names, by id."""
    return _read("sources.csv", lambda row: (row["id"], Source(**row)))


def _read(name: str, one: Callable[[Row], tuple[K, T]]) -> Mapping[K, T]:
    text = files(__package__).joinpath("tables", name).read_text(encoding="utf-8")
    return MappingProxyType(parse_table(text, name, one))


def parse_table(text: str, name: str, one: Callable[[Row], tuple[K, T]]) -> dict[K, T]:
    """The rows of a table by their key; DataError with file and line for a bad cell or a doubled row."""
    found: dict[K, T] = {}
    rows = csv.DictReader(StringIO(text))
    for row in rows:
        place = f"{name}:{rows.line_num}"
        if None in row or None in row.values():
            raise DataError(f"{place}: the row has other cells than the header. Quote cells that contain a comma.")
        try:
            key, record = one({k: v.strip() for k, v in row.items()})
        except DataError as error:
            raise DataError(f"{place}: {error}") from None
        if key in found:
            raise DataError(f"{place}: {key} is given twice. Remove one row.")
        found[key] = record
    return found


def _code(row: Row) -> str:
    code = row["code"]
    if not (len(code) == 3 and code.isascii() and code.isupper()):
        raise DataError(f'code "{code[:40]}" is no ISO code of three capital letters.')
    return code


def _year(row: Row, column: str = "year") -> int:
    text = row[column]
    if not (text.isascii() and text.isdigit() and 1900 <= int(text[:5]) <= 2200):
        raise DataError(f'{column} "{text[:40]}" is no year from 1900 to 2200.')
    return int(text)


def _optional(row: Row, column: str) -> float | None:
    """The number in a cell, None where it is blank."""
    if row[column] == "":
        return None
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f'{column} "{row[column][:40]}" is no number. Leave it blank where nothing is published.')
    return value


def _required(row: Row, column: str) -> float:
    value = _optional(row, column)
    if value is None:
        raise DataError(f"{column} is blank. Leave the row out where nothing is published.")
    return value


def _choice(row: Row, column: str, known: tuple[str, ...]) -> str:
    if row[column] not in known:
        raise DataError(f'{column} "{row[column][:40]}" is none of: {", ".join(k or "blank" for k in known)}.')
    return row[column]


def _source(row: Row) -> str:
    if row["source"] not in sources():
        raise DataError(f'source "{row["source"][:40]}" does not stand in sources.csv.')
    return row["source"]
