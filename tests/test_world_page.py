"""docs/world.md states the ranges of the bundled scenario as they are."""

import re
from pathlib import Path

import pytest

from twofront.scenario import load_scenario, scalars

PAGE = (Path(__file__).parents[1] / "docs" / "world.md").read_text(encoding="utf-8")
PATHS = (
    "commitments.hague.compliance", "commitments.hague.compliance_after", "commitments.hague.shape",
    "commitments.hague.growth_limit", "powers.china.arms_race.usa", "powers.russia.arms_race.europe",
    "powers.usa.arms_race.china", "powers.europe.arms_race.russia", "engagements.ukraine.losses",
    "engagements.ukraine.refill", "engagements.ukraine.exhausted", "engagements.ukraine.end",
    "engagements.ukraine.tied",
    "supply.russia.need", "supply.russia.elasticity", "supply.russia.price", "supply.russia.goods.chips.shipped.china",
    "supply.russia.goods.chips.made.usa", "partnership.leverage.credibility", "partnership.leverage.trade",
    "partnership.leverage.exports", "partnership.leverage.wartime_value", "partnership.leverage.duration",
    "practice.exercises", "practice.level", "practice.gain", "practice.forgetting", "powers.usa.station.flank.2025",
    "powers.usa.station.flank.2026", "fronts.strait.options.invasion.rupture.china",
)  # fmt: skip


STATED = {tuple(map(float, found)) for found in re.findall(r"(\d[\d.]*)–(\d[\d.]*)–(\d[\d.]*\d|\d)", PAGE)}


@pytest.mark.parametrize("path", PATHS)
def test_the_page_has_the_range(path: str) -> None:
    figure = scalars(load_scenario("two-fronts"))[path].quantity
    assert (figure.low, figure.mode, figure.high) in STATED
