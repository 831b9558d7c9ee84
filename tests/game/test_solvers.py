"""The solver against independent ones: exact fractions, a plain recursion, pygambit; and its properties."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofront.errors import GameError
from twofront.game import Branch, Method, Result, Stage, StageGame, certify, solve


def random_game(seed, *, levels=None, forbid=0.3, chance=True, weigh=False, largest=4):
    """A game of 2 to 4 players, stages and moves; payoffs are small integers (ties are common) or normal."""
    rng = np.random.default_rng(seed)
    players = [f"p{i}" for i in range(rng.integers(2, largest + 1))]
    sizes = [int(n) for n in rng.integers(2, largest + 1, rng.integers(2, largest + 1))]
    movers = [*players, "nature"] if chance else players
    stages = [Stage(f"s{k}", str(rng.choice(movers)), [f"m{i}" for i in range(n)]) for k, n in enumerate(sizes)]
    shape = (len(players), *sizes)
    payoffs = rng.integers(-levels, levels + 1, shape) if levels else rng.normal(size=shape)
    tables = {"legal": {}, "chance": {}, "weights": {}}
    for k, stage in enumerate(stages):
        here = tuple(sizes[: k + 1])
        if stage.mover == "nature":  # eighths: exact in floating point and as fractions
            tables["chance"][stage.name] = rng.multinomial(8, np.full(here[-1], 1 / here[-1]), here[:-1]) / 8
            continue
        legal = rng.random(here) >= forbid
        legal[..., 0] |= ~legal.any(axis=-1)
        tables["legal"][stage.name] = legal
        if weigh:
            tables["weights"][stage.name] = rng.integers(1, 4, here)
    return StageGame(players, stages, payoffs.astype(float), **tables)


def walk(game, reply, number=float, path=()):
    """Values of a node to everybody, by plain recursion; `reply` gives the mover's shares.

    Returns (values, {(stage, path): shares by move}).
    """
    if len(path) == len(game.stages):
        return [number(float(x)) for x in game.payoffs[(slice(None), *path)]], {}
    stage, moves = game.stages[len(path)], range(game.moves[len(path)])
    found, after = {}, {}
    if stage.mover == "nature":
        shares = {m: number(float(game.chance[stage.name][*path, m])) for m in moves}
    else:
        shares = {m: None for m in moves if game.legal[stage.name][(*path, m)]}
    for m in shares:
        after[m], below = walk(game, reply, number, (*path, m))
        found |= below
    if stage.mover != "nature":
        mover = game.players.index(stage.mover)
        weights = game.weights.get(stage.name)
        shares = reply(
            {m: after[m][mover] for m in shares},
            {m: 1 if weights is None else weights[(*path, m)] for m in shares},
            mover,
        )
    found[stage.name, path] = [shares.get(m, 0) for m in moves]
    return [sum(shares[m] * after[m][p] for m in shares) for p in range(len(game.players))], found


def best_reply(own, weights, mover):
    winners = [m for m in own if own[m] == max(own.values())]
    return {m: Fraction(m in winners, len(winners)) for m in own}


def logit_reply(precision):
    def reply(own, weights, mover):
        odds = {m: weights[m] * math.exp(precision[mover] * (own[m] - max(own.values()))) for m in own}
        return {m: odds[m] / sum(odds.values()) for m in own}

    return reply


def assert_same(game, solution, values, nodes, tolerance):
    np.testing.assert_allclose(solution.values, np.array(values, float), rtol=0, atol=tolerance)
    for (stage, path), shares in nodes.items():
        np.testing.assert_allclose(solution.behaviour[stage][path], np.array(shares, float), rtol=0, atol=tolerance)


@pytest.mark.parametrize("block", range(4))
def test_best_equals_exact_fractions(block):
    for seed in range(50 * block, 50 * block + 50):
        game = random_game(seed, levels=2 if seed % 2 else 9)
        solution = solve(game, "best")
        values, nodes = walk(game, best_reply, Fraction)
        assert solution.result == Result.SOLVED
        assert_same(game, solution, values, nodes, 1e-12)
        assert certify(game, solution) <= 1e-12


@pytest.mark.long
@pytest.mark.parametrize("block", range(4, 200))
def test_best_equals_exact_fractions_in_ten_thousand_games(block):
    test_best_equals_exact_fractions(block)


def test_ties_are_counted_in_every_subgame():
    for seed in range(40):
        game = random_game(seed, levels=2)
        _, nodes = walk(game, best_reply, Fraction)
        mover = {stage.name: stage.mover for stage in game.stages}
        tied = [s for (s, _), shares in nodes.items() if mover[s] != "nature" and sum(x > 0 for x in shares) > 1]
        solution = solve(game, "best")
        assert solution.ties == len(tied)
        assert solution.branch == (Branch.TIES_SPLIT if tied else Branch.UNIQUE)


@pytest.mark.parametrize("seed", range(30))
def test_logit_equals_a_plain_recursion(seed):
    game = random_game(seed, weigh=seed % 2 == 0)
    precision = np.random.default_rng(seed).uniform(0, 10, len(game.players))
    solution = solve(game, precision=precision)
    assert_same(game, solution, *walk(game, logit_reply(precision)), 1e-12)
    assert certify(game, solution) <= 1e-12


def gambit_tree(gbt, game):
    """The game as pygambit's tree: illegal moves left out, a move of weight n listed n times."""
    tree = gbt.Game.new_tree(players=list(game.players))
    places = {}

    def grow(node, path):
        depth = len(path)
        if depth == len(game.stages):
            pays = [int(x) for x in game.payoffs[(slice(None), *path)]]
            tree.set_outcome(node, tree.add_outcome(f"end {len(tree.outcomes)}", pays))
            return
        stage = game.stages[depth]
        weights = game.weights[stage.name][path] if stage.name in game.weights else np.ones(len(stage.moves))
        copies = [m for m in np.flatnonzero(game.legal[stage.name][path]) for _ in range(int(weights[m]))]
        if len(copies) == 1:
            return grow(node, (*path, int(copies[0])))
        tree.append_move(node, stage.mover, [f"{m}-{i}" for i, m in enumerate(copies)])
        places[stage.name, path] = node.infoset, copies
        for child, m in zip(list(node.children), copies, strict=True):
            grow(child, (*path, int(m)))
        return None

    grow(tree.root, ())
    return tree, places


