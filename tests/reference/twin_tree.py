"""What a full path of moves leads to in a year of one world: §6, §7 and §9 of docs/model.md."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

from .twin_rules import DEMONSTRATE, HOLD, LEAK, LEAKED, QUIET, SETTLED, STAND_DOWN, TYPES, Moves, Rules, State
from .twin_years import Figures, Years, sigmoid

LEAST_STRENGTH = 1e-6
TERMS = (
    "war cost", "rupture", "support", "demonstration", "escalation", "stake", "loss", "harm", "backdown", "credibility",
    "refusal", "breach", "entrapment",
)  # fmt: skip

Values = dict[str, float]


def plain(term: str) -> str:
    """A term's name in bare letters: "war cost" and "war_cost" are one."""
    return "".join(letter for letter in term.lower() if letter.isalpha())


@dataclass
class Leaf:
    """What a full path of moves leads to in a year; `factors` multiply a power's own amount of a term."""

    after: dict[str, str]
    pays: Values
    factors: dict[tuple[str, str], float] = field(default_factory=dict)
    settles: dict[str, float] = field(default_factory=dict)  # open front -> h
    wins: dict[str, float] = field(default_factory=dict)  # open front -> p
    hazard: dict[str, float] = field(default_factory=dict)  # open front -> escalation hazard
    fights: set[tuple[str, str]] = field(default_factory=set)  # (defender, open front)
    follows: list[tuple[State, float]] = field(default_factory=list)  # next year's states and their chances

    def pay(self, power: str, term: str, amount: float) -> None:
        """Adds a power's amount of a payoff term."""
        assert term in TERMS
        self.pays[power] += self.factors.get((power, plain(term)), 1.0) * amount


