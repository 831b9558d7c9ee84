"""No silent inputs: every figure and every word of the bundled scenario's structure moves some outcome."""

from __future__ import annotations

from itertools import product

import numpy as np
from tests.model.models import CHECKS, Floats, Table, bundled, tile

LEAST = 1e-9  # relative; a changed input moves an outcome by more than rounding could

# Figures that nothing reads in this scenario, each with the reason.
EXEMPT: dict[str, str] = {}


def moved(path: str, number: float) -> float:
    """Another value for a figure, inside its range: a tenth more, or less where there is no room."""
    kind = bundled().loaded.scalars[path].kind
    step = 0.6 if kind.unit == "year" else 0.1 * abs(number) or 0.1
    return number + step if kind.high is None or number + step <= kind.high else number - step


def changed(tables: tuple[Table, Table], base: int, count: int) -> Floats:
    """[world], whether any outcome of the first `count` worlds differs from the world `base`."""
    found = np.zeros(count, bool)
    for table in tables:
        for name, rows in table.items():
            if name not in CHECKS:
                there, here = rows[..., :count], rows[..., base : base + 1]
                differs = np.abs(there - here) > LEAST * np.maximum(np.abs(here), 1e-9)
                differs |= np.isnan(there) != np.isnan(here)
                found |= differs.reshape(-1, count).any(axis=0)
    return found


def perturbed(policy: str, level: float = 0.5) -> Floats:
    """A world with all figures at one level of their distributions, once with each figure moved, then as it is."""
    paths = bundled().paths
    values = tile(np.full((len(paths), len(paths) + 8), level), policy)
    for row, path in enumerate(paths):
        values[row, row] = moved(path, values[row, row])
    return values


def test_every_figure_moves_some_outcome() -> None:
    """Somewhere: under a policy in which it matters (a cut's year needs a cut), in a world of low or high figures."""
    model = bundled()
    count = len(model.paths)
    silent = np.ones(count, bool)
    for level, policy in product((0.5, 0.02, 0.98), model.loaded.policies):
        silent &= ~changed(model.play(perturbed(policy, level)), count, count)
        if silent.sum() == len(EXEMPT):
            break
    assert sorted(np.array(model.paths)[silent]) == sorted(EXEMPT)


def test_the_search_for_silent_inputs_finds_one() -> None:
    """A world that equals the base is reported as unchanged, so the test above can fail."""
    model = bundled()
    values = perturbed("baseline")
    values[:, 3] = values[:, -1]
    found = changed(model.play(values), len(model.paths), len(model.paths))
    assert not found[3]
    assert found[:3].all()
