"""A good that nobody has measured is not given a narrow range."""

from dataclasses import replace

from twofront.scenario import load_scenario
from twofront.scenario.rules import check_unmeasured


def test_a_narrow_range_of_an_unmeasured_good_is_refused() -> None:
    loaded = load_scenario("two-fronts")
    assert check_unmeasured(loaded) == []
    supply = loaded.scenario.supply["russia"]
    chips = supply.goods["chips"].model_copy(update={"unmeasured": True})
    narrow = supply.model_copy(update={"goods": {**supply.goods, "chips": chips}})
    scenario = loaded.scenario.model_copy(update={"supply": {"russia": narrow}})
    (finding,) = check_unmeasured(replace(loaded, scenario=scenario))
    assert finding.path == "supply.russia.goods.chips.shipped.china"
    assert "range is only 0.2 wide" in finding.message
