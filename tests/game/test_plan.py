"""The enumerated year against counts worked out by hand and a naive walk over histories."""

from dataclasses import replace

import numpy as np
import pytest

from twofront.game.plan import arrivals, plan
from twofront.game.rules import FrontRule, Rules
from twofront.game.tree import _paths

TWO = Rules(
    powers=("leader", "partner", "defender"),
    fronts=(
        FrontRule("strait", ("blockade", "invasion"), 0, 0),
        FrontRule("flank", ("incursion", "offensive"), 1, 0),
    ),
    order=(("front", 0), ("call", 0), ("front", 1), ("posture", 2)),
    postures={2: ("near", "split", "far", "out")},
    leader=0,
    partner_front=1,
)
# Legal histories of one year by (leader's front, partner's front): 0 quiet, 1 and 2 open, 3 settled. Counted by hand:
# from all quiet, two moves leave the strait shut, each followed by 2 shut and 2 open moves at the flank (4 postures
# each): 2 (2 + 8) = 20; two open it, each with call or silence, 4 moves, 4 postures: 64.
BY_HAND = {
    (0, 0): 84,
    (0, 1): 66,
    (0, 2): 42,
    (0, 3): 10,
    (1, 0): 74,
    (1, 3): 9,
    (2, 2): 21,
    (3, 0): 10,
    (3, 3): 1,
}


@pytest.mark.parametrize("state", BY_HAND)
def test_number_of_histories(state: tuple[int, int]) -> None:
    assert len(_paths(plan(TWO), state)) == BY_HAND[state]


def test_every_edge_arrives_once() -> None:
    layout = plan(TWO)
    for layer in layout.layers:
        used = layer.into[layer.into < len(layer.node)]
        assert sorted(used) == list(range(len(layer.node)))
        assert all(
            layer.target[edge] == k for k, row in enumerate(layer.into) for edge in row if edge < len(layer.node)
        )


def test_stations_split_nodes_but_not_histories() -> None:
    near = plan(replace(TWO, stations=((0,), (0, 1))))
    assert len(near.leaves) > len(plan(TWO).leaves)
    assert {s: len(_paths(near, s)) for s in BY_HAND} == BY_HAND


def test_nothing_follows_a_settled_front() -> None:
    layout = plan(TWO)
    for layer in layout.layers:
        for node, move in zip(layer.node, layer.move, strict=True):
            if layer.kind == "front" and layer.nodes[node].tokens[layer.subject] == 3:
                assert move == 0


def test_call_needs_an_open_front_of_the_leader() -> None:
    call = plan(TWO).layers[1]
    can = {call.nodes[node].tokens for node, move in zip(call.node, call.move, strict=True) if move == 1}
    assert can == {(mine, theirs) for mine in (1, 2) for theirs in (0, 1, 2)}


def test_arrivals_pads_with_the_number_of_edges() -> None:
    assert arrivals(np.array([0, 2, 0]), 3).tolist() == [[0, 2], [3, 3], [1, 3]]
