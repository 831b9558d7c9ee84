"""The economies of 2015 to 2024 spend what was published, whatever share of GDP a world drew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twofront import reference
from twofront.ensemble import sweep
from twofront.ensemble.hindcast import FIRST, LAST, _spend_as_published
from twofront.scenario import load_scenario
from twofront.scenario.policies import BASELINE


def test_both_ends_are_the_published_spending() -> None:
    """GDP x share of 2015, and the same nine years of constant growth later, for states and for members of a group."""
    loaded = load_scenario()
    past = replace(loaded, scenario=loaded.scenario.model_copy(update={"start": FIRST, "end": LAST}))
    rows = {path: row for row, path in enumerate(past.scalars)}
    drawn = sweep.tile_values(past, past.policies[BASELINE.name], 0, tile=64, seed=0)
    given = drawn.copy()
    _spend_as_published(past, given, rows)

    def spent(share: np.ndarray, gdp: np.ndarray, growth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        first = gdp * share / 100
        return first, first * (1 + growth / 100) ** (LAST - FIRST)

    for name, code in (("russia", "RUS"), ("china", "CHN"), ("usa", "USA"), ("taiwan", "TWN")):
        share, gdp, growth = (given[rows[f"powers.{name}.{key}"]] for key in ("share", "gdp", "growth"))
        published = reference.past_spending(code, FIRST, LAST, past.past)
        first, last = spent(share, gdp, growth)
        np.testing.assert_allclose(first, published[0], rtol=1e-6)
        np.testing.assert_allclose(last, published[-1], rtol=1e-6)
        assert np.ptp(share) > 0  # the share stays as drawn; GDP makes up for it
        assert np.array_equal(share, drawn[rows[f"powers.{name}.share"]])
    scale = {key: given[rows[f"powers.europe.{key}"]] for key in ("share", "gdp", "growth")}
    for code in ("DEU", "POL"):
        at = f"powers.europe.members.{code}."
        published = reference.past_spending(code, FIRST, LAST, past.past)
        share = given[rows[at + "share"]] * scale["share"]
        first, last = spent(share, given[rows[at + "gdp"]] * scale["gdp"], given[rows[at + "growth"]] + scale["growth"])
        np.testing.assert_allclose(first, published[0], rtol=1e-6)
        np.testing.assert_allclose(last, published[-1], rtol=1e-6)
    iceland = rows["powers.europe.members.ISL.gdp"]
    assert np.array_equal(given[iceland], drawn[iceland])  # no armed forces: as drawn
    untouched = [
        row for path, row in rows.items() if not path.endswith((".gdp", ".growth")) and ".revision" not in path
    ]
    assert np.array_equal(given[untouched], drawn[untouched])