@pytest.mark.parametrize("seed", range(10))
def test_logit_lies_on_the_branch_that_pygambit_follows(seed):
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    game = random_game(seed, levels=3, chance=False, weigh=seed % 2 == 0, largest=3, forbid=0.4)
    tree, places = gambit_tree(gbt, game)
    lam = [0.5, 1.0, 5.0][seed % 3]
    theirs = gbt.qre.logit_solve_lambda(tree, lam)[0]
    order = [action for player in tree.players for infoset in player.infosets for action in infoset.actions]
    ours = solve(game, precision=lam)
    for (stage, path), (infoset, copies) in places.items():
        summed = np.zeros(len(ours.behaviour[stage][path]))
        for action, m in zip(infoset.actions, copies, strict=True):
            summed[m] += theirs[order.index(action)]
        np.testing.assert_allclose(ours.behaviour[stage][path], summed, atol=1e-6)


def test_a_batch_is_its_games_and_follows_their_precision():
    rng = np.random.default_rng(3)
    stages = [Stage("x", "a", ["l", "r"]), Stage("y", "b", ["u", "v", "w"])]
    payoffs = rng.normal(size=(2, 2, 3, 4, 5))
    legal = {"y": rng.random((2, 3, 4, 1)) > 0.2}
    precision = rng.uniform(0, 5, (2, 4, 5))
    together = solve(StageGame(["a", "b"], stages, payoffs, legal=legal), precision=precision)
    for i, j in itertools.product(range(4), range(5)):
        one = StageGame(["a", "b"], stages, payoffs[..., i, j], legal={"y": legal["y"][..., i, 0]})
        alone = solve(one, precision=precision[:, i, j])
        np.testing.assert_array_equal(together.values[:, i, j], alone.values)
        np.testing.assert_array_equal(together.behaviour["y"][..., i, j], alone.behaviour["y"])
    single = solve(StageGame(["a", "b"], stages, payoffs.astype(np.float32), legal=legal), precision=precision)
    assert single.behaviour["y"].dtype == single.values.dtype == np.float32
    assert together.method.shape == together.residual.shape == (4, 5)
    assert (together.method == Method.BACKWARD).all()


