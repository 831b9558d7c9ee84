"""The table of past spending: against the publisher's own file where it is at hand, and hostile files."""

import csv
from pathlib import Path

import numpy as np
import pytest

from twofront.errors import DataError
from twofront.reference import parse as parse_table
from twofront.reference import past_spending, table

from .publishers import published_file

SIPRI = published_file("sipri_milex/sipri_milex_tidy_1949_2025.csv")
NAMES = {
    "USA": "United States of America", "CHN": "China", "RUS": "Russia", "TWN": "Taiwan", "JPN": "Japan",
    "UKR": "Ukraine",
    "ALB": "Albania", "BEL": "Belgium", "BGR": "Bulgaria", "CAN": "Canada", "HRV": "Croatia",
    "CZE": "Czechia", "DNK": "Denmark", "EST": "Estonia", "FIN": "Finland", "FRA": "France", "DEU": "Germany",
    "GRC": "Greece", "HUN": "Hungary", "ISL": "Iceland", "ITA": "Italy", "LVA": "Latvia",
    "LTU": "Lithuania",
    "LUX": "Luxembourg", "MNE": "Montenegro", "NLD": "Netherlands", "MKD": "North Macedonia", "NOR": "Norway",
    "POL": "Poland",
    "PRT": "Portugal", "ROU": "Romania", "SVK": "Slovakia", "SVN": "Slovenia", "ESP": "Spain",
    "SWE": "Sweden", "TUR": "Türkiye", "GBR": "United Kingdom",
    "AUT": "Austria", "CYP": "Cyprus", "IRL": "Ireland", "MLT": "Malta",
}  # fmt: skip
HEADER = "code,year,spending,source,note\n"


@pytest.fixture(scope="module")
def published() -> dict[str, dict[int, float]]:
    """SIPRI's own series by country name and year, bn USD2024."""
    if not SIPRI.exists():
        pytest.skip("the publisher's file is not here")
    series: dict[str, dict[int, float]] = {}
    with SIPRI.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["usd_const2024_m"]:
                series.setdefault(row["Country"], {})[int(row["year"])] = float(row["usd_const2024_m"]) / 1000
    return series


def test_every_power_and_ally_has_anchors_from_start_to_end() -> None:
    assert set(table()) == set(NAMES)
    for code, anchors in table().items():
        assert min(anchors) <= (2009 if code == "MNE" else 1999), code
        assert max(anchors) == 2025, code


def test_anchors_are_the_published_figures_rounded(published: dict[str, dict[int, float]]) -> None:
    for code, anchors in table().items():
        for year, amount in anchors.items():
            stated = published[NAMES[code]][year]
            assert abs(amount - stated) <= max(0.015 * stated, 0.05), (code, year)


@pytest.mark.parametrize("code", sorted(set(NAMES) - {"ISL", "MNE"}))
def test_sum_of_25_years_is_near_the_full_series(code: str, published: dict[str, dict[int, float]]) -> None:
    full = sum(published[NAMES[code]][year] for year in range(2000, 2025))
    limit = 0.02 if code in {"USA", "CHN", "RUS", "DEU", "FRA", "GBR", "POL", "JPN"} else 0.05
    assert past_spending(code, 2000, 2024).sum() == pytest.approx(full, rel=limit)


def test_linear_between_anchors_and_constant_outside() -> None:
    own = {"XXX": {2000: 10.0, 2004: 18.0}}
    series = past_spending("XXX", 1998, 2005, own)
    assert series.dtype == np.float64
    assert series.tolist() == [10, 10, 10, 12, 14, 16, 18, 18]


def test_a_scenario_replaces_a_country_and_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "past_spending.csv"
    file.write_text(HEADER + "POL,2000,7.5,my-source,\nPOL,2020,17.5,my-source,rounded\n", encoding="utf-8")
    own = table(file)
    assert past_spending("POL", 2010, 2010, own).tolist() == [12.5]
    assert past_spending("FRA", 2024, 2024, own).tolist() == [63.6]


def test_iceland_has_no_forces() -> None:
    assert past_spending("ISL", 2000, 2024).tolist() == [0.0] * 25


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("code;year;spending;source;note\n", "past.csv:1: semicolons separate the columns"),
        ("code,year,amount,source,note\n", "past.csv:1: the columns are code, year, amount"),
        (HEADER + "POL,2000,1.0,s\n", "past.csv:2: 4 cells where 5 belong"),
        (HEADER + "Poland,2000,1.0,s,\n", 'past.csv:2: code "Poland" is no ISO code'),
        (HEADER + "POL,MM,1.0,s,\n", 'past.csv:2: year "MM" is no year'),
        (HEADER + "POL,2000,1.0,,\n", "past.csv:2: no source"),
        (HEADER + "POL,2000,nan,s,\n", 'past.csv:2: spending "nan" is no number from 0'),
        (HEADER + "POL,2000,-1,s,\n", 'past.csv:2: spending "-1" is no number from 0'),
        (HEADER + "POL,2000,1,s,\n\nPOL,2000,2,s,\n", "past.csv:4: POL 2000 is given twice"),
    ],
)
def test_a_bad_table_names_file_line_and_remedy(rows: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_table(rows, "past.csv")
    assert message in str(caught.value)


def test_an_unknown_country_and_years_in_the_wrong_order() -> None:
    with pytest.raises(DataError, match=r'no row for "POI".*Did you mean "POL"\?.*past_spending.csv'):
        past_spending("POI", 2000, 2024)
    with pytest.raises(DataError, match="2000 lies before the first year 2024"):
        past_spending("POL", 2024, 2000)


def test_a_file_that_is_missing_too_large_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        table(tmp_path / "none.csv")
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * 5_000_001)
    with pytest.raises(DataError, match="larger than 5 MB"):
        table(large)
    latin = tmp_path / "latin.csv"
    latin.write_bytes(HEADER.encode() + "POL,2000,1,s,für\n".encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8"):
        table(latin)
