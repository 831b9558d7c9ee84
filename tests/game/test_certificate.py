"""The certificate finds what is wrong with a solution, and only that."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import twofront.game.certificate as certificate
from twofront.game import Stage, StageGame, certify, solve

# Entry deterrence: entry and sharing pays (2, 1); fighting (-1, -1); staying out (0, 2).
STAGES = [Stage("entry", "entrant", ["out", "in"]), Stage("reply", "incumbent", ["share", "fight"])]
PAYOFFS = np.array([[[0.0, 0.0], [2.0, -1.0]], [[2.0, 2.0], [1.0, -1.0]]])
GAME = StageGame(["entrant", "incumbent"], STAGES, PAYOFFS)


def profile(solution, **behaviour):
    changed = {name: np.array(shares, float) for name, shares in behaviour.items()}
    return replace(solution, behaviour={**solution.behaviour, **changed})


def test_the_perfect_equilibrium_has_no_fault():
    assert certify(GAME, solve(GAME, "best")) == 0


def test_an_incredible_threat_is_found_off_the_path():
    # (out, fight) is a Nash equilibrium; in the subgame after entry fighting forgoes 1 − (−1) = 2.
    threat = profile(solve(GAME, "best"), entry=[1, 0], reply=[[0.5, 0.5], [0, 1]])
    assert certify(GAME, threat) == 2


def test_a_mixed_mistake_costs_its_share():
    # After "in" a quarter of fights: the incumbent forgoes 0.25·2; the entrant still rightly enters.
    mistake = profile(solve(GAME, "best"), entry=[0, 1], reply=[[0.5, 0.5], [0.75, 0.25]])
    assert certify(GAME, mistake) == pytest.approx(0.5)


def test_logit_measures_distance_from_the_reply_to_its_own_payoffs():
    # At precision 0 the reply is even; 0.9 is 0.4 away.
    off = profile(solve(GAME, precision=0.0), reply=[[0.5, 0.5], [0.9, 0.1]])
    assert certify(GAME, off) == pytest.approx(0.4)
    # ln 3 of advantage at precision 1 makes odds of 3 to 1.
    game = StageGame(["a"], [Stage("x", "a", ["l", "r"])], [[np.log(3), 0.0]])
    stated = profile(solve(game, precision=1.0), x=[0.5, 0.5])
    assert certify(game, stated) == pytest.approx(0.25)


@pytest.mark.parametrize("reply", [[0.6, 0.6], [-0.5, 1.5], [np.nan, 1]])
@pytest.mark.parametrize("arguments", [{"concept": "best"}, {"precision": 1.0}])
def test_what_is_no_distribution_is_never_certified(reply, arguments):
    assert certify(GAME, profile(solve(GAME, **arguments), reply=[[0.5, 0.5], reply])) == np.inf


def test_illegal_moves_are_never_certified():
    game = StageGame(["entrant", "incumbent"], STAGES, PAYOFFS, legal={"entry": [True, False]})
    assert certify(game, solve(game, "best")) == 0
    assert certify(game, profile(solve(game, "best"), entry=[0, 1])) == np.inf


def test_chance_must_be_what_the_game_says():
    game = StageGame(["a"], [Stage("luck", "nature", ["h", "t"])], [[0.0, 1.0]], chance={"luck": [0.25, 0.75]})
    assert certify(game, solve(game, "best")) == 0
    assert certify(game, profile(solve(game, "best"), luck=[0.5, 0.5])) == pytest.approx(0.25)


def test_faults_stay_in_their_own_game_of_the_batch():
    game = StageGame(["entrant", "incumbent"], STAGES, PAYOFFS[..., None] * [1.0, 1.0, 3.0])
    solution = solve(game, "best")
    reply = solution.behaviour["reply"].copy()
    reply[1, :, 1:] = [[0, 0], [1, 1]]
    entry = np.array([[0.0, 1, 1], [1, 0, 0]])
    assert certify(game, profile(solution, entry=entry, reply=reply)).tolist() == [0, 2, 6]


def test_it_takes_nothing_but_records_from_the_solvers():
    tree = ast.parse(Path(certificate.__file__).read_text(encoding="utf-8"))
    taken = [
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        if (node.module or "").startswith("twofront")
        for name in node.names
    ]
    assert sorted(taken) == ["Solution", "StageGame"]
