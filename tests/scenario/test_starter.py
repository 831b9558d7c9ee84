"""The starter scenario: named, ready to check, and never written over anything."""

from pathlib import Path

import pytest

from twofront.errors import TwofrontError
from twofront.scenario import check, load_scenario
from twofront.scenario.starter import new_scenario


def test_a_new_scenario_is_right_and_bears_its_name(tmp_path: Path) -> None:
    folder = new_scenario("my-strait", tmp_path)
    assert check(folder).findings == ()
    assert load_scenario(folder).scenario.title == "my-strait"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(TwofrontError, match="nothing was overwritten"):
        new_scenario("mine", tmp_path)
    assert list((tmp_path / "mine").iterdir()) == []


@pytest.mark.parametrize("name", ["", "../up", "a b", "x" * 100])
def test_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(TwofrontError, match="is no name for a scenario"):
        new_scenario(name, tmp_path)
