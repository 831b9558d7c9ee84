"""The forward pass: from today's state to the probability of every outcome (docs/model.md, 11 and 12).

Several *masses* walk through the year side by side. `all` is probability itself; others leave out the paths on which
something has already happened (`calm`: no escalation; `single`: never two fronts; `before f`: f never opened), or mark
the share of a path that belongs to a label (`part …`, `first f`). All are linear, so one walk serves them.
"""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from twofront.game.blocks import rectangle, total
from twofront.game.build import Game
from twofront.game.payoffs import Cellwise, Year, answers
from twofront.game.plan import Layer, Plan
from twofront.game.replies import top
from twofront.game.rules import CALL, QUIET, Node
from twofront.game.years import Behaviour, settle, settles

PARTS = ("coincident", "opportunistic", "coordinated", "deterred")
Masses = dict[str, Array]


@dataclass(frozen=True)
class Second:
    """Openings that make the count of open fronts two, and the sibling nodes that split them."""

    node: Int[np.ndarray, " case"]
    edges: Bool[np.ndarray, " edge"]
    case: Int[np.ndarray, " edge"]  # case of each such edge, 0 elsewhere
    alone: Int[np.ndarray, " case"]  # node in which the other front is quiet and nobody called
    silent: Int[np.ndarray, " case"]  # node in which the other front is as it is and nobody called
    first: Int[np.ndarray, " case"]  # the front that was open first


def opening(plan: Plan, layer: Layer) -> Bool[np.ndarray, " edge"]:
    """Edges at which a quiet front is opened."""
    if layer.kind != "front":
        return np.zeros(len(layer.node), bool)
    options = len(plan.rules.fronts[layer.subject].options)
    from_quiet = layer.token(layer.subject)[layer.node] == QUIET
    opens: Bool[np.ndarray, " edge"] = from_quiet & (layer.move >= 2) & (layer.move < 2 + options)
    return opens


def second(plan: Plan, k: int) -> Second:
    """Finds the second openings of a layer and their siblings."""
    layer, fronts = plan.layers[k], plan.rules.fronts
    node, alone, silent, first = [], [], [], []
    for index, source in enumerate(layer.nodes if layer.kind == "front" else ()):
        others = [j for j, front in enumerate(fronts) if j != layer.subject and front.is_open(source.tokens[j])]
        if source.tokens[layer.subject] != QUIET or len(others) != 1:
            continue
        quiet = (*source.tokens[: others[0]], QUIET, *source.tokens[others[0] + 1 :])
        node.append(index)
        first.append(others[0])
        silent.append(_sibling(layer, source, source.tokens, source.station))
        alone.append(_sibling(layer, source, quiet, _without(plan, source, others[0]), others[0]))
    raising = opening(plan, layer) & np.isin(layer.node, node)
    case = np.array([node.index(n) if n in node else 0 for n in layer.node], np.int32)
    return Second(
        node=np.array(node, np.int32),
        edges=raising,
        case=case,
        alone=np.array(alone, np.int32),
        silent=np.array(silent, np.int32),
        first=np.array(first, np.int32),
    )


def _sibling(layer: Layer, source: Node, tokens: tuple[int, ...], station: tuple[int, ...], quiet: int = -1) -> int:
    """The node with these tokens, the same postures and no call; of several, the one whose year went most alike.

    Where nodes remember the state they come from, front `quiet` was quiet in it and held.
    """
    wanted = (tokens, 0, source.postures, station)
    alike = [n for n, node in enumerate(layer.nodes) if node[:4] == wanted]

    def likeness(n: int) -> tuple[int, int]:
        node = layer.nodes[n]
        if source.anchor is None or node.anchor is None:
            return (node.anchor is None, 0)
        then = [QUIET if k == quiet else token for k, token in enumerate(source.anchor.tokens)]
        same = sum(a == b for a, b in zip(node.anchor.tokens, then, strict=True))
        return (same, len(set(node.past) & set(source.past)))

    return max(alike, key=likeness)


def _without(plan: Plan, node: Node, front: int) -> tuple[int, ...]:
    """Where forces would stand if the other front had been quiet at the start of the year."""
    rest = tuple(k for k in node.station if k != front)
    return rest if rest in plan.rules.stations else ()


def arrive(rows: Float[Array, "edge world"], into: Int[np.ndarray, "next arrivals"]) -> Float[Array, "next world"]:
    """Adds up what arrives at each next node."""
    padded = jnp.concatenate([rows, jnp.zeros_like(rows[:1])])
    return jnp.sum(padded[into], axis=1)


