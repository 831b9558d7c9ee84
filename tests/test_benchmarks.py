"""What `make bench` compares must be the same arithmetic: NumPy by hand and the C kernel agree with the fast model."""

from typing import Any

import numpy as np
import pytest
from benchmarks import by_hand, limit
from benchmarks.measure import inputs, observed

from twofront.scenario import load_scenario

WORLDS = 16  # two vectors of the C kernel


@pytest.fixture(scope="module")
def tile() -> tuple[by_hand.Tables, Any, dict[str, Any], dict[str, Any]]:
    loaded = observed(load_scenario("two-fronts"))
    return by_hand.Tables(loaded.scenario), *inputs(loaded, WORLDS)


def agrees(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert set(found) == set(wanted)
    for name, rows in found.items():
        assert rows.dtype == np.float32
        assert rows == pytest.approx(wanted[name], rel=1e-4, abs=1e-6), name


def test_numpy_by_hand_agrees_with_the_fast_model(tile: Any) -> None:
    tables, figure, world, wanted = tile
    agrees(by_hand.simulate(tables, figure, world), wanted)


def test_the_c_kernel_agrees_with_the_fast_model(tile: Any) -> None:
    tables, figure, world, wanted = tile
    try:
        kernel = limit.Kernel(tables)
    except limit.NoCompilerError as reason:
        pytest.skip(str(reason))
    agrees(kernel(kernel.ready(figure, world)), wanted)


def test_the_c_kernel_refuses_a_tile_that_fills_no_vector(tile: Any) -> None:
    tables, figure, world, _ = tile
    odd = by_hand.Figures(figure.rows, figure.knots, figure.values[:, :5])
    with pytest.raises(ValueError, match="5 worlds are no multiple of 8"):
        limit.Given(tables, odd, {name: rows[..., :5] for name, rows in world.items()})


def test_without_a_compiler_the_limit_says_so(tile: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(limit.NoCompilerError, match="no C compiler"):
        limit.Kernel(tile[0])
