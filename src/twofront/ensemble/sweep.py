"""Plays every world under every policy: the same worlds, in tiles of fixed size, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float

from twofront.ensemble.design import Design, together
from twofront.ensemble.simulate import Solve, flagged
from twofront.scenario import Loaded, Policy
from twofront.scenario.correlations import groups
from twofront.scenario.policies import BASELINE, values
from twofront.scenario.quantity import Quantity, scalars

TILE = 128  # worlds in one compiled call: what they touch stays in the cache
SOBOL = Design()
KEPT = 256  # tiles whose draws are kept for the next policy

Figures = dict[str, np.ndarray]
Progress = Callable[[str, int, int], None]  # policy, worlds done, worlds in all


@dataclass(frozen=True)
class Outcome:
    """One policy played through all worlds."""

    policy: str
    worlds: Figures  # name -> [world]
    years: Figures  # name -> [year, world]


def drawn(loaded: Loaded) -> list[str]:
    """Figures that take a uniform number of their own: uncertain ones, then those that only a policy makes uncertain.

    In this order, so that a new policy changes no other figure's draws.
    """
    changed = {
        change.path
        for policy in loaded.policies.values()
        for change in policy.changes
        if isinstance(change.amount, Quantity) and change.amount.uncertain
    }
    every = scalars(loaded)
    own = [path for path, scalar in every.items() if scalar.quantity.uncertain]
    return own + [path for path, s in every.items() if not s.quantity.uncertain and changed & {path, s.base}]


def numbers(
    loaded: Loaded, first: int, count: int, *, seed: int, design: Design = SOBOL
) -> Float[np.ndarray, "scalar world"]:
    """Uniform numbers of `count` worlds from the first on, one row for each scalar; 0.5 where nothing is drawn."""
    paths = drawn(loaded)
    place = {path: row for row, path in enumerate(scalars(loaded))}
    result = np.full((len(place), count), 0.5)
    if paths:
        result[[place[path] for path in paths]] = design.uniforms(paths, first, count, seed)
    for group, lower in groups(loaded):
        rows = [place[path] for path in group]
        result[rows] = together(result[rows], lower)
    return result


def tile_values(
    loaded: Loaded, policy: Policy, first: int, *, tile: int, seed: int, design: Design = SOBOL
) -> Float[np.ndarray, "scalar world"]:
    """The figures of one tile of worlds under a policy."""
    result: np.ndarray = values(loaded, policy, numbers(loaded, first, tile, seed=seed, design=design))
    return result


def sweep(
    loaded: Loaded,
    policies: Sequence[Policy],
    worlds: int,
    *,
    solve: Solve,
    seed: int,
    design: Design = SOBOL,
    tile: int = TILE,
    workers: int | None = None,
    progress: Progress = lambda policy, done, total: None,
) -> Iterator[Outcome]:
    """Yields each policy's outcomes over the same worlds, in order.

    Arguments: `solve` from `simulate.solver`; `design` how worlds are drawn; `workers` threads (default: all cores). A
    world's bits depend on neither `workers` nor the number of worlds: every call has the same shape, and what the last
    tile has too much is dropped.
    """

    @lru_cache(maxsize=KEPT)
    def drawn_tile(first: int) -> tuple[np.ndarray, np.ndarray]:
        u = numbers(loaded, first, tile, seed=seed, design=design)
        return u, values(loaded, loaded.policies[BASELINE.name], u)

    def play(first: int, policy: Policy) -> tuple[Figures, Figures]:
        u, without = drawn_tile(first)
        by_world, by_year = solve(values(loaded, policy, u, without).astype(precision()))
        return {k: np.asarray(v) for k, v in by_world.items()}, {k: np.asarray(v) for k, v in by_year.items()}

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:

        def start(policy: Policy) -> list[Future[tuple[Figures, Figures]]]:
            return [pool.submit(play, first, policy) for first in range(0, worlds, tile)]

        running = {policy.name: start(policy) for policy in policies[:1]}
        try:
            for k, policy in enumerate(policies):
                for following in policies[k + 1 : k + 2]:  # the next policy plays while this one is written
                    running[following.name] = start(following)
                tiles = running.pop(policy.name)
                while not all(future.done() for future in tiles):
                    wait(tiles, timeout=0.2)
                    progress(policy.name, min(sum(future.done() for future in tiles) * tile, worlds), worlds)
                yield _join(policy.name, [future.result() for future in tiles], worlds)
        except BaseException:
            for future in (future for tiles in running.values() for future in tiles):
                future.cancel()
            raise


def precision() -> type[np.floating]:
    """The precision in force: float32, or float64 where JAX was told so."""
    import jax

    return np.float64 if jax.numpy.zeros(0).dtype == np.float64 else np.float32


def _join(policy: str, tiles: Sequence[tuple[Figures, Figures]], worlds: int) -> Outcome:
    def joined(part: int) -> Figures:
        first: Mapping[str, np.ndarray] = tiles[0][part]
        return {name: np.concatenate([tile[part][name] for tile in tiles], axis=-1)[..., :worlds] for name in first}

    by_world, by_year = joined(0), joined(1)
    by_world["flagged"] = flagged(by_world)
    return Outcome(policy, by_world, by_year)


def warm_up(loaded: Loaded, solve: Solve, *, seed: int, design: Design = SOBOL, tile: int = TILE) -> None:
    """Compiles the model, or fetches it from the cache, by playing one tile of the baseline."""
    given = tile_values(loaded, loaded.policies[BASELINE.name], 0, tile=tile, seed=seed, design=design)
    by_world, _ = solve(given.astype(precision()))
    np.asarray(by_world["two_fronts"])
