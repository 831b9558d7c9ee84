"""One year of one world as a tree of moves: §6 to §11 of docs/model.md, by naive recursion."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from .twin_years import Figures, Years, sigmoid

QUIET, SETTLED = "quiet", "settled"
HOLD, DEMONSTRATE, STAND_DOWN = "hold", "demonstrate", "stand_down"
SILENT, CALL, NO_CHOICE = "silent", "call", "none"
LEAST_STRENGTH = 1e-6
TIE = 1e-9

State = tuple[str, ...]  # the status of each front, in the order of scenario.fronts
Moves = tuple[str, ...]  # one move for each stage of scenario.order passed so far
Values = dict[str, float]


@dataclass
class Leaf:
    """What a full path of moves leads to in a year."""

    after: dict[str, str]
    pays: Values
    settles: dict[str, float] = field(default_factory=dict)  # open front -> h
    wins: dict[str, float] = field(default_factory=dict)  # open front -> p
    hazard: dict[str, float] = field(default_factory=dict)  # open front -> escalation hazard
    fights: set[tuple[str, str]] = field(default_factory=set)  # (defender, open front)


@dataclass
class Node:
    """A node of the tree: who moves, what each move is worth to every power, and how it is chosen."""

    stage: str
    mover: str
    chances: dict[str, float]
    worth: dict[str, float]
    values: Values


class Tree:
    """The stage game of one year, for any state, with next year's values as continuation."""

    def __init__(self, years: Years, year: int) -> None:
        self.years, self.year, self.k = years, year, year - years.scenario.start
        self.scenario, self.figures = years.scenario, years.figures
        self.fronts = list(self.scenario.fronts)
        self.order = list(self.scenario.order)
        pair = self.scenario.partnership
        self.led, self.partnered = [], []
        if pair is not None:
            self.led = [f for f in self.fronts if self.scenario.fronts[f].challenger == pair.leader]
            self.partnered = [f for f in self.fronts if self.scenario.fronts[f].challenger == pair.partner]

    def states(self) -> list[State]:
        """Every combination of statuses."""
        statuses = [[QUIET, *self.scenario.fronts[f].options, SETTLED] for f in self.fronts]
        return [tuple(state) for state in itertools.product(*statuses)]

    def current(self, state: State, moves: Moves) -> dict[str, str]:
        """The status of each front after the moves made so far."""
        status = dict(zip(self.fronts, state, strict=True))
        for stage, move in zip(self.order, moves, strict=False):
            if stage not in self.scenario.fronts or move in (HOLD, DEMONSTRATE):
                continue
            status[stage] = QUIET if move == STAND_DOWN else move
        return status

    def mover(self, stage: str) -> str:
        """The power that moves at a stage."""
        if stage in self.scenario.fronts:
            return self.scenario.fronts[stage].challenger
        if stage == "call":
            assert self.scenario.partnership is not None
            return self.scenario.partnership.leader
        return stage

    def legal(self, state: State, moves: Moves) -> list[str]:
        """The moves that are legal at the next stage."""
        stage = self.order[len(moves)]
        status = self.current(state, moves)
        if stage in self.scenario.fronts:
            options = list(self.scenario.fronts[stage].options)
            if status[stage] == QUIET:
                return [HOLD, DEMONSTRATE, *options]
            if status[stage] == SETTLED:
                return [HOLD]
            return [HOLD, *options[options.index(status[stage]) + 1 :], STAND_DOWN]
        is_open = [f for f in self.fronts if status[f] not in (QUIET, SETTLED)]
        if stage == "call":
            can_call = any(f in is_open for f in self.led) and status[self.partnered[0]] != SETTLED
            return [SILENT, CALL] if can_call else [SILENT]
        later = self.order[len(moves) + 1 :]
        if is_open or any(f in later and status[f] == QUIET for f in self.fronts):
            return list(self.scenario.powers[stage].postures)
        return [NO_CHOICE]

    def weights(self, state: State, moves: Moves) -> dict[str, float]:
        """Base weights of the legal moves of the next stage (§10)."""
        stage, legal = self.order[len(moves)], self.legal(state, moves)
        if stage not in self.scenario.fronts or len(legal) == 1:
            return {move: 1.0 / len(legal) for move in legal}
        base = f"fronts.{stage}"
        if DEMONSTRATE not in legal:
            hold = math.exp(-self.figures.get(f"{base}.course_rate"))
            return {move: hold if move == HOLD else (1.0 - hold) / (len(legal) - 1) for move in legal}
        opening = self.figures.get(f"{base}.opening_rate")
        demonstration = self.figures.get(f"{base}.demonstration_rate")
        if stage in self.partnered and self.called(moves):
            opening = self.figures.get(f"{base}.called_rate", opening)
            demonstration = self.figures.get(f"{base}.called_demonstration_rate", demonstration)
        still, calm = math.exp(-opening), math.exp(-demonstration)
        weights = {HOLD: still * calm, DEMONSTRATE: still * (1.0 - calm)}
        for option in legal[2:]:
            weights[option] = (1.0 - still) / (len(legal) - 2)
        return weights

    def called(self, moves: Moves) -> bool:
        """Whether the leader has called this year."""
        return (CALL, "call") in zip(moves, self.order, strict=False)

    def choose(self, state: State, moves: Moves, mover: str, worth: dict[str, float]) -> dict[str, float]:
        """π: weighted logit, or an equal split over the best replies."""
        best = max(worth.values())
        if self.scenario.concept == "best":
            top = [move for move, q in worth.items() if q >= best - TIE]
            return {move: 1.0 / len(top) if move in top else 0.0 for move in worth}
        precision = self.figures.get(f"powers.{mover}.precision_loss")
        weights = self.weights(state, moves)
        top_q = max(q for move, q in worth.items() if weights[move] > 0.0)
        mass = {
            move: weights[move] * math.exp((q - top_q) / precision) if weights[move] > 0.0 else 0.0
            for move, q in worth.items()
        }
        whole = sum(mass.values())
        return {move: part / whole for move, part in mass.items()}

    def share(self, state: State, moves: Moves, power: str, front: str) -> float:
        """Share of a defender's force that fights at a front this year."""
        status = dict(zip(self.fronts, state, strict=True))
        at_war = {f for f in self.fronts if status[f] not in (QUIET, SETTLED)}
        base = f"powers.{power}"
        station = self.figures.at(f"{base}.station.{front}", self.year)
        for key, table in self.scenario.powers[power].station_open.items():
            if at_war and set(key.split("+")) == at_war and front in table:
                station = self.figures.at(f"{base}.station_open.{key}.{front}", self.year)
        if not self.scenario.powers[power].postures:
            return station
        posture = moves[self.order.index(power)]
        if not self.fights(moves, power, front):
            return 0.0
        swing = self.figures.get(f"{base}.swing")
        for f in self.fronts:
            if moves[self.order.index(f)] == DEMONSTRATE:
                swing *= 1.0 - self.figures.get(f"fronts.{f}.pin")
        wanted = self.figures.at(f"{base}.postures.{posture}.{front}", self.year)
        return station + swing * (wanted - station)

    def fights(self, moves: Moves, power: str, front: str) -> bool:
        """Whether a defender's posture lists the front."""
        postures = self.scenario.powers[power].postures
        if not postures:
            return True
        posture = moves[self.order.index(power)]
        return posture in postures and front in postures[posture]

    def odds(self, state: State, moves: Moves, after: dict[str, str], front: str) -> float:
        """p: chance that the challenger wins if the front is settled this year."""
        get, at, force = self.figures.get, self.figures.at, self.years.force
        record, option = self.scenario.fronts[front], after[front]
        base, pick = f"fronts.{front}", f"fronts.{front}.options.{option}"
        practice = self.years.practice["all"][self.k]
        attack = at(f"{base}.reach", self.year) * self.years.ready[front][self.k]
        attack *= force[record.challenger][self.k] * get(f"{pick}.strength")
        pair = self.scenario.partnership
        if pair is not None and record.challenger == pair.leader:
            attack *= 1.0 + get("partnership.lesson") * practice
        if self.coordinated(moves, after) and front in (*self.led, *self.partnered):
            attack *= 1.0 + get("partnership.synergy") * practice
        defence = at(f"{base}.host_reach", self.year) * force[record.host][self.k]
        for i in record.defenders:
            reach = at(f"{base}.defenders.{i}.reach", self.year)
            access = get(f"{base}.defenders.{i}.access", 1.0)
            defence += self.share(state, moves, i, front) * reach * access * force[i][self.k]
        quiet = self.contest(attack, defence, get(f"{pick}.advantage"), get(f"{pick}.decisiveness"))
        if not self.called(moves) or front not in (*self.led, *self.partnered):
            return quiet
        warned = self.contest(
            attack,
            (1.0 + get("partnership.warning")) * defence,
            get(f"{pick}.advantage"),
            get(f"{pick}.decisiveness"),
        )
        leak = self.years.leak["all"][self.k]
        return (1.0 - leak) * quiet + leak * warned

    def coordinated(self, moves: Moves, after: dict[str, str]) -> bool:
        """A call this year, and a front of the leader and the partner's both open after the moves."""
        return self.called(moves) and self.both_open(after)

    def both_open(self, after: dict[str, str]) -> bool:
        """A front of the leader and the partner's front are open after the moves."""
        closed = (QUIET, SETTLED)
        return any(after[f] not in closed for f in self.led) and any(after[f] not in closed for f in self.partnered)

    def contest(self, attack: float, defence: float, advantage: float, decisiveness: float) -> float:
        """The contest function of §7."""
        a, d = max(attack, LEAST_STRENGTH), max(advantage * defence, LEAST_STRENGTH)
        if self.scenario.contest == "ratio":
            return sigmoid(decisiveness * (math.log(a) - math.log(d)))
        return sigmoid(2.0 * decisiveness * (a - d) / (a + d))

    def leaf(self, state: State, moves: Moves) -> Leaf:
        """Statuses, odds and payoffs after all moves of a year."""
        leaf = Leaf(after=self.current(state, moves), pays=dict.fromkeys(self.scenario.powers, 0.0))
        for front in self.fronts:
            move = moves[self.order.index(front)]
            challenger = self.scenario.fronts[front].challenger
            if move == DEMONSTRATE:
                leaf.pays[challenger] -= self.figures.get(f"fronts.{front}.demonstration")
            if move == STAND_DOWN:
                leaf.pays[challenger] -= self.figures.get(f"fronts.{front}.backdown")
            if leaf.after[front] not in (QUIET, SETTLED):
                self.pay_front(leaf, state, moves, front)
        if self.scenario.partnership is not None:
            self.pay_partnership(leaf, state, moves)
        return leaf

    def pay_front(self, leaf: Leaf, state: State, moves: Moves, front: str) -> None:
        """Flows and lumps of one open front."""
        get, record, option = self.figures.get, self.scenario.fronts[front], leaf.after[front]
        base, pick = f"fronts.{front}", f"fronts.{front}.options.{option}"
        challenger, host = record.challenger, record.host
        fighting = [i for i in record.defenders if self.fights(moves, i, front)]
        h, p = get(f"{pick}.settles"), self.odds(state, moves, leaf.after, front)
        leaf.settles[front], leaf.wins[front] = h, p
        leaf.fights |= {(i, front) for i in fighting}
        for i in (challenger, host, *fighting):
            leaf.pays[i] -= get(f"{pick}.war_cost.{i}")
        for i in record.options[option].rupture:
            leaf.pays[i] -= get(f"{pick}.rupture.{i}")
        powers = self.scenario.powers
        leaf.hazard[front] = 0.0
        if powers[challenger].nuclear and any(powers[i].nuclear for i in (host, *fighting)):
            leaf.hazard[front] = get(f"{pick}.hazard")
            for i in (challenger, host, *fighting):
                leaf.pays[i] -= leaf.hazard[front] * get(f"powers.{i}.escalation_loss")
        prize = get(f"{pick}.prize")
        leaf.pays[challenger] += h * p * self.stake(front, challenger) * prize
        leaf.pays[challenger] -= h * (1.0 - p) * get(f"{pick}.loss")
        for i in (host, *record.defenders):
            leaf.pays[i] -= h * p * self.stake(front, i) * prize
        for i in record.defenders:
            if i not in fighting:
                leaf.pays[i] -= h * get(f"{base}.defenders.{i}.credibility")

    def stake(self, front: str, power: str) -> float:
        """Stake of a power at a front as a lump, % GDP."""
        quantity = self.scenario.fronts[front].stakes.get(power)
        if quantity is None:
            return 0.0
        amount = self.figures.at(f"fronts.{front}.stakes.{power}", self.year)
        if quantity.kind.unit == "% GDP/yr":  # the kind is bound to the unit the analyst wrote
            return amount / (1.0 - self.figures.get(f"powers.{power}.patience"))
        return amount

    def pay_partnership(self, leaf: Leaf, state: State, moves: Moves) -> None:
        """Support between the two, and what a call costs caller and called."""
        pair, get = self.scenario.partnership, self.figures.get
        assert pair is not None
        if self.both_open(leaf.after):
            support = get("partnership.support")
            gdp = self.years.gdp
            leaf.pays[pair.partner] += support
            leaf.pays[pair.leader] -= support * gdp[pair.partner][self.k] / gdp[pair.leader][self.k]
        if not self.called(moves):
            return
        obligation = get("partnership.obligation")
        leaf.pays[pair.leader] -= obligation * get("partnership.entrapment")
        answer = self.answer(state, moves)
        unmet = {"accepted": 0.0, "half": get("partnership.half"), "refused": 1.0}[answer]
        leaf.pays[pair.partner] -= unmet * self.years.leverage[pair.partner][self.k]
        leaf.pays[pair.partner] -= unmet * obligation * get("partnership.breach")
        base = "partnership.leverage"
        carried_out = get(f"{base}.credibility") * get(f"{base}.exports") * get(f"{base}.duration")
        leaf.pays[pair.leader] -= unmet * carried_out

    def answer(self, state: State, moves: Moves) -> str:
        """How the partner answered: accepted, half or refused."""
        front = self.partnered[0]
        before = dict(zip(self.fronts, state, strict=True))[front]
        move = moves[self.order.index(front)]
        if move == DEMONSTRATE:
            return "half"
        if move == STAND_DOWN or (move == HOLD and before == QUIET):
            return "refused"
        return "accepted"

    def next_states(self, leaf: Leaf) -> Iterator[tuple[State, float]]:
        """Next year's states and their chances: every open front settled or not, independently."""
        for settled in itertools.product((False, True), repeat=len(leaf.settles)):
            chance, after = 1.0, dict(leaf.after)
            for (front, h), ends in zip(leaf.settles.items(), settled, strict=True):
                chance *= h if ends else 1.0 - h
                if ends:
                    after[front] = SETTLED
            yield tuple(after[f] for f in self.fronts), chance

    def play(
        self,
        state: State,
        moves: Moves,
        later: dict[State, Values],
        discount: Values,
        record: dict[Moves, Node] | None = None,
    ) -> Values:
        """Values of every power at a node, by recursion over the moves that follow it."""
        if len(moves) == len(self.order):
            leaf = self.leaf(state, moves)
            values = dict(leaf.pays)
            for follows, chance in self.next_states(leaf):
                for i in values:
                    values[i] += discount[i] * chance * later[follows][i]
            return values
        stage = self.order[len(moves)]
        mover = self.mover(stage)
        below = {a: self.play(state, (*moves, a), later, discount, record) for a in self.legal(state, moves)}
        worth = {a: values[mover] for a, values in below.items()}
        chances = self.choose(state, moves, mover, worth)
        values = {i: sum(chances[a] * below[a][i] for a in below) for i in self.scenario.powers}
        if record is not None:
            record[moves] = Node(stage, mover, chances, worth, values)
        return values


def discounts(figures: Figures, powers: list[str], survival: float = 1.0) -> Values:
    """β of every power, times the chance that the constellation survives the year."""
    return {i: figures.get(f"powers.{i}.patience") * survival for i in powers}
