"""Units and price bases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofront.errors import UnitError
from twofront.units import UNITS, basis, convert, convertible


@pytest.mark.parametrize(
    ("value", "origin", "target", "expected"),
    [
        (3.5, "%", "1", 0.035),
        (5.0, "%/yr", "1/yr", 0.05),
        (1.5, "tn USD2024", "bn USD2024", 1500.0),
        (250.0, "mn USD2024", "bn USD2024", 0.25),
        (6.0, "months", "yr", 0.5),
        (2.0, "% GDP", "% GDP", 2.0),
    ],
)
def test_conversions_by_hand(value: float, origin: str, target: str, expected: float) -> None:
    assert convert(value, origin, target) == pytest.approx(expected, rel=1e-14)


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.floats(-1e6, 1e6))
def test_there_and_back(origin: str, target: str, value: float) -> None:
    if convertible(origin, target):
        assert convert(convert(value, origin, target), target, origin) == pytest.approx(value, rel=1e-12)
    else:
        with pytest.raises(UnitError):
            convert(value, origin, target)


def test_two_price_bases_never_mix() -> None:
    with pytest.raises(UnitError) as caught:
        convert(1.0, "bn USD2024", "bn USD2024 PPP")
    assert str(caught.value) == (
        'mixed price bases: "bn USD2024" is at USD2024, "bn USD2024 PPP" at USD2024 PPP. Convert the figure with a '
        "published deflator or exchange rate, write it in USD2024 PPP and cite both."
    )
    assert basis("bn EUR current") == "EUR current"
    assert basis("% GDP") is None


def test_unknown_units_have_a_suggestion() -> None:
    with pytest.raises(UnitError, match=r'unknown unit "% gdp"\. Did you mean "% GDP"\?'):
        convert(1.0, "% gdp", "1")
    with pytest.raises(UnitError, match=r"The known units stand in docs/scenario\.md"):
        convert(1.0, "zzzzzz", "1")
