"""The balance on every price basis against what others published, and the trap of mixed bases."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.publishers import published_file

from twofront import flow, reference
from twofront.analysis import balance
from twofront.errors import DataError

SIPRI = published_file("sipri_milex/SIPRI-Milex-data-1949-2025_v1.2.xlsx")
WEO = published_file("imf_weo_oct2025/weo_oct2025_selected_long.csv")


@pytest.fixture(autouse=True)
def no_editions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path / "none"))


def by_basis(first: str = "russia", second: str = "europe", year: int = 2024) -> dict[str, tuple[float, float, float]]:
    found = balance(first, second, year)
    return {
        row.basis: (row.first.high, row.second.high, row.ratio[1])
        for row in (*found.rows, *found.mixed)
        if row.first and row.second and row.ratio
    }


def test_the_figures_of_2024_as_published_elsewhere() -> None:
    """SIPRI: 149 against 450 bn; SIPRI's roubles and shares at the IMF's PPP: 477 against 641 bn."""
    rows = by_basis()
    assert rows["market"] == pytest.approx((149, 450, 0.33), rel=0.01)
    assert rows["ppp"] == pytest.approx((477, 641, 0.74), rel=0.01)
    assert rows["mixed published"][:2] == (461.6, 457)
    assert rows["mended"][:2] == (145.9, 457)


def test_462_is_purchasing_power_and_europe_is_larger_like_for_like() -> None:
    rows = by_basis()
    assert 146 <= rows["market"][0] <= 149
    assert 451 <= rows["ppp"][0] <= 477
    assert all(rows[basis][2] < 1 for basis in ("market", "market constant", "ppp", "ppp constant", "military ppp"))
    assert rows["mixed ours"][2] > 1
    assert rows["mixed published"][2] > 1


def test_2025_and_the_european_allies() -> None:
    """2025: 190 against 550 bn at market rates, 536 against 758 at purchasing power; allies 712 in 2024."""
    assert by_basis(year=2025)["market"] == pytest.approx((190, 550, 0.345), rel=0.01)
    assert by_basis(year=2025)["ppp"] == pytest.approx((536, 758, 0.706), rel=0.01)
    assert by_basis(second="nato-europe")["ppp"][1] == pytest.approx(712, rel=0.01)


def test_the_military_range_lies_between_the_two_bases() -> None:
    for name in ("china", "russia", "europe", "DNK", "usa"):
        other = "china" if name == "usa" else "usa"
        rows = {row.basis: row.first for row in balance(name, other, 2024).rows}
        low, high = sorted((rows["market constant"].central, rows["ppp constant"].central))  # type: ignore[union-attr]
        assert rows["military ppp"].low == pytest.approx(low, rel=0.02)  # type: ignore[union-attr]
        assert rows["military ppp"].high == pytest.approx(high, rel=0.02)  # type: ignore[union-attr]


def test_a_year_without_gdp_has_no_published_figure() -> None:
    found = {row.basis: row for row in balance("russia", "europe", 1999).rows}
    assert found["ppp"].first is None
    assert found["ppp"].ratio is None
    assert found["market"].first is not None


def test_marks_are_told_and_names_checked() -> None:
    assert "RUS 2024: SIPRI estimate" in balance("russia", "europe", 2024).marks
    with pytest.raises(DataError, match="Did you mean"):
        balance("rusia", "europe", 2024)
    with pytest.raises(DataError, match='"russia" and "RUS" are the same'):
        balance("russia", "RUS", 2024)
    with pytest.raises(DataError, match="no spending of 2020"):
        balance("russia", "europe", 2020)


def test_other_years_come_from_added_editions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The publishers' files give every year; in an anchor year they agree with the typed and rounded tables."""
    files = SIPRI, WEO
    if not all(file.exists() for file in files):
        pytest.skip("the publishers' files are not here")
    typed = by_basis()
    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path))
    for file in files:
        reference.add_edition(file)
    added = by_basis()
    for basis, figures in typed.items():
        assert added[basis] == pytest.approx(figures, rel=0.02), basis
    found = balance("russia", "europe", 2020)
    assert all(row.first and row.second for row in found.rows)
    assert "SIPRI 2026" in found.rows[0].source
    assert by_basis(year=2020)["market"][0] == pytest.approx(61.7, rel=0.02)  # SIPRI's fact sheet of April 2021
    with pytest.raises(DataError, match="Years: 1949 to 2025"):
        balance("russia", "europe", 1940)


@pytest.mark.parametrize(
    ("lang", "trap"), [("en", "compares two different things"), ("de", "vergleicht zwei verschiedene Dinge")]
)
def test_the_screen_names_the_trap(lang: str, trap: str) -> None:
    text = flow.balance("russia", "europe", year=2024, lang=lang).screen
    assert trap in text
    assert "457" in text
    assert trap not in flow.balance("china", "usa", lang=lang).screen
