"""Best replies against pygambit's exact regret: zero in every subgame, reached or not.

A structure becomes one tree of pygambit, made once: chance draws a node at which somebody has a choice, and play goes
on from a copy of its subgame. So every such node is reached, and the exact regret there is that of one deviation in its
subgame; with none anywhere the play is subgame perfect. A game changes payoffs and behaviour only, both as fractions.
"""

from fractions import Fraction
from math import prod

import numpy as np
import pytest

from twofront.game import Result, Stage, StageGame, solve

GAMES = 20  # of one structure, solved as one batch
LARGEST = 625  # ends of a structure
KINDS = ("ties", "integers", "mixed", "huge", "tiny")


def structure(rng):
    """Players, stages and legal moves; everything is observed, and all moves of the first stage are legal."""
    players = [f"p{i}" for i in range(rng.integers(2, 5))]
    sizes = [6] * 5
    while prod(sizes) > LARGEST:
        sizes = [int(n) for n in rng.integers(2, 6, rng.integers(2, 6))]
    stages = [Stage(f"s{k}", str(rng.choice(players)), [f"m{i}" for i in range(n)]) for k, n in enumerate(sizes)]
    legal = {}
    for k, stage in enumerate(stages):
        table = rng.random(sizes[: k + 1]) > 0.3
        table[..., 0] |= ~table.any(axis=-1)
        legal[stage.name] = table | (k == 0)
    return players, stages, legal


def payoffs(rng, shape):
    """Fractions that floating point holds exactly, a kind after the other along the batch."""
    drawn = np.empty((*shape, GAMES))
    for g in range(GAMES):
        kind = KINDS[g % len(KINDS)]
        if kind == "mixed":
            drawn[..., g] = rng.choice([-(2.0**30), -1, 0, 1, 2.0**30], shape)
        else:
            largest = 1000 if kind == "integers" else 2
            scale = {"huge": 2.0**200, "tiny": 2.0**-200}.get(kind, 1.0)
            drawn[..., g] = rng.integers(-largest, largest + 1, shape) * scale
    return drawn


class Forest:
    """The copies of all subgames in one tree of pygambit; `everywhere=False` keeps to the whole game.

    ends: (path, outcome). places: by player, (stage, path, legal moves) in pygambit's order of information sets.
    """

    def __init__(self, gbt, game, everywhere=True):
        self.gbt, self.game = gbt, game
        self.tree = gbt.Game.new_tree(players=list(game.players))
        self.ends, self.found, self.roots = {}, [], []
        self._list_roots(())
        if not everywhere:
            del self.roots[1:]
        starts = [self.tree.root]
        if len(self.roots) > 1:
            self.tree.append_move(self.tree.root, self.tree.players.chance, [str(i) for i in range(len(self.roots))])
            starts = list(self.tree.root.children)
        for start, path in zip(starts, self.roots, strict=True):
            self._grow(start, path)
        place = {(node.player.number, node.infoset.number): at for node, *at in self.found}
        self.places = [
            [place[player.number, infoset.number] for infoset in player.infosets] for player in self.tree.players
        ]

    def _moves(self, path):
        table = self.game.legal[self.game.stages[len(path)].name]
        return [int(m) for m in np.flatnonzero(table[path])]

    def _list_roots(self, path):
        if len(path) == len(self.game.stages):
            return
        moves = self._moves(path)
        if len(moves) > 1:
            self.roots.append(path)
        for m in moves:
            self._list_roots((*path, m))

    def _grow(self, node, path):
        if len(path) == len(self.game.stages):
            if path not in self.ends:
                self.ends[path] = self.tree.add_outcome(str(len(self.ends)), [0] * len(self.game.players))
            self.tree.set_outcome(node, self.ends[path])
            return
        stage, moves = self.game.stages[len(path)], self._moves(path)
        if len(moves) == 1:
            self._grow(node, (*path, moves[0]))
            return
        self.tree.append_move(node, stage.mover, [str(m) for m in moves])
        self.found.append((node, stage.name, path, moves))
        for child, m in zip(list(node.children), moves, strict=True):
            self._grow(child, (*path, m))

    def regret(self, behaviour, number):
        """Pygambit's largest regret at an information set of one game of the batch, a fraction."""
        for path, outcome in self.ends.items():
            for player, pay in zip(self.tree.players, self.game.payoffs[(slice(None), *path, number)], strict=True):
                outcome[player] = self.gbt.Rational(float(pay))
        shares = {}
        for _, stage, path, moves in self.found:
            if (stage, path) not in shares:
                shares[stage, path] = [exact(behaviour[stage][(*path, m, number)]) for m in moves]
        profile = [[shares[stage, path] for stage, path, _ in mine] for mine in self.places]
        return self.tree.mixed_behavior_profile(profile, rational=True).agent_max_regret()


def exact(share):
    """The fraction 1/n that a share stands for: moves that tie share equally."""
    fraction = Fraction(float(share)).limit_denominator(5)
    assert abs(fraction - Fraction(float(share))) < 1e-15
    return fraction


def stated(seed):
    rng = np.random.default_rng([3, seed])
    players, stages, legal = structure(rng)
    shape = (len(players), *(len(stage.moves) for stage in stages))
    return StageGame(players, stages, payoffs(rng, shape), legal={k: v[..., None] for k, v in legal.items()})


def check(seed):
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    game = stated(seed)
    solution = solve(game, "best")
    assert (solution.result == Result.SOLVED).all()
    forest = Forest(gbt, game)
    assert forest.roots
    for g in range(GAMES):
        assert forest.regret(solution.behaviour, g) == 0, f"structure {seed}, game {g}"


@pytest.mark.parametrize("block", range(5))
def test_no_regret_in_any_subgame_of_a_thousand_games(block):
    for seed in range(10 * block, 10 * block + 10):
        check(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", range(5, 50))
def test_no_regret_in_any_subgame_of_ten_thousand_games(block):
    test_no_regret_in_any_subgame_of_a_thousand_games(block)


def test_a_worse_reply_off_the_path_is_found():
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    pays = np.array([[[0.0, 0.0], [2.0, -1.0]], [[2.0, 2.0], [1.0, -1.0]]])[..., None]
    stages = [Stage("entry", "a", ["out", "in"]), Stage("reply", "b", ["share", "fight"])]
    legal = {"entry": np.ones((2, 1), bool), "reply": np.ones((2, 2, 1), bool)}
    game = StageGame(["a", "b"], stages, pays, legal=legal)
    assert Forest(gbt, game).regret(solve(game, "best").behaviour, 0) == 0
    threat = {"entry": np.array([[1.0], [0.0]]), "reply": np.array([[[0.5], [0.5]], [[0.0], [1.0]]])}
    assert Forest(gbt, game, everywhere=False).regret(threat, 0) == 0  # on the path nobody regrets anything
    assert Forest(gbt, game).regret(threat, 0) == 2  # fighting costs the incumbent 1 - (-1)