@pytest.mark.parametrize("concept", ["logit", "best"])
def test_jax_arrays_give_the_same_inside_jit(concept):
    import jax

    game = random_game(5, weigh=True)
    precision = None if concept == "best" else 2.0
    ours = solve(game, concept, precision)

    @jax.jit
    def traced(payoffs):
        tables = {"legal": game.legal, "chance": game.chance, "weights": game.weights}
        solution = solve(StageGame(game.players, game.stages, payoffs, **tables), concept, precision)
        return solution, certify(game, solution)

    theirs, fault = traced(jax.numpy.asarray(game.payoffs, "float32"))
    assert fault < 1e-5
    assert theirs.summary() == {"solved": 1}
    np.testing.assert_allclose(theirs.values, ours.values, atol=1e-5)
    for name in ours.behaviour:
        np.testing.assert_allclose(theirs.behaviour[name], ours.behaviour[name], atol=1e-5)


def test_one_unsolved_game_stops_no_other():
    payoffs = np.array([[1.0, 2.0]])[..., None] * np.ones(5)
    payoffs[0, 1, 1] = np.nan
    payoffs[0, 0, 2] = np.inf
    legal = np.array([[True], [True]]) & np.array([True, True, True, False, True])
    precision = np.array([[1.0, 1.0, 1.0, 1.0, -1.0]])
    game = StageGame(["a"], [Stage("x", "a", ["l", "r"])], payoffs, legal={"x": legal})
    solution = solve(game, precision=precision)
    wanted = [Result.SOLVED, Result.NOT_FINITE, Result.NOT_FINITE, Result.NO_LEGAL_PLAY, Result.BAD_PRECISION]
    assert solution.result.tolist() == wanted
    assert solution.solved.tolist() == [True, False, False, False, False]
    assert np.isnan(solution.values[0, 1:]).all()
    assert np.isinf(certify(game, solution)[1:]).all()
    assert solution.summary()[Result.NOT_FINITE.text] == 2
    assert "forbid the move" in Result.NOT_FINITE.text
    np.testing.assert_allclose(solution.values[0, 0], (1 + 2 * math.e) / (1 + math.e))


def test_chances_that_a_tracer_hides_are_flagged():
    import jax

    def result(chance):
        game = StageGame(["a"], [Stage("n", "nature", ["h", "t"])], [[0.0, 1.0]], chance={"n": chance})
        return solve(game, "best").result

    assert jax.jit(result)(jax.numpy.array([0.5, 0.6])) == Result.BAD_TABLE
    assert jax.jit(result)(jax.numpy.array([0.5, 0.5])) == Result.SOLVED


def test_moves_into_a_dead_end_are_not_legal_and_their_payoffs_not_read():
    payoffs = np.array([[[9.0, np.nan], [1.0, 2.0]], [[9.0, np.inf], [0.0, 1.0]]])
    stages = [Stage("x", "a", ["trap", "go"]), Stage("y", "b", ["u", "v"])]
    game = StageGame(["a", "b"], stages, payoffs, legal={"y": [[False, False], [True, True]]})
    for solution in (solve(game, "best"), solve(game, precision=1.0)):
        assert solution.result == Result.SOLVED
        assert solution.behaviour["x"].tolist() == [0, 1]
        assert solution.behaviour["y"][0].tolist() == [0, 0]
        assert certify(game, solution) < 1e-15


def test_wrong_calls_say_what_is_right():
    game = random_game(0)
    with pytest.raises(GameError, match='"nash" is unknown; take logit or best or sequential'):
        solve(game, "nash")
    with pytest.raises(GameError, match='"logit" needs it'):
        solve(game)
    with pytest.raises(GameError, match="leave precision out"):
        solve(game, "best", 1.0)
    with pytest.raises(GameError, match="fits neither"):
        solve(game, precision=np.ones(7))


seeds = st.integers(0, 2**32 - 1)


def with_payoffs(game, payoffs, **tables):
    given_tables = {"legal": game.legal, "chance": game.chance, "weights": game.weights} | tables
    return StageGame(game.players, game.stages, payoffs, **given_tables)


def same_behaviour(one, two, tolerance=1e-9):
    for name in one.behaviour:
        np.testing.assert_allclose(one.behaviour[name], two.behaviour[name], atol=tolerance)


