"""How fast stage games are solved, and how fast pygambit solves them: `python -m benchmarks.games`, a line of JSON.

The reference game: a leader does nothing, blockades or attacks, then calls its partner or not; the partner declines,
demonstrates, or goes along partly or fully; a defender turns to one side, splits or turns to the other: 72 ends. With a
private type of the partner 144. Payoffs are normal. pygambit gets the first games of the same batch.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from twofront.game import Stage, StageGame, certify, solve

BATCH, PEER = 4096, 3
LEAD = Stage("lead", "leader", ["none", "blockade", "attack"], sees=[])
CALL = Stage("call", "leader", ["call", "silent"], sees=["lead"])
ANSWER = Stage("answer", "partner", ["decline", "demonstrate", "partly", "fully"])
TYPE = Stage("type", "nature", ["willing", "not"])
PLAYERS = ["leader", "partner", "defender"]
ODDS = [0.375, 0.625]


def posture(*sees: str) -> Stage:
    """The defender's stage."""
    return Stage("posture", "defender", ["one", "split", "other"], sees=sees)


def game(stages: list[Stage], batch: int, **tables: Any) -> StageGame:
    """A batch of games with normal payoffs."""
    shape = (len(PLAYERS), *(len(stage.moves) for stage in stages), batch)
    return StageGame(PLAYERS, stages, np.random.default_rng(0).normal(size=shape), **tables)


def observed(batch: int) -> StageGame:
    """Everything is seen."""
    return game([LEAD, CALL, ANSWER, posture("lead", "call", "answer")], batch)


def typed(batch: int) -> StageGame:
    """The partner's type is its own."""
    stages = [TYPE, LEAD, CALL, ANSWER, posture("lead", "call", "answer")]
    return game(stages, batch, chance={"type": ODDS})


def subgame(batch: int) -> StageGame:
    """The same after one public history: 24 ends."""
    return game([TYPE, ANSWER, posture("answer")], batch, chance={"type": ODDS})


def tree(stated: StageGame, number: int) -> Any:
    """One game of the batch as pygambit's tree."""
    import pygambit

    built = pygambit.Game.new_tree(players=list(stated.players))
    sets: dict[tuple[Any, ...], Any] = {}

    def grow(node: Any, path: tuple[int, ...]) -> None:
        k = len(path)
        if k == len(stated.stages):
            pays = [pygambit.Rational(float(x)) for x in stated.payoffs[(slice(None), *path, number)]]
            built.set_outcome(node, built.add_outcome(str(len(built.outcomes)), pays))
            return
        stage = stated.stages[k]
        if stage.mover == "nature":
            built.append_move(node, built.players.chance, list(stage.moves))
            built.set_chance_probs(node.infoset, [pygambit.Rational(x) for x in ODDS])
        else:
            hidden = stated.hidden[k]
            key = (k, *(m for m, s in zip(path, stated.stages, strict=False) if s.name not in hidden))
            if key in sets:
                built.append_infoset(node, sets[key])
            else:
                built.append_move(node, stage.mover, list(stage.moves))
                sets[key] = node.infoset
        for move, child in enumerate(list(node.children)):
            grow(child, (*path, move))

    grow(built.root, ())
    return built


def recursion(built: Any) -> list[float]:
    """Backward induction on pygambit's own tree."""
    players = list(built.players)

    def value(node: Any) -> list[float]:
        if node.is_terminal:
            return [float(node.outcome[player]) for player in players]
        after = [value(child) for child in node.children]
        own = players.index(node.player)
        return max(after, key=lambda rows: rows[own])

    return value(built.root)


def rate(work: Callable[[], Any], games: int, repeats: int = 5) -> float:
    """Games a second, the best of some repeats after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return games / min(times)


def compiled(stated: StageGame, concept: str, precision: float | None) -> Callable[[], Any]:
    """The solver as one compiled JAX function of the payoffs, on whatever device JAX finds."""
    import jax

    @jax.jit
    def run(payoffs: Any) -> Any:
        return solve(StageGame(stated.players, stated.stages, payoffs), concept, precision).values

    payoffs = jax.numpy.asarray(stated.payoffs)
    return lambda: run(payoffs).block_until_ready()


def measures() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row: games a second here and there, and the largest certificate of ours."""
    import pygambit

    everything = observed(BATCH)
    trees = [tree(everything, g) for g in range(20)]
    ours = rate(compiled(everything, "best", None), BATCH, 20)
    plain = rate(lambda: solve(everything, "best"), BATCH)
    peer = rate(lambda: [recursion(one) for one in trees], len(trees), 3)
    worst = float(certify(everything, solve(everything, "best")).max())
    yield "best", {"ours": ours, "numpy": plain, "peer": peer, "certificate": worst}

    ours = rate(compiled(everything, "logit", 1.0), BATCH, 20)
    plain = rate(lambda: solve(everything, precision=1.0), BATCH)
    peer = rate(lambda: pygambit.qre.logit_solve_lambda(trees[0], 1.0), 1, 1)
    worst = float(certify(everything, solve(everything, precision=1.0)).max())
    yield "logit", {"ours": ours, "numpy": plain, "peer": peer, "certificate": worst}

    private = typed(BATCH // 4)
    ours = rate(lambda: solve(private, precision=1.0), BATCH // 4, 2)
    one = tree(private, 0)
    peer = rate(lambda: pygambit.qre.logit_solve_lambda(one, 1.0), 1, 1)
    worst = float(certify(private, solve(private, precision=1.0)).max())
    yield "hidden", {"ours": ours, "peer": peer, "certificate": worst}

    small = subgame(BATCH)
    ours = rate(lambda: solve(small, "sequential", select="all"), BATCH, 2)
    some = [tree(small, g) for g in range(PEER)]
    peer = rate(lambda: [pygambit.nash.enumpure_agent_solve(t) for t in some], PEER, 1)
    listed = solve(small, "sequential", select="all")
    worst = float(certify(small, listed)[listed.solved].max())
    yield "pure", {"ours": ours, "peer": peer, "certificate": worst, "equilibria": float(listed.equilibria.mean())}


def measured() -> dict[str, Any]:
    """All rows, and the device on which JAX ran."""
    import jax

    jax.config.update("jax_enable_x64", True)
    found: dict[str, Any] = {"device": jax.devices()[0].platform}
    for name, row in measures():
        found |= {f"{name} {key}": value for key, value in row.items()}
        found[f"{name} ratio"] = row["ours"] / row["peer"]
    return found


if __name__ == "__main__":
    print(json.dumps(measured()))
