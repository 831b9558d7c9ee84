"""The typed tables against the publishers' own files where those are here, and the rules every row keeps."""

from __future__ import annotations

import csv
import importlib.resources
from collections.abc import Callable
from typing import Any

import pytest

from twofront import reference
from twofront.errors import DataError
from twofront.reference.tables import parse_table

from .publishers import published_file

PANEL = published_file("sipri_milex/sipri_milex_tidy_1949_2025.csv")
FLAGS = published_file("sipri_milex/sipri_uncertainty_flags.csv")
WEO = published_file("imf_weo_oct2025/weo_oct2025_selected_long.csv")
NATO = published_file("nato_defexp/nato_2012_2019_passport.csv")
FACTS = published_file("article_facts/facts_from_pages.csv")
MARKS = {"sipri_estimate": "estimate", "highly_uncertain": "uncertain"}


def rows(path: Any) -> list[dict[str, str]]:
    if not path.exists():
        pytest.skip("the publisher's file is not here")
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def close(ours: float, theirs: float, digits: int) -> bool:
    """Equal when theirs is rounded to so many significant digits."""
    return ours == pytest.approx(float(f"{theirs:.{digits}g}"), rel=1e-9, abs=1e-9)


def test_every_row_of_spending_is_sipris_figure_rounded() -> None:
    names = {c.sipri_name: c.code for c in reference.countries().values()}
    checked = 0
    for row in rows(PANEL):
        ours = reference.spendings().get((names.get(row["Country"], ""), int(row["year"])))
        if ours is not None:
            assert close(ours.current, float(row["usd_current_m"]) / 1000, 3)
            assert ours.share == pytest.approx(float(row["share_gdp_pct"]), abs=0.005001)
            assert ours.own is not None
            assert close(ours.own, float(row["lcu_current"]) / 1e9, 4)
            checked += 1
    assert checked == len(reference.spendings())


def test_marks_are_sipris_colours() -> None:
    names = {c.sipri_name: c.code for c in reference.countries().values()}
    flagged: dict[tuple[str, int], set[str]] = {}
    for row in rows(FLAGS):
        flagged.setdefault((names.get(row["Country"], ""), int(row["year"])), set()).add(MARKS[row["flag"]])
    for key, spending in reference.spendings().items():
        found = flagged.get(key, set())
        assert spending.mark == ("uncertain" if "uncertain" in found else "estimate" if found else ""), key


def test_every_row_of_the_economy_is_the_imfs_figure_rounded() -> None:
    columns = {
        "NGDPD": "nominal", "NGDP": "own", "NGDP_R": "real", "PPPGDP": "ppp", "PPPEX": "ppp_rate", "LP": "population",
    }  # fmt: skip
    checked = 0
    for row in rows(WEO):
        ours = reference.economies().get((row["iso3"], int(row["year"])))
        if ours is not None and row["value"] and row["concept"] in columns:
            assert close(getattr(ours, columns[row["concept"]]), float(row["value"]), 4), row
            checked += 1
        if ours is not None and row["concept"] == "NGDPD":
            projected = ours.year > int(float(row["lastactualdate"] or 9999))
            assert ours.mark == ("projection" if projected else ""), row
    assert checked > 2000


def test_natos_edition_of_2019_rounded() -> None:
    columns = {
        "share": ("Defense expenditure (% real GDP)", 1.0, 0.005001),
        "equipment": ("Equipment expenditure (%)", 1.0, 0.05001),
        "personnel": ("Military personnel", 1e-3, 0.05001),
    }
    published = {(row["country_stanag"], int(row["year"])): row for row in rows(NATO)}
    ours = [f for f in reference.nato_figures().values() if f.source == "nato-2019"]
    assert len(ours) > 150
    for figure in ours:
        column, factor, tolerance = columns[figure.measure]
        stated = float(published[figure.code, figure.year][column]) * factor
        assert figure.value == pytest.approx(stated, abs=tolerance), figure


