"""The supply network as a picture: every link drawn once, unknown makers said, names escaped."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from twofront.report.network import links, network_svg, weights
from twofront.report.words import words


def reading(rows: dict[str, float]) -> Any:
    quantities = [{"path": path, "low": v / 2, "central": v, "high": min(2 * v, 1.0)} for path, v in rows.items()]
    return SimpleNamespace(quantities=quantities, power=lambda key: f"<{key}>", slot=lambda key: "china")


GOODS = {
    "supply.russia.goods.chips.weight": 0.6,
    "supply.russia.goods.tools.weight": 0.2,
    "supply.russia.goods.chips.shipped.china": 0.8,
    "supply.russia.goods.chips.made.usa": 0.4,
    "supply.russia.goods.chips.made.europe": 0.1,
    "supply.russia.goods.tools.shipped.china": 0.7,
    "supply.russia.need": 0.5,
}


@pytest.mark.parametrize("lang", ["en", "de"])
def test_every_link_is_drawn_once_and_missing_makers_are_said(lang: str) -> None:
    text = words(lang)
    svg = network_svg(reading(GOODS), text)
    assert svg is not None
    tree = ElementTree.fromstring(svg)
    drawn = [e for e in tree if e.tag == "path"]
    assert len(drawn) == 4
    assert sum("stroke-dasharray" in e.attrib for e in drawn) == 2
    assert [float(e.attrib["stroke-width"]) for e in drawn] == pytest.approx([20.8, 10.4, 2.6, 18.2])
    assert svg.count(text("net_unknown")) == 1  # nobody published who makes the tools
    assert "&lt;china&gt;" in svg


def test_weights_sum_to_one_and_no_supply_draws_nothing() -> None:
    assert sum(weights(reading(GOODS), "russia").values()) == pytest.approx(1)
    assert len(links(reading(GOODS))["russia"]) == 4
    assert network_svg(reading({"powers.china.gdp": 1.0}), words("en")) is None
