"""The years 2015 to 2024 through the same worlds: how probable was the quiet that was observed?

What is assumed. The game, its payoffs, the engagement with its date, and every figure are the run's, as drawn for each
world. Only the economies change: each spends along a constant rate of growth from the published spending of 2015 to
that of 2024, at the share of GDP drawn for the world, so that its GDP is that spending over that share. Capital of 2015
comes from published spending of the 25 years before. Pledges that start later have delivered nothing; figures that
change by year stand at their first knot.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twofront import reference
from twofront.ensemble import simulate, sweep
from twofront.ensemble.design import Design
from twofront.ensemble.sweep import SOBOL
from twofront.scenario import Loaded
from twofront.scenario.policies import BASELINE

FIRST, LAST = 2015, 2024


def quiet(loaded: Loaded, worlds: int, *, seed: int, design: Design = SOBOL) -> np.ndarray:
    """Probability that no front opened from 2015 to 2024, in each world of a run, [world]; NaN where not solved.

    With two fronts the chance that both opened is taken as that of both open at once, its lower bound: the quiet is
    then not overstated. Errors: DataError for an economy without published spending.
    """
    past = replace(loaded, scenario=loaded.scenario.model_copy(update={"start": FIRST, "end": LAST}))
    solve = simulate.solver(past)
    baseline, found = past.policies[BASELINE.name], []
    rows = {path: row for row, path in enumerate(past.scalars)}
    tile = sweep.tile_of(past)
    for first in range(0, worlds, tile):
        given = sweep.tile_values(past, baseline, first, tile=tile, seed=seed, design=design)
        _spend_as_published(past, given, rows)
        by_world, _ = solve(given.astype(sweep.precision()))
        result = {name: np.asarray(values, dtype=np.float64) for name, values in by_world.items()}
        opened = sum(result[f"opened.{front}"] for front in past.scenario.fronts)
        if len(past.scenario.fronts) > 1:
            opened = opened - result["two_fronts"]
        chance = np.clip(1.0 - np.asarray(opened), 1e-12, 1.0)
        chance[simulate.flagged(result)] = np.nan
        found.append(chance)
    return np.concatenate(found)[:worlds]


def _spend_as_published(loaded: Loaded, given: np.ndarray, rows: dict[str, int]) -> None:
    """Puts each economy on the published spending of both ends, in place; `given` is [scalar, world]."""
    for name, power in loaded.scenario.powers.items():
        members = loaded.members.get(name)
        for member in members or [None]:
            code = member.code if member else power.code
            if code is None:
                continue
            at = f"powers.{name}.members.{member.code}." if member else f"powers.{name}."
            spent = reference.past_spending(code, FIRST, LAST, loaded.past)
            if spent.min() <= 0:
                continue  # no armed forces, such as Iceland: as drawn
            revision = f"powers.{name}.revision" + (f".{member.code}" if member else "")
            if revision in rows:
                given[rows[revision]] = 0.0  # years so far back are no longer revised
            share = given[rows[at + "share"]] / 100
            growth = 100 * ((spent[-1] / spent[0]) ** (1 / (LAST - FIRST)) - 1)
            if member:  # the group's own scales stay out of published spending
                share = share * given[rows[f"powers.{name}.share"]] * given[rows[f"powers.{name}.gdp"]]
                growth = growth - given[rows[f"powers.{name}.growth"]]
            given[rows[at + "gdp"]] = spent[0] / share
            given[rows[at + "growth"]] = growth