class Tree(Rules):
    """The stage game of one year, for any state: its rules and what its paths lead to."""

    def __init__(self, years: Years, year: int) -> None:
        super().__init__(years, year)
        self._leaves: dict[tuple[State, Moves], Leaf] = {}

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
        posture = self.move(moves, power)
        if not self.fights(moves, power, front):
            return 0.0
        swing = self.figures.get(f"{base}.swing")
        for f in self.fronts:
            if self.move(moves, f) == DEMONSTRATE:
                swing *= 1.0 - self.figures.get(f"fronts.{f}.pin")
        wanted = self.figures.at(f"{base}.postures.{posture}.{front}", self.year)
        return station + swing * (wanted - station)

    def fights(self, moves: Moves, power: str, front: str) -> bool:
        """Whether a defender's posture lists the front."""
        postures = self.scenario.powers[power].postures
        if not postures:
            return True
        posture = self.move(moves, power)
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
        happened = self.move(moves, LEAK)
        if not self.called(moves) or front not in (*self.led, *self.partnered) or happened not in (None, LEAKED):
            return quiet
        warned = self.contest(
            attack,
            (1.0 + get("partnership.warning")) * defence,
            get(f"{pick}.advantage"),
            get(f"{pick}.decisiveness"),
        )
        leak = 1.0 if happened == LEAKED else self.years.leak["all"][self.k]
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

    def factors(self, moves: Moves) -> dict[tuple[str, str], float]:
        """What the private types of this year make of their powers' own payoff terms: (power, term) -> factor."""
        found: dict[tuple[str, str], float] = {}
        for name, record in self.scenario.types.items():
            case, at = self.move(moves, TYPES + name), (record.power, plain(record.scales))
            if at[1] not in map(plain, TERMS):
                raise ValueError(f"no payoff term {record.scales}")
            found[at] = found.get(at, 1.0) * self.figures.get(f"{TYPES}{name}.cases.{case}.factor")
        return found

    def leaf(self, state: State, moves: Moves) -> Leaf:
        """Statuses, odds and payoffs after all moves of a year, worked out once."""
        if (state, moves) not in self._leaves:
            self._leaves[state, moves] = self.worked_out(state, moves)
        return self._leaves[state, moves]

    def worked_out(self, state: State, moves: Moves) -> Leaf:
        """Statuses, odds and payoffs after all moves of a year."""
        after, pays = self.current(state, moves), dict.fromkeys(self.scenario.powers, 0.0)
        leaf = Leaf(after, pays, self.factors(moves))
        for front in self.fronts:
            move = self.move(moves, front)
            challenger = self.scenario.fronts[front].challenger
            if move == DEMONSTRATE:
                leaf.pay(challenger, "demonstration", -self.figures.get(f"fronts.{front}.demonstration"))
            if move == STAND_DOWN:
                leaf.pay(challenger, "backdown", -self.figures.get(f"fronts.{front}.backdown"))
            if leaf.after[front] not in (QUIET, SETTLED):
                self.pay_front(leaf, state, moves, front)
        if self.scenario.partnership is not None:
            self.pay_partnership(leaf, state, moves)
        leaf.follows = self.next_states(leaf)
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
            leaf.pay(i, "war cost", -get(f"{pick}.war_cost.{i}"))
        for i in record.options[option].rupture:
            leaf.pay(i, "rupture", -get(f"{pick}.rupture.{i}"))
        powers = self.scenario.powers
        leaf.hazard[front] = 0.0
        if powers[challenger].nuclear and any(powers[i].nuclear for i in (host, *fighting)):
            leaf.hazard[front] = get(f"{pick}.hazard")
            for i in (challenger, host, *fighting):
                leaf.pay(i, "escalation", -leaf.hazard[front] * get(f"powers.{i}.escalation_loss"))
        prize = get(f"{pick}.prize")
        leaf.pay(challenger, "stake", h * p * self.stake(front, challenger) * prize)
        leaf.pay(challenger, "loss", -h * (1.0 - p) * get(f"{pick}.loss"))
        for i in (host, *record.defenders):
            leaf.pay(i, "harm", -h * p * self.stake(front, i) * prize)
        for i in record.defenders:
            if i not in fighting:
                leaf.pay(i, "credibility", -h * get(f"{base}.defenders.{i}.credibility"))

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
            leaf.pay(pair.partner, "support", support)
            leaf.pay(pair.leader, "support", -support * gdp[pair.partner][self.k] / gdp[pair.leader][self.k])
        if not self.called(moves):
            return
        obligation = get("partnership.obligation")
        leaf.pay(pair.leader, "entrapment", -obligation * get("partnership.entrapment"))
        answer = self.answer(state, moves)
        unmet = {"accepted": 0.0, "half": get("partnership.half"), "refused": 1.0}[answer]
        leaf.pay(pair.partner, "refusal", -unmet * self.years.leverage[pair.partner][self.k])
        leaf.pay(pair.partner, "breach", -unmet * obligation * get("partnership.breach"))
        base = "partnership.leverage"
        carried_out = get(f"{base}.credibility") * get(f"{base}.exports") * get(f"{base}.duration")
        leaf.pay(pair.leader, "refusal", -unmet * carried_out)

    def answer(self, state: State, moves: Moves) -> str:
        """How the partner answered: accepted, half or refused."""
        front = self.partnered[0]
        before = dict(zip(self.fronts, state, strict=True))[front]
        move = self.move(moves, front)
        if move == DEMONSTRATE:
            return "half"
        if move == STAND_DOWN or (move == HOLD and before == QUIET):
            return "refused"
        return "accepted"

    def next_states(self, leaf: Leaf) -> list[tuple[State, float]]:
        """Next year's states and their chances: every open front settled or not, independently."""
        found = []
        for settled in itertools.product((False, True), repeat=len(leaf.settles)):
            chance, after = 1.0, dict(leaf.after)
            for (front, h), ends in zip(leaf.settles.items(), settled, strict=True):
                chance *= h if ends else 1.0 - h
                if ends:
                    after[front] = SETTLED
            found.append((tuple(after[f] for f in self.fronts), chance))
        return found


def discounts(figures: Figures, powers: list[str], survival: float = 1.0) -> Values:
    """β of every power, times the chance that the constellation survives the year."""
    return {i: figures.get(f"powers.{i}.patience") * survival for i in powers}
