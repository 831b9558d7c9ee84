"""Spending and economies of every year: the tables of the package, and the full series of editions that were added.

An edition's figures go before the typed ones: it is the publisher's own file, and the tables are rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from twofront.reference.editions import newest, series
from twofront.reference.past import past_spending
from twofront.reference.tables import Economy, Spending, countries, economies, spendings

BASE = 2024  # year of constant prices in the tables of the package


def every_spending() -> Mapping[tuple[str, int], Spending]:
    """Military expenditure by country and year, from the newest SIPRI edition where one was added."""
    edition = newest("SIPRI")
    return spendings() if edition is None else _spendings(edition.hash)


def every_economy() -> Mapping[tuple[str, int], Economy]:
    """GDP and what belongs to it by country and year, from the newest IMF edition where one was added."""
    edition = newest("IMF")
    return economies() if edition is None else _economies(edition.hash)


def constant_spending(code: str, year: int) -> float:
    """Military expenditure in bn USD2024 at market rates; between the anchors of the package linearly."""
    edition = newest("SIPRI")
    if edition is not None and edition.measures["constant"]["unit"] == f"bn USD{BASE}":
        found = series(edition, "constant").get(code, {}).get(year)
        if found is not None:
            return found[0]
    return float(past_spending(code, year, year)[0])


@lru_cache(maxsize=2)
def _spendings(_hash: str) -> Mapping[tuple[str, int], Spending]:
    edition = newest("SIPRI")
    assert edition is not None
    share, own = series(edition, "share"), series(edition, "own")
    none: Mapping[int, tuple[float, str]] = {}
    found = {
        (code, year): Spending(
            code, year, value, share.get(code, none).get(year, (None, ""))[0],
            own.get(code, none).get(year, (None, ""))[0], mark, edition.name,
        )
        for code, rows in series(edition, "current").items()
        if code in countries()
        for year, (value, mark) in rows.items()
    }  # fmt: skip
    return MappingProxyType({**spendings(), **found})


@lru_cache(maxsize=2)
def _economies(_hash: str) -> Mapping[tuple[str, int], Economy]:
    edition = newest("IMF")
    assert edition is not None
    names = ("gdp_nominal", "gdp_own", "gdp_real", "gdp_ppp", "ppp_rate", "population", "growth")
    of = {name: series(edition, name) for name in names}
    found = {}
    for code in countries():
        for year, (nominal, mark) in of["gdp_nominal"].get(code, {}).items():
            _, own, real, ppp, rate, people, growth = (
                of[name].get(code, {}).get(year, (None, ""))[0] for name in names
            )
            if own is not None and real is not None:
                found[code, year] = Economy(
                    code, year, nominal, own, real, ppp, rate, people, growth, mark, edition.name
                )
    return MappingProxyType({**economies(), **found})
