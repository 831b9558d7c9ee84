"""The steps of a year, who moves, what it sees, what is legal and what it does by habit: §8 and §10 of docs/model.md.

A step is a stage of the scenario's `order` or a move of chance: the leak stands right after the call, a private
type right before the one stage that sees it. Nobody else sees either, so their place does not matter.
"""

from __future__ import annotations

import itertools
import math

from .twin_years import Years

QUIET, SETTLED = "quiet", "settled"
HOLD, DEMONSTRATE, STAND_DOWN = "hold", "demonstrate", "stand_down"
SILENT, CALL, NO_CHOICE = "silent", "call", "none"
LEAK, LEAKED, SECRET, NOTHING = "chance.leak", "leaked", "secret", "nothing"
TYPES = "types."

State = tuple[str, ...]  # the status of each front, in the order of scenario.fronts
Moves = tuple[str, ...]  # one move for each step passed so far
Known = tuple[tuple[str, str], ...]  # what a mover knows of the moves: (step, move)


class Rules:
    """The steps of one year, for any state."""

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
        self.sight = {stage: self.seen(stage) for stage in self.order}
        self.steps = self.laid_out()

    def mover(self, stage: str) -> str:
        """The power that moves at a stage."""
        if stage in self.scenario.fronts:
            return self.scenario.fronts[stage].challenger
        if stage == "call":
            assert self.scenario.partnership is not None
            return self.scenario.partnership.leader
        return stage

    def seen(self, stage: str) -> set[str]:
        """The steps whose moves the mover of a stage knows; whoever does not see the call sees its leak."""
        pair, mover = self.scenario.partnership, self.mover(stage)
        earlier = self.order[: self.order.index(stage)]
        of_pair = pair is not None and mover in (pair.leader, pair.partner)
        found = set(self.scenario.sees.get(stage, [s for s in earlier if s != "call"])) & set(earlier)
        if of_pair and "call" in earlier:
            found.add("call")
        for before in earlier:
            if self.mover(before) == mover:
                found |= {before} | self.seen(before)
        if "call" in earlier and "call" not in found:
            found.add(LEAK)
        return found | {TYPES + name for name, record in self.scenario.types.items() if record.power == mover}

    def laid_out(self) -> list[str]:
        """The stages in order, with the moves of chance between them."""
        leaks = any(LEAK in seen for seen in self.sight.values())
        steps: list[str] = []
        for stage in self.order:
            types = [TYPES + name for name, record in self.scenario.types.items() if record.power == self.mover(stage)]
            if not set(types).isdisjoint(steps):
                raise ValueError(f"a power with a private type moves in one stage only, not again at {stage}")
            steps += [*types, stage]
            if stage == "call" and leaks:
                steps.append(LEAK)
        return steps

    def is_chance(self, step: str) -> bool:
        """Whether chance moves at a step."""
        return step not in self.order

    def known(self, moves: Moves) -> Known:
        """What the mover of the next step knows: the moves it sees, and of the leak only that it happened."""
        sight = self.sight[self.steps[len(moves)]]
        seen = [(step, move) for step, move in zip(self.steps, moves, strict=False) if step in sight]
        return tuple((step, NOTHING if move == SECRET else move) for step, move in seen)

    def observed(self) -> bool:
        """Whether every stage sees all earlier stages."""
        return all(set(self.order[:k]) <= self.sight[stage] for k, stage in enumerate(self.order))

    def odds_of_chance(self, moves: Moves) -> dict[str, float]:
        """What chance does at the next step, each with its probability."""
        step = self.steps[len(moves)]
        if step == LEAK:
            leak = self.years.leak["all"][self.k]
            return {LEAKED: leak, SECRET: 1.0 - leak} if self.called(moves) else {NOTHING: 1.0}
        cases = self.scenario.types[step.removeprefix(TYPES)].cases
        priors = {case: self.figures.get(f"{step}.cases.{case}.prior") for case in cases}
        return {case: prior / sum(priors.values()) for case, prior in priors.items()}

    def move(self, moves: Moves, step: str) -> str | None:
        """The move made at a step, None where it has not come yet or does not exist."""
        return next((move for name, move in zip(self.steps, moves, strict=False) if name == step), None)

    def called(self, moves: Moves) -> bool:
        """Whether the leader has called this year."""
        return self.move(moves, "call") == CALL

    def states(self) -> list[State]:
        """Every combination of statuses."""
        statuses = [[QUIET, *self.scenario.fronts[f].options, SETTLED] for f in self.fronts]
        return list(itertools.product(*statuses))

    def current(self, state: State, moves: Moves) -> dict[str, str]:
        """The status of each front after the moves made so far."""
        status = dict(zip(self.fronts, state, strict=True))
        for step, move in zip(self.steps, moves, strict=False):
            if step not in self.scenario.fronts or move in (HOLD, DEMONSTRATE):
                continue
            status[step] = QUIET if move == STAND_DOWN else move
        return status

    def may_be_open(self, state: State, moves: Moves, stage: str, front: str) -> bool:
        """Whether, for all that the mover of a stage knows, a front is open or may still open this year."""
        if front in self.sight[stage]:
            return self.current(state, moves)[front] not in (QUIET, SETTLED)
        return state[self.fronts.index(front)] != SETTLED

    def legal(self, state: State, moves: Moves) -> list[str]:
        """The moves that are legal at the next stage."""
        stage = self.steps[len(moves)]
        status = self.current(state, moves)
        if stage in self.scenario.fronts:
            options = list(self.scenario.fronts[stage].options)
            if status[stage] == QUIET:
                return [HOLD, DEMONSTRATE, *options]
            if status[stage] == SETTLED:
                return [HOLD]
            return [HOLD, *options[options.index(status[stage]) + 1 :], STAND_DOWN]
        if stage == "call":
            is_open = any(status[f] not in (QUIET, SETTLED) for f in self.led)
            return [SILENT, CALL] if is_open and status[self.partnered[0]] != SETTLED else [SILENT]
        if any(self.may_be_open(state, moves, stage, f) for f in self.fronts):
            return list(self.scenario.powers[stage].postures)
        return [NO_CHOICE]

    def weights(self, state: State, moves: Moves) -> dict[str, float]:
        """Base weights of the legal moves of the next stage (§10)."""
        stage, legal = self.steps[len(moves)], self.legal(state, moves)
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