def names(game: Game) -> list[str]:
    """The masses that walk, `ask` ones aside."""
    fronts = [front.name for front in game.plan.rules.fronts]
    return ["all", "calm", "single", *(f"before {f}" for f in fronts)]


def start(game: Game) -> Masses:
    """All probability on today's state."""
    plan = game.plan
    one = jnp.zeros((len(plan.states), *game.regime_change.shape), game.loss.dtype).at[plan.initial].set(1.0)
    masses = dict.fromkeys(names(game), one)
    return masses


def walk(game: Game, year: Year, given: Cellwise, found: Behaviour, masses: Masses) -> tuple[Masses, dict[str, Array]]:
    """Walks one year: moves, then settlement. Returns next year's masses and what the year adds to the outcomes."""
    plan = game.plan
    tally: dict[str, Array] = {}
    inverse = np.argsort(plan.root).astype(np.int32)
    now = {name: mass[inverse] for name, mass in masses.items()}
    for k, layer in enumerate(plan.layers):
        now = _stage(game, k, layer, found, now, tally)
    _leaves(game, year, given, now, tally)
    hazard = settles(game)
    left = {name: now[name] for name in masses}
    twice = (plan.open_count() >= 2)[:, None]
    left["single"] = left["single"] * ~twice
    survive = jnp.ones_like(left["calm"])
    for front, rate in zip(year.fronts, given.hazard, strict=True):
        survive = survive * (1 - rate)[front.cells.of]
    tally["escalation"] = jnp.sum(left["calm"] * (1 - survive), axis=0)
    left["calm"] = left["calm"] * survive
    return {name: settle(plan, hazard, arrive(rows, plan.post_into)) for name, rows in left.items()}, tally


def _stage(game: Game, k: int, layer: Layer, found: Behaviour, now: Masses, tally: dict[str, Array]) -> Masses:
    """Moves every mass along the edges of one stage."""
    plan, likely = game.plan, found.move[k]
    flow = {name: mass[layer.node] * likely for name, mass in now.items()}
    opens = opening(plan, layer)[:, None]
    if layer.kind == "front":
        front = plan.rules.fronts[layer.subject].name
        _second_openings(game, k, likely, now, flow)
        tally[f"opened.{front}"] = jnp.sum(flow[f"before {front}"] * opens, axis=0)
        flow[f"before {front}"] = flow[f"before {front}"] * ~opens
        _errors(game, k, found, now, tally)
        if plan.rules.leads(layer.subject):
            flow["ask"] = jnp.where(opens, now["all"][layer.node] * likely, flow.get("ask", 0.0))
    if layer.kind == "call":
        _ask(game, layer, likely, now, flow, tally)
    if layer.kind == "front" and layer.subject == plan.rules.partner_front:
        _answers(game, layer, likely, now, tally)
        del flow["if called"], flow["if silent"]
    return {name: arrive(rows, layer.into) for name, rows in flow.items()}


def _second_openings(game: Game, k: int, likely: Array, now: Masses, flow: Masses) -> None:
    """Splits the mass that opens a second front into its three parts, exactly, from sibling nodes."""
    layer = game.plan.layers[k]
    cases = second(game.plan, k)
    if not len(cases.node):
        return
    edges, legal = rectangle(layer, np.arange(len(layer.nodes)))
    opens = total((likely * opening(game.plan, layer)[:, None])[edges] * legal[..., None])
    q, alone, silent = opens[cases.node], opens[cases.alone], opens[cases.silent]
    divide = jnp.where(q > 0, q, 1.0)
    parts = {
        "coincident": alone / divide,
        "opportunistic": (silent - alone) / divide,
        "coordinated": (q - silent) / divide,
    }
    parts["deterred"] = -sum((jnp.minimum(part, 0.0) for part in parts.values()), jnp.zeros_like(q))
    mass = now["single"][layer.node] * likely
    raising = cases.edges[:, None]
    for name, part in parts.items():
        flow[f"part {name}"] = jnp.where(raising, mass * part[cases.case], flow.get(f"part {name}", 0.0))
    for j, front in enumerate(game.plan.rules.fronts):
        mine = (cases.first[cases.case] == j)[:, None]
        flow[f"first {front.name}"] = jnp.where(raising, mass * mine, flow.get(f"first {front.name}", 0.0))


