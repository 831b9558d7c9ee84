"""The shown year as a tree: its public solver finds the behaviour of the sweep, private types included."""

from __future__ import annotations

import random
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.reference.shapes import SHAPES, random_values

from twofront.ensemble import simulate
from twofront.game import build, tree

from .models import Model, load

SEES_ALL = {"usa": ["strait", "call", "flank"]}


@pytest.mark.parametrize("concept", ["best", "logit"])
@pytest.mark.parametrize("seed", [0, 1])
def test_private_types_where_every_move_is_seen(concept: str, seed: int) -> None:
    shape = SHAPES["hidden"]()
    model = Model(load(shape, concept=concept, sees=SEES_ALL))
    values: Any = model.matrix([random_values(shape, random.Random(seed))])
    with jax.enable_x64(True):
        game = simulate.prepare(model.loaded, build.layout(model.loaded.scenario), jnp.asarray(values, np.float64))
        found = tree.year_game(game, model.loaded.scenario.start)
    assert {"pressure", "will"} < {stage.name for stage in found.game.stages}
    assert found.certificate < 1e-9
    assert found.difference < 1e-9