def test_natos_figures_of_2025_as_the_press_lists_them() -> None:
    names = {c.name: c.code for c in reference.countries().values()}
    stated = {
        names[row["actor"]]: float(row["value"])
        for row in ({"actor": r[1], "year": r[2], "what": r[3], "value": r[4]} for r in _facts())
        if row["what"] == "defence expenditure (NATO definition, 2025e, Aug 2025 edition)" and row["actor"] in names
    }
    ours = {f.code: f.value for f in reference.nato_figures().values() if f.source == "nato-2025-08"}
    assert len(stated) >= 14
    assert stated == {code: ours[code] for code in stated}


def _facts() -> list[list[str]]:
    if not FACTS.exists():
        pytest.skip("the list of facts is not here")
    with FACTS.open(encoding="utf-8") as handle:
        return list(csv.reader(handle))[1:]


def test_the_scenarios_allies_lie_near_the_table() -> None:
    """The bundled scenario types its own row for each ally; the newest published share may not be far from it."""
    file = importlib.resources.files("twofront.scenario") / "bundled" / "two-fronts" / "allies.csv"
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        published = [
            f.value
            for f in reference.nato_figures().values()
            if (f.code, f.year, f.measure) == (row["code"], 2025, "share")
        ]
        sipri = reference.spendings()[row["code"], 2025].share
        near = [*published, sipri]
        assert any(abs(float(row["share"]) - value) <= 0.06 for value in near if value is not None), row["code"]
        assert reference.plans()[row["code"]].target == (None if row["code"] == "ISL" else float(row["target"] or 3.5))


def test_natos_estimates_stay_near_its_later_figures() -> None:
    """Shares of 2024: the estimate of June 2024 against the annual report of April 2025, typed from two lists."""
    figures = reference.nato_figures()
    pairs = [
        (f.value, figures[f.code, 2024, "share", "nato-annual-2024"].value)
        for f in figures.values()
        if f.source == "nato-2024-06" and (f.code, 2024, "share", "nato-annual-2024") in figures
    ]
    assert len(pairs) == 30
    assert all(abs(old - new) < 0.35 for old, new in pairs)


def test_groups() -> None:
    assert len(reference.group("europe-canada")) == 31
    assert len(reference.group("nato")) == 32
    assert len(reference.group("eu")) == 27
    assert set(reference.group("europe")) == {*reference.group("eu"), "GBR"}
    assert reference.group("Deutschland") == reference.group("deu") == ("DEU",)
    with pytest.raises(DataError, match=r'no power or group "europ".*Did you mean "europe"'):
        reference.group("europ")


def test_every_source_is_used_and_dated() -> None:
    used = {r.source for table in (
        reference.spendings(), reference.economies(), reference.nato_figures(), reference.plans(), reference.quoted(),
    ) for r in table.values()}  # fmt: skip
    assert used | {"nato-guideline-2014"} == set(reference.sources())
    for source in reference.sources().values():
        assert source.published[:4].isdigit(), source
        assert all((source.publisher, source.edition, source.place, source.seen)), source


def test_missing_is_blank_and_never_zero() -> None:
    """Only Iceland, which has no forces, spends nothing."""
    assert {code for (code, _), row in reference.spendings().items() if row.current == 0} == {"ISL"}
    assert all(f.value > 0 for f in reference.nato_figures().values())


def one(row: Any) -> tuple[str, float]:
    from twofront.reference.tables import _code, _required

    return _code(row), _required(row, "value")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,value\nPoland,1\n", 't.csv:2: code "Poland" is no ISO code'),
        ("code,value\nPOL,\n", "t.csv:2: value is blank"),
        ("code,value\nPOL,many\n", 't.csv:2: value "many" is no number'),
        ("code,value\nPOL,inf\n", 't.csv:2: value "inf" is no number'),
        ("code,value\nPOL,1\nPOL,2\n", "t.csv:3: POL is given twice"),
        ("code,value\nPOL,1,2\n", "t.csv:2: the row has other cells"),
        ("code,value\nPOL\n", "t.csv:2: the row has other cells"),
    ],
)
def test_a_bad_row_names_file_and_line(text: str, message: str) -> None:
    parse: Callable[..., Any] = parse_table
    with pytest.raises(DataError) as caught:
        parse(text, "t.csv", one)
    assert message in str(caught.value)