def _errors(game: Game, k: int, found: Behaviour, now: Masses, tally: dict[str, Array]) -> None:
    """Adds up openings, and those that were not best replies (more than 1e-4 mu below the best)."""
    layer, typed = game.plan.layers[k], game.types_of(game.plan.layers[k])
    edges, _ = rectangle(layer, np.arange(len(layer.nodes)))
    best = top(found.worth[k][:, edges])[:, 0, layer.node]
    short = found.worth[k] < best - 1e-4 * game.loss[layer.mover]
    wrong = found.shares[k] * short
    if typed is not None:
        wrong = wrong * typed[1].prior[:, None]
    reached = now["all"][layer.node] * opening(game.plan, layer)[:, None]
    tally["openings"] = tally.get("openings", 0.0) + jnp.sum(reached * found.move[k], axis=0)
    tally["errors"] = tally.get("errors", 0.0) + jnp.sum(reached * jnp.sum(wrong, axis=0), axis=0)


def _ask(game: Game, layer: Layer, likely: Array, now: Masses, flow: Masses, tally: dict[str, Array]) -> None:
    """Follows both answers of the same nodes: where the leader opened this year and the partner's front is quiet."""
    partner = game.plan.rules.partner_front
    assert partner is not None
    quiet = (layer.token(partner)[layer.node] == QUIET)[:, None]
    asked = now["ask"][layer.node] * quiet
    called = (layer.move == CALL)[:, None]
    tally["asked"] = jnp.sum(asked * ~called, axis=0)
    tally["calls"] = jnp.sum(asked * called * likely, axis=0)
    del flow["ask"]
    flow["if called"] = asked * called
    flow["if silent"] = asked * ~called


def _answers(game: Game, layer: Layer, likely: Array, now: Masses, tally: dict[str, Array]) -> None:
    """The partner's answers at the nodes that `_ask` marked."""
    refused, half = answers(game.plan, layer)
    opens = opening(game.plan, layer)
    silent_half = (layer.move == 1) & ~layer.called()[layer.node]
    called, silent = now["if called"][layer.node] * likely, now["if silent"][layer.node] * likely
    for name, flow, which in (
        ("accepted", called, opens),
        ("half", called, half),
        ("refused", called, refused),
        ("unasked", silent, opens),
        ("unasked_half", silent, silent_half),
    ):
        tally[name] = jnp.sum(flow * which[:, None], axis=0)


def _leaves(game: Game, year: Year, given: Cellwise, now: Masses, tally: dict[str, Array]) -> None:
    """What a year's end adds: first passages, open fronts, who fights, who wins."""
    plan, every = game.plan, now["all"]
    twice = (plan.open_count() >= 2)[:, None]
    zero = jnp.zeros_like(every)
    tally["two_fronts"] = jnp.sum(now["single"] * twice, axis=0)
    for name in PARTS:
        tally[name] = jnp.sum(now.get(f"part {name}", zero) * twice, axis=0)
    for front, p, h in zip(year.fronts, given.odds, given.settles, strict=True):
        name, opened = front.rule.name, front.open[:, None]
        tally[f"first.{name}"] = jnp.sum(now.get(f"first {name}", zero) * twice, axis=0)
        tally[f"open.{name}"] = jnp.sum(every * opened, axis=0)
        done = every * h[front.cells.of]
        tally[f"settled.{name}"] = jnp.sum(done, axis=0)
        tally[f"won.{name}"] = jnp.sum(done * p[front.contests.of], axis=0)
        for power in front.defenders:
            there = (front.fights(power) & front.open)[:, None]
            tally[f"fought.{year.names[power]}.{name}"] = jnp.sum(every * there, axis=0)
    tally["total"] = jnp.sum(every, axis=0)


def alone(game: Game, year: Year, given: Cellwise, found: Behaviour) -> dict[str, Array]:
    """Odds of each option when it alone is opened from all quiet, defenders answering as solved."""
    plan, result = game.plan, {}
    quiet = (QUIET,) * len(plan.rules.fronts)
    for k, front in enumerate(plan.rules.fronts):
        for o, option in enumerate(front.options):
            weight = _follow(plan, found, quiet, k, 2 + o)
            result[f"odds.{front.name}.{option}"] = jnp.sum(weight * given.odds[k][year.fronts[k].contests.of], axis=0)
    return result


def _follow(plan: Plan, found: Behaviour, state: tuple[int, ...], front: int, move: int) -> Array:
    """Probability of each leaf when one front's opening is given, all others hold, nobody calls."""
    mass = jnp.zeros((len(plan.layers[0].nodes), found.ties.shape[-1]), found.move[0].dtype)
    mass = mass.at[plan.root[plan.states.index(state)]].set(1.0)
    for layer, likely in zip(plan.layers, found.move, strict=True):
        if layer.kind == "posture":
            share = likely
        else:
            wanted = move if layer.kind == "front" and layer.subject == front else 0
            share = jnp.broadcast_to((layer.move == wanted).astype(likely.dtype)[:, None], likely.shape)
        mass = arrive(mass[layer.node] * share, layer.into)
    return mass
