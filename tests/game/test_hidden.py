"""Hidden moves and types: against pygambit, against slow independent code, and the properties that must hold."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.bayes import as_sets, distinct, pure_equilibria
from tests.reference.hidden import gambit_tree, random_hidden

from twofront.errors import GameError
from twofront.game import Branch, Method, Result, Stage, StageGame, certify, solve
from twofront.game.solvers import paths, replies
from twofront.game.solvers.bounds import contraction
from twofront.game.solvers.hidden import Book

PRECISIONS = (0.5, 1.0, 5.0, 20.0)


def entry(seen=(), batch=()):
    """A hidden type of the entrant and a reply that does not see it."""
    rng = np.random.default_rng(7)
    stages = [
        Stage("type", "nature", ["weak", "strong"]),
        Stage("entry", "entrant", ["out", "in"]),
        Stage("reply", "incumbent", ["share", "fight"], sees=["entry", *seen]),
    ]
    return StageGame(
        ["entrant", "incumbent"], stages, rng.normal(size=(2, 2, 2, 2, *batch)), chance={"type": [0.25, 0.75]}
    )


def alone_of(game, place, **tables):
    """One game of a batch whose tables are the same for all."""
    drop = (..., *(0 for _ in place))
    kept = {kind: {name: table[drop] for name, table in getattr(game, kind).items()} for kind in ("chance", "weights")}
    return StageGame(game.players, game.stages, game.payoffs[(..., *place)], **kept, **tables)


def against_pygambit(seed, **shape):
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    game = random_hidden(seed, levels=3, forbid=0.3 * (seed % 3 == 0), weigh=seed % 2 == 0, **shape)
    tree, places = gambit_tree(gbt, game)
    if not places:
        return
    lam = PRECISIONS[seed % 4]
    theirs = gbt.qre.logit_solve_lambda(tree, lam)[0]
    order = [action for player in tree.players for infoset in player.infosets for action in infoset.actions]
    ours = solve(game, precision=lam)
    assert ours.result == Result.SOLVED
    assert certify(game, ours) < 1e-9
    for path, (infoset, copies) in places.items():
        stated = ours.behaviour[game.stages[len(path)].name][path]
        summed = np.zeros(len(stated))
        for action, m in zip(infoset.actions, copies, strict=True):
            summed[m] += theirs[order.index(action)]
        np.testing.assert_allclose(stated, summed, atol=1e-6)


@pytest.mark.parametrize("seed", range(24))
def test_logit_lies_on_the_branch_that_pygambit_follows(seed):
    against_pygambit(seed, stages=4, moves=3, ends=40)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(24, 120))
def test_logit_lies_on_the_branch_that_pygambit_follows_in_more_games(seed):
    against_pygambit(seed, stages=4, moves=3, ends=40)


def against_the_list(seed):
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    game = random_hidden(seed, levels=2, forbid=0.3 * (seed % 3 == 0), stages=4, moves=3, ends=24)
    wanted = pure_equilibria(gbt, game)
    ours = solve(game, "sequential", select="all")
    slots = np.flatnonzero(ours.result == Result.SOLVED)
    found = [as_sets(game, {name: rows[..., e] for name, rows in ours.behaviour.items()}) for e in slots]
    assert len(distinct(found)) == len(found) == len(wanted)
    assert distinct(found) == distinct(wanted)
    assert (ours.equilibria == len(wanted)).all()
    assert (certify(game, ours)[slots] < 1e-9).all()


@pytest.mark.parametrize("seed", [s for s in range(26) if s not in (23, 25)])  # these take pygambit long
def test_pure_equilibria_are_those_that_pygambit_lists(seed):
    against_the_list(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", [23, *range(25, 100)])
def test_pure_equilibria_are_those_that_pygambit_lists_in_more_games(seed):
    against_the_list(seed)


@pytest.mark.parametrize("block", range(3))
def test_random_games_are_solved_and_certified_at_every_precision(block):
    for seed in range(4 * block, 4 * block + 4):
        game = random_hidden(seed, forbid=0.3 * (seed % 2), weigh=seed % 3 == 0, batch=(3,), ends=80)
        for lam in PRECISIONS:
            solution = solve(game, precision=lam)
            assert (solution.result == Result.SOLVED).all()
            assert certify(game, solution).max() < 1e-8
            assert solution.residual.max() < 1e-8


@pytest.mark.parametrize("seed", range(12))
def test_the_limit_of_the_branch_is_an_equilibrium(seed):
    game = random_hidden(seed, batch=(3,), stages=4, moves=3, ends=40, levels=None if seed % 2 else 3)
    solution = solve(game, "sequential")
    assert (solution.result == Result.SOLVED).all()
    certificate = certify(game, solution)
    pure = solution.branch == Branch.LIMIT_PURE
    assert certificate[pure].max(initial=0) < 1e-9
    assert certificate.max() < 1e-4
    assert set(solution.branch.tolist()) <= {Branch.LIMIT_PURE, Branch.LIMIT_MIXED}
    best = solve(game, "sequential", select="leader-best")
    leader = next(game.players.index(s.mover) for s in game.stages if s.mover != "nature")
    counted = best.equilibria > 0
    assert (best.result[~counted] == Result.NO_PURE).all()
    better = best.values[leader] >= solution.values[leader] - 1e-9
    assert better[pure & counted].all()


@pytest.mark.parametrize("seed", [3, 4, 13, 14, 17, 18, 20, 33, 50, 72, 85])
def test_slopes_are_the_derivatives(seed):
    game = random_hidden(seed, batch=(4,), forbid=0.3 * (seed % 2), weigh=True, ends=400)
    book = Book(game, "logit", np.full((len(game.players), 1), 2.0))
    tree, games = next(book.groups())
    problem = book.problem(tree, games)
    rng = np.random.default_rng(0)
    share, unknowns = np.full(problem.games, 0.7), rng.normal(size=(tree.unknowns, problem.games))
    at = replies.slope(problem, share, unknowns, replies.reply(problem, share, unknowns))
    matrix = replies.full_slope(tree, at.slope)
    step = 1e-6
    for column in range(tree.unknowns):
        shift = np.zeros_like(unknowns)
        shift[column] = step
        up, down = (replies.reply(problem, share, unknowns + s * shift).residual for s in (1, -1))
        np.testing.assert_allclose(matrix[:, :, column], ((up - down) / (2 * step)).T, atol=1e-7)
    up, down = (replies.reply(problem, share + s * step, unknowns).residual for s in (1, -1))
    np.testing.assert_allclose(at.pace, (up - down) / (2 * step), atol=1e-7)


@pytest.mark.parametrize("seed", range(12))
def test_the_contraction_bound_is_a_bound(seed):
    """Beliefs pushed through the reply map never part by more than the bound says."""
    game = random_hidden(seed, batch=(3,), weigh=True, ends=100)
    book = Book(game, "logit", np.full((len(game.players), 1), 0.4))
    tree, games = next(book.groups())
    problem = book.problem(tree, games)
    bound = contraction(problem)
    rng = np.random.default_rng(seed)

    def beliefs():
        drawn = []
        for level in tree.levels:
            mass = rng.exponential(size=(level.members, 3)) ** 3
            total = np.zeros((len(level.starts), 3))
            np.add.at(total, level.label, mass)
            drawn.append(mass / total[level.label])
        return drawn

    def apart(one, two):
        worst = np.zeros(3)
        for level, x, y in zip(tree.levels, one, two, strict=True):
            n = level.free_members
            total = np.zeros((level.free, 3))
            np.add.at(total, level.label[:n], abs(x[:n] - y[:n]) / 2)
            worst = np.maximum(worst, total.max(axis=0, initial=0))
        return worst

    for _ in range(20):
        one, two = beliefs(), beliefs()
        after = apart(replies.answer(problem, one).belief, replies.answer(problem, two).belief)
        assert (after <= bound * apart(one, two) + 1e-12).all()


def test_what_is_proven_unique_is_where_the_branch_leads():
    games = [random_hidden(seed, batch=(4,), ends=100) for seed in range(12)]
    proven = 0
    for game in games:
        solution = solve(game, precision=0.2)
        book = Book(game, "logit", np.full((len(game.players), 1), 0.2))
        tree, some = next(book.groups())
        if not tree.unknowns:
            continue
        problem = book.problem(tree, some)
        unique = solution.branch == Branch.UNIQUE
        proven += unique.sum()
        followed, _ = paths.polish(problem, np.ones(4), paths.follow(problem).unknowns)
        values = replies.reply(problem, np.ones(4), followed).values[0][:, 0] * book.scale + book.middle
        np.testing.assert_allclose(solution.values[:, unique], values[:, unique], atol=1e-10)
    assert proven > 10


def test_rungs_are_reported():
    game = entry(batch=(40,))
    low, high = solve(game, precision=0.05), solve(game, precision=30.0)
    assert (low.branch == Branch.UNIQUE).all()
    assert set(low.method.tolist()) <= {Method.BACKWARD, Method.CONTRACTION}
    assert set(high.method.tolist()) <= {Method.HOMOTOPY, Method.ARCLENGTH}
    assert set(high.branch.tolist()) <= {Branch.PRINCIPAL, Branch.FOLDED}


def test_a_type_that_does_not_matter_is_one_sweep():
    game = entry(batch=(3,))
    payoffs = game.payoffs.copy()
    payoffs[1] = payoffs[1, :1]  # the incumbent does not care for the type
    solution = solve(replace(game, payoffs=payoffs), precision=4.0)
    assert (solution.method == Method.BACKWARD).all()
    assert (solution.branch == Branch.UNIQUE).all()
    assert certify(replace(game, payoffs=payoffs), solution).max() < 1e-12


def test_behaviour_is_equal_along_unseen_stages_and_beliefs_are_bayes():
    game = entry()
    solution = solve(game, precision=2.0)
    reply, go = solution.behaviour["reply"], solution.behaviour["entry"]
    np.testing.assert_array_equal(reply[0], reply[1])
    joint = np.array([0.25, 0.75])[:, None] * go
    np.testing.assert_allclose(solution.beliefs["reply"], joint / joint.sum(axis=0), atol=1e-12)
    assert list(solution.beliefs) == ["reply"]


def test_a_mover_knows_by_its_legal_moves_and_remembers():
    """The reply is barred after one type: the incumbent can tell the types apart, then and later."""
    stages = [
        Stage("type", "nature", ["weak", "strong"]),
        Stage("reply", "b", ["share", "fight"], sees=[]),
        Stage("again", "b", ["share", "fight"], sees=["reply"]),
    ]
    payoffs = np.zeros((1, 2, 2, 2))
    payoffs[0, 0, :, 0], payoffs[0, 1, :, 1] = 1, 1  # share with the weak, fight the strong
    legal = {"reply": [[True, False], [True, True]]}
    game = StageGame(["b"], stages, payoffs, legal=legal, chance={"type": [0.5, 0.5]})
    again = solve(game, "sequential").behaviour["again"]
    assert again[0, 0].tolist() == [1, 0]
    assert again[1, 0].tolist() == again[1, 1].tolist() == [0, 1]


def test_a_batch_is_its_games_and_follows_their_precision():
    game = random_hidden(5, batch=(2, 3), weigh=True, ends=60)
    lam = np.random.default_rng(1).uniform(0.5, 8, (len(game.players), 2, 3))
    together = solve(game, precision=lam)
    for i, j in itertools.product(range(2), range(3)):
        alone = solve(alone_of(game, (i, j)), precision=lam[:, i, j])
        np.testing.assert_allclose(together.values[:, i, j], alone.values, atol=1e-10)
    single = replace(game, payoffs=game.payoffs.astype(np.float32))
    solution = solve(single, precision=lam)
    assert solution.values.dtype == solution.behaviour["s1"].dtype == np.float32
    np.testing.assert_allclose(solution.values, together.values, atol=1e-4)
    assert certify(single, solution).max() < 1e-5


def test_legality_that_differs_between_games_of_a_batch():
    game = entry(batch=(4,))
    legal = np.ones((1, 2, 4), bool)
    legal[0, 1, ::2] = False
    mixed = replace(game, legal={"entry": legal})
    together = solve(mixed, precision=3.0)
    assert (together.result == Result.SOLVED).all()
    assert certify(mixed, together).max() < 1e-12
    for g in range(4):
        alone = solve(alone_of(game, (g,), legal={"entry": legal[..., g]}), precision=3.0)
        np.testing.assert_allclose(alone.values, together.values[:, g], atol=1e-12)


def test_jax_arrays_come_back_as_jax_arrays_and_tracing_is_refused():
    import jax

    game = entry(batch=(3,))
    given_arrays = replace(game, payoffs=jax.numpy.asarray(game.payoffs, "float32"))
    for arguments in ({"precision": 2.0}, {"concept": "sequential"}):
        ours, theirs = solve(game, **arguments), solve(given_arrays, **arguments)
        assert isinstance(theirs.values, jax.Array)
        assert isinstance(certify(given_arrays, theirs), jax.Array)
        np.testing.assert_allclose(theirs.values, ours.values, atol=1e-5)
    with pytest.raises(GameError, match="call solve outside jit"):
        jax.jit(lambda p: solve(replace(game, payoffs=p), precision=1.0).values)(game.payoffs)


def test_what_cannot_be_solved_is_counted_and_stops_no_other():
    game = entry(batch=(5,))
    payoffs = game.payoffs.copy()
    payoffs[0, 0, 0, 0, 1] = np.nan
    precision = np.array([[1.0, 1.0, -1.0, 1e9, np.inf]])
    weights = np.ones((2, 1, 2, 5))
    weights[0, 0, 0, 0] = 3  # a weight that would tell the incumbent the type
    bad = replace(game, payoffs=payoffs, weights={"reply": weights})
    solution = solve(bad, precision=precision)
    wanted = [Result.HIDDEN_WEIGHTS, Result.NOT_FINITE, Result.BAD_PRECISION, Result.TOO_SHARP, Result.TOO_SHARP]
    assert solution.result.tolist() == wanted
    assert np.isnan(solution.values).all()
    assert np.isinf(certify(bad, solution)).all()
    listed = solve(replace(game, payoffs=payoffs), "sequential", select="all")
    assert (listed.result[1] == Result.NOT_FINITE).all()
    assert (listed.result[[0, 2, 3, 4], 0] <= Result.NO_PURE).all()


def test_wrong_calls_say_what_is_right():
    with pytest.raises(GameError, match='needs every move to be observed; take "sequential"'):
        solve(entry(), "best")
    with pytest.raises(GameError, match='select "nash" is unknown; take principal or leader-best or all'):
        solve(entry(), "sequential", select="nash")
    with pytest.raises(GameError, match="leave select out"):
        solve(entry(), precision=1.0, select="all")
    with pytest.raises(GameError, match="leave precision out"):
        solve(entry(), "sequential", 1.0)


def test_too_many_pure_profiles_are_flagged():
    stages = [Stage("type", "nature", ["a", "b"]), Stage("x", "p", ["l", "r"])]
    stages += [Stage(f"y{k}", "q", ["u", "v"], sees=["x", *(f"y{j}" for j in range(k))]) for k in range(4)]
    game = StageGame(["p", "q"], stages, np.zeros((2, *(2,) * 6)), chance={"type": [0.5, 0.5]})
    assert (solve(game, "sequential", select="all").result == Result.TOO_MANY).all()
    assert solve(game, "sequential").result == Result.SOLVED


def test_observed_games_have_their_perfect_equilibria_listed():
    game = StageGame(
        ["a", "b"],
        [Stage("x", "a", ["l", "r"]), Stage("y", "b", ["u", "v"])],
        [[[1, 1], [0, 2]], [[0, 0], [0, 1]]],
    )
    found = solve(game, "sequential", select="all")
    # After l b is indifferent; after r it takes v, and a prefers r: two perfect equilibria.
    assert found.equilibria.tolist() == [2, 2]
    assert (found.values[0] == 2).all()
    assert certify(game, found).tolist() == [0, 0]


class TestCertificate:
    """It finds what is wrong with a stated equilibrium of hidden information."""

    def test_a_reply_to_the_wrong_belief(self):
        game = entry()
        right = solve(game, precision=2.0)
        reply = right.behaviour["reply"] * 0.5 + 0.25
        assert certify(game, replace(right, behaviour={**right.behaviour, "reply": reply})) > 0.01

    def test_behaviour_that_uses_what_is_not_seen(self):
        game = entry()
        right = solve(game, precision=2.0)
        reply = right.behaviour["reply"].copy()
        reply[0] = reply[0, :, ::-1]
        assert np.isinf(certify(game, replace(right, behaviour={**right.behaviour, "reply": reply})))

    def test_a_belief_that_is_not_bayes(self):
        game = entry()
        right = solve(game, precision=2.0)
        assert certify(game, replace(right, beliefs={"reply": right.beliefs["reply"][::-1]})) > 0.01
        assert np.isinf(certify(game, replace(right, beliefs={"reply": 2 * right.beliefs["reply"]})))

    def test_regret_by_hand(self):
        stages = [Stage("type", "nature", ["a", "b"]), Stage("x", "p", ["l", "r"], sees=[])]
        game = StageGame(["p"], stages, [[[4.0, 0.0], [0.0, 2.0]]], chance={"type": [0.5, 0.5]})
        right = solve(game, "sequential")
        assert right.behaviour["x"].tolist() == [[1, 0], [1, 0]]
        wrong = replace(right, behaviour={**right.behaviour, "x": np.array([[0.0, 1], [0, 1]])})
        assert certify(game, wrong) == pytest.approx(0.5 * 4 - 0.5 * 2)


seeds = st.integers(0, 2**32 - 1)


def with_payoffs(game, payoffs):
    return replace(game, payoffs=payoffs)


@settings(max_examples=10, deadline=None)
@given(seeds, st.floats(-50, 50), st.floats(0.1, 10))
def test_affine_payoffs_change_nothing_once_precision_is_rescaled(seed, shift, scale):
    game = random_hidden(seed, weigh=True, stages=4, moves=3, ends=40)
    moved = with_payoffs(game, game.payoffs * scale + shift)
    one, two = solve(game, precision=2.0), solve(moved, precision=2.0 / scale)
    for name in one.behaviour:
        np.testing.assert_allclose(one.behaviour[name], two.behaviour[name], atol=1e-7)
    one, two = solve(game, "sequential", select="all"), solve(moved, "sequential", select="all")
    assert one.equilibria.tolist() == two.equilibria.tolist()


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_relabelled_moves_give_the_relabelled_answer(seed):
    game = random_hidden(seed, weigh=True, stages=4, moves=3, ends=40)
    flip = tuple(slice(None, None, -1) for _ in game.stages)

    def turned(tables):
        return {s.name: tables[s.name][flip[: k + 1]] for k, s in enumerate(game.stages) if s.name in tables}

    mirrored = StageGame(
        game.players[::-1],
        game.stages,
        game.payoffs[(slice(None, None, -1), *flip)],
        chance=turned(game.chance),
        weights=turned(game.weights),
    )
    one, two = solve(game, precision=3.0), solve(mirrored, precision=3.0)
    np.testing.assert_allclose(one.values, two.values[::-1], atol=1e-7)
    for k, stage in enumerate(game.stages):
        np.testing.assert_allclose(one.behaviour[stage.name], two.behaviour[stage.name][flip[: k + 1]], atol=1e-7)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_a_move_listed_twice_at_half_the_weight_changes_nothing(seed):
    game = random_hidden(seed, chance=False, stages=3, moves=3, ends=27)
    last = game.stages[-1]
    width = len(last.moves)
    stages = [*game.stages[:-1], replace(last, moves=[*last.moves, "again"])]
    index = [*range(width), width - 1]
    weights = np.ones(width + 1)
    weights[-2:] = 0.5
    doubled = StageGame(game.players, stages, game.payoffs[..., index], weights={last.name: weights})
    one, two = solve(game, precision=4.0), solve(doubled, precision=4.0)
    np.testing.assert_allclose(one.values, two.values, atol=1e-8)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_a_dominated_move_vanishes_as_precision_grows(seed):
    game = random_hidden(seed, chance=False, stages=3, moves=3, ends=27)
    last = game.stages[-1]
    payoffs = game.payoffs.copy()
    payoffs[game.players.index(last.mover), ..., -1] = payoffs[game.players.index(last.mover)].min(axis=-1) - 1
    sharp = solve(with_payoffs(game, payoffs), precision=20.0)
    assert (sharp.behaviour[last.name][..., -1] < 1e-8).all()
    listed = solve(with_payoffs(game, payoffs), "sequential", select="all")
    assert (np.nan_to_num(listed.behaviour[last.name][..., -1, :]) == 0).all()


@settings(max_examples=10, deadline=None)
@given(seeds, st.sampled_from([1e-300, 1e-30, 1e30, 1e300]))
def test_extreme_payoffs_are_solved_or_flagged(seed, scale):
    game = random_hidden(seed, levels=3, stages=3, moves=3, ends=27)
    huge = with_payoffs(game, game.payoffs * scale)
    solution = solve(huge, precision=5.0)
    assert solution.result in ((Result.SOLVED,) if scale < 1 else (Result.SOLVED, Result.TOO_SHARP))
    limit, plain = solve(huge, "sequential", select="all"), solve(game, "sequential", select="all")
    assert limit.equilibria.tolist() == plain.equilibria.tolist()
