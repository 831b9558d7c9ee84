"""What `make bench` compares must be the same arithmetic: the NumPy version by hand agrees with the fast model."""

import numpy as np
import pytest
from benchmarks import by_hand
from benchmarks.measure import inputs, observed

from twofront.scenario import load_scenario


def test_numpy_by_hand_agrees_with_the_fast_model() -> None:
    loaded = observed(load_scenario("two-fronts"))
    figure, world, wanted = inputs(loaded, 8)
    found = by_hand.simulate(by_hand.Tables(loaded.scenario), figure, world)
    assert set(found) == set(wanted)
    for name, rows in found.items():
        assert rows.dtype == np.float32
        assert rows == pytest.approx(wanted[name], rel=1e-4, abs=1e-4), name
