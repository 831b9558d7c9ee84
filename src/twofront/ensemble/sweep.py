"""Plays worlds under policies: the same worlds under each, in tiles of a fixed size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from jaxtyping import Float

from twofront.ensemble.design import Design, together
from twofront.ensemble.simulate import Solve, flagged, open_worlds, patch
from twofront.game.build import layout
from twofront.scenario import Loaded, Policy
from twofront.scenario.correlations import groups
from twofront.scenario.policies import BASELINE, values
from twofront.scenario.quantity import Quantity, scalars
from twofront.store.sums import Sums, add, sums

TILE, LEAST = 512, 16  # worlds in one compiled call, at most and at least
CACHE = 400_000  # bytes: values at the leaves of a larger tile leave the cache of a core (docs/benchmarks.md)
OBSERVED = 4  # times as many where nothing is hidden: one sweep a year, and nothing else is kept of it
SOBOL = Design()
BLOCK = 2048  # worlds drawn at once: what a call costs is shared by many tiles
KEPT = 8  # blocks whose draws are kept for the next policy

Figures = dict[str, np.ndarray]
Progress = Callable[[str, int, int], None]  # policy, worlds done, worlds in all


@dataclass(frozen=True)
class Outcome:
    """One policy played through one range of worlds."""

    policy: str
    first: int  # number of the first world
    count: int
    worlds: Figures  # name -> [world]
    years: Figures  # name -> [year, world]
    totals: Sums = field(default_factory=dict)  # of the years of every sound world


class Stopped(Exception):
    """Playing was asked to stop; nothing is wrong."""


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


def tile_of(loaded: Loaded) -> int:
    """Worlds in one compiled call: as many, in powers of two, as keep the year's values in a core's cache."""
    plan = layout(loaded.scenario)
    size = plan.size["leaves"] * (len(loaded.scenario.powers) + len(loaded.scenario.types))
    room = CACHE if any(layer.hidden for layer in plan.layers) else OBSERVED * CACHE
    fitting = room // (size * precision()().itemsize)
    return max(LEAST, min(TILE, 1 << max(fitting, 1).bit_length() - 1))


class Player:
    """Plays ranges of worlds under policies, anywhere: in a thread of this process or on a machine of a cluster.

    Arguments: `solve` from `simulate.solver`; `design` how worlds are drawn; `tile` worlds in one call (default:
    `tile_of`). Worlds are always played in the same aligned tiles, the whole of each, so that a world's bits depend on
    neither the range nor the order.
    """

    def __init__(
        self, loaded: Loaded, solve: Solve, *, seed: int, design: Design = SOBOL, tile: int | None = None
    ) -> None:
        self.loaded, self.seed, self.design = loaded, seed, design
        self.tile = tile_of(loaded) if tile is None else tile
        self._solve, self._precision = solve, precision()
        self._size = self.tile * max(1, BLOCK // self.tile)  # of a block: whole tiles
        self._drawn: OrderedDict[int, Future[tuple[np.ndarray, np.ndarray]]] = OrderedDict()
        self._lock = Lock()

    def outcome(
        self, policy: str, first: int, count: int, stop: Callable[[], bool] = lambda: False, years: int | None = None
    ) -> Outcome:
        """The worlds `first` to `first + count - 1` under one policy; only the first `years` of them with their years.

        Without a policy ("") it is what was drawn for them.
        Errors: Stopped as soon as `stop()` says so, after the tile in hand.
        """
        if not policy:
            return Outcome("", first, count, self.draws(first, count), {})
        kept = count if years is None else years
        tiles: list[Figures] = []
        again: list[np.ndarray] = []  # figures of worlds to be solved again, together: they are few
        yearly: list[Figures] = []
        totals: Sums = {}
        for start in range(first - first % self.tile, first + count, self.tile):
            if stop():
                raise Stopped
            given, by_world, by_year = self._play(self.loaded.policies[policy], start)
            of = slice(max(first - start, 0), min(first + count - start, self.tile))
            tiles.append({name: rows[..., of] for name, rows in by_world.items()})
            totals = add(totals, sums({n: rows[..., of] for n, rows in by_year.items()}, ~flagged(tiles[-1])))
            again.append(given[:, of][:, open_worlds(tiles[-1])])
            still = slice(of.start, min(of.stop, first + kept - start))
            if still.stop > still.start or not yearly:
                yearly.append({n: rows[..., still.start : max(still.stop, still.start)] for n, rows in by_year.items()})
        worlds, by_years = _joined(tiles), _joined(yearly)
        if len(places := open_worlds(worlds)):
            found = self._solve.again(np.concatenate(again, axis=1))
            patch(worlds, found[0], places)
            totals = add(totals, sums(found[1], ~flagged(found[0])))
            early = places < kept
            patch(by_years, {name: rows[..., early] for name, rows in found[1].items()}, places[early])
        worlds["flagged"] = flagged(worlds)
        return Outcome(policy, first, count, worlds, by_years, totals)

    def draws(self, first: int, count: int) -> Figures:
        """The uncertain figures of worlds `first` to `first + count - 1` under the baseline: path -> [world]."""
        uncertain = [(k, path) for k, (path, s) in enumerate(scalars(self.loaded).items()) if s.quantity.uncertain]
        start = first - first % self._size
        drawn = np.concatenate([self._block(at)[1] for at in range(start, first + count, self._size)], axis=1)
        return {path: drawn[k, first - start : first - start + count] for k, path in uncertain}

    def _play(self, policy: Policy, start: int) -> tuple[np.ndarray, Figures, Figures]:
        place = start % self._size
        u, without = (rows[:, place : place + self.tile] for rows in self._block(start - place))
        given = values(self.loaded, policy, u, without).astype(self._precision)
        return given, *self._solve.first(given)

    def _block(self, start: int) -> tuple[np.ndarray, np.ndarray]:
        """Uniform numbers of a block and its figures under the baseline; drawn once for all policies in turn."""
        with self._lock:
            future = self._drawn.get(start)
            mine = future is None
            if future is None:
                future = self._drawn[start] = Future()
                while len(self._drawn) > KEPT:
                    self._drawn.popitem(last=False)
        if mine:
            try:
                u = numbers(self.loaded, start, self._size, seed=self.seed, design=self.design)
                future.set_result((u, values(self.loaded, self.loaded.policies[BASELINE.name], u)))
            except BaseException as error:
                future.set_exception(error)
        return future.result()


def precision() -> type[np.floating]:
    """The precision in force: float32, or float64 where JAX was told so."""
    import jax

    return np.float64 if jax.numpy.zeros(0).dtype == np.float64 else np.float32


def _joined(tiles: Sequence[Figures]) -> Figures:
    return {name: np.concatenate([tile[name] for tile in tiles], axis=-1) for name in tiles[0]}
