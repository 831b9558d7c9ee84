"""What `make bench` compares must be the same arithmetic: the NumPy version by hand agrees with the fast model."""

import numpy as np
import pytest
from benchmarks import by_hand
from benchmarks.measure import inputs

from twofront.scenario import load_scenario


def test_numpy_by_hand_agrees_with_the_fast_model() -> None:
    loaded = load_scenario("two-fronts")
    figure, world, wanted = inputs(loaded, 8)
    found = by_hand.simulate(by_hand.Tables(loaded.scenario), figure, world)
    names = {
        "two_fronts",
        *(f"opened.{f}" for f in loaded.scenario.fronts),
        *(f"value.{p}" for p in loaded.scenario.powers),
    }
    assert set(found) == names
    for name, values in found.items():
        assert values.dtype == np.float32
        assert values == pytest.approx(wanted[name], rel=1e-4, abs=1e-4), name