@given(seeds, st.floats(-50, 50), st.floats(0.1, 10))
def test_affine_payoffs_change_nothing_once_precision_is_rescaled(seed, shift, scale):
    game = random_game(seed, weigh=True)
    moved = with_payoffs(game, game.payoffs * scale + shift)
    same_behaviour(solve(game, precision=2.0), solve(moved, precision=2.0 / scale))
    same_behaviour(solve(game, "best"), solve(moved, "best"))


@given(seeds)
def test_relabelled_moves_and_players_give_the_relabelled_answer(seed):
    game = random_game(seed, weigh=True)
    flip = tuple(slice(None, None, -1) for _ in game.stages)
    tables = {
        kind: {
            s.name: getattr(game, kind)[s.name][flip[: k + 1]]
            for k, s in enumerate(game.stages)
            if s.name in getattr(game, kind)
        }
        for kind in ("legal", "chance", "weights")
    }
    mirrored = StageGame(game.players[::-1], game.stages, game.payoffs[(slice(None, None, -1), *flip)], **tables)
    for arguments in ({"precision": 3.0}, {"concept": "best"}):
        one, two = solve(game, **arguments), solve(mirrored, **arguments)
        np.testing.assert_allclose(one.values, two.values[::-1], atol=1e-12)
        for k, stage in enumerate(game.stages):
            np.testing.assert_allclose(one.behaviour[stage.name], two.behaviour[stage.name][flip[: k + 1]], atol=1e-12)


@given(seeds)
def test_a_dominated_move_vanishes_as_precision_grows(seed):
    rng = np.random.default_rng(seed)
    payoffs = rng.normal(size=(2, 2, 3))
    payoffs[1, :, 2] = payoffs[1, :, 1] - rng.uniform(0.1, 1)
    stages = [Stage("x", "a", ["l", "r"]), Stage("y", "b", ["u", "v", "worse"])]
    game = StageGame(["a", "b"], stages, payoffs)
    replies = [solve(game, precision=lam).behaviour["y"] for lam in (0.0, 1.0, 10.0, 1000.0)]
    assert all((reply[:, 2] <= reply[:, 1]).all() for reply in replies)
    assert replies[-1][:, 2].max() < 1e-30


@given(seeds)
def test_a_move_listed_twice_at_half_the_weight_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    payoffs, weights = rng.normal(size=(2, 2, 3)), rng.uniform(0.1, 2, 3)
    first, moves = Stage("x", "a", ["l", "r"]), ["u", "v", "w"]
    plain = StageGame(["a", "b"], [first, Stage("y", "b", moves)], payoffs, weights={"y": weights})
    doubled = StageGame(
        ["a", "b"],
        [first, Stage("y", "b", [*moves, "w again"])],
        payoffs[..., [0, 1, 2, 2]],
        weights={"y": weights[[0, 1, 2, 2]] * [1, 1, 0.5, 0.5]},
    )
    one, two = solve(plain, precision=4.0), solve(doubled, precision=4.0)
    np.testing.assert_allclose(one.values, two.values, atol=1e-12)
    np.testing.assert_allclose(one.behaviour["x"], two.behaviour["x"], atol=1e-12)
    np.testing.assert_allclose(one.behaviour["y"][:, 2], two.behaviour["y"][:, 2:].sum(-1), atol=1e-12)


@given(seeds)
def test_precision_runs_from_base_weights_to_best_replies(seed):
    game = random_game(seed, weigh=True)
    drawn = solve(game, precision=0.0)
    for name, legal in game.legal.items():
        base = game.weights[name] * legal
        np.testing.assert_allclose(drawn.behaviour[name], base / base.sum(-1, keepdims=True), atol=1e-12)
    sharp, best = solve(game, precision=np.inf), solve(game, "best")
    if best.ties == 0:
        same_behaviour(sharp, best)
    assert certify(game, sharp) <= 1e-9


@given(seeds, st.sampled_from([1e-300, 1e-30, 1e30, 1e300]))
def test_extreme_payoffs_stay_finite(seed, scale):
    game = random_game(seed, levels=3)
    huge = with_payoffs(game, game.payoffs * scale)
    for arguments in ({"precision": 5.0}, {"concept": "best"}):
        solution = solve(huge, **arguments)
        assert solution.result == Result.SOLVED
        assert np.isfinite(solution.values).all()
