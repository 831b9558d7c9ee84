"""What a solver hands back: behaviour, values, and how each game of the batch was solved."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from jaxtyping import Float, Int


class _Code(IntEnum):
    """A number in an array whose text says what it means."""

    text: str

    def __new__(cls, value: int, text: str = "") -> "_Code":
        code = int.__new__(cls, value)
        code._value_ = value
        code.text = text
        return code


class Result(_Code):
    """What came of a game, and what to do about it."""

    SOLVED = 0, "solved"
    NOT_FINITE = 1, "unsolved: a payoff that legal play reaches is not finite; correct it or forbid the move"
    NO_LEGAL_PLAY = 2, "unsolved: no legal play reaches an end; allow at least one move everywhere"
    BAD_PRECISION = 3, "unsolved: a precision is negative or NaN; give 0 (base weights) up to infinity"
    BAD_TABLE = 4, "unsolved: chances that do not add up to 1, or a negative or NaN weight; correct it"
    HIDDEN_WEIGHTS = 5, "unsolved: base weights differ within an information set; give its nodes the same weights"
    TOO_SHARP = 6, 'unsolved: precision × range of payoffs is beyond 1e5 with hidden moves; take concept "sequential"'
    PATH_LOST = 7, "unsolved: the branch could not be followed to this precision; lower the precision"
    NO_PURE = 8, 'unsolved: there is no pure perfect Bayesian equilibrium; take select="principal"'
    TOO_MANY = 9, 'unsolved: too many pure profiles to go through; take select="principal" or a smaller game'
    NO_FURTHER = 10, "no further equilibrium: an empty place in the list"


class Method(_Code):
    """How a game was solved."""

    BACKWARD = 0, "one backward sweep, in closed form"
    CONTRACTION = 1, "repeated sweeps; the reply map was proven to be a contraction"
    HOMOTOPY = 2, "the branch followed from precision 0 by Newton steps"
    ARCLENGTH = 3, "the branch followed from precision 0 by its arc length, around folds"
    ENUMERATION = 4, "all pure profiles that are best replies, gone through from the last stage to the first"


class Branch(_Code):
    """Which of possibly several solutions is reported."""

    UNIQUE = 0, "the only solution"
    TIES_SPLIT = 1, "one of several: best replies that tie share the move equally"
    PRINCIPAL = 2, "the principal branch, which turned nowhere back; others may exist"
    FOLDED = 3, "the principal branch beyond a fold: at some lower precision there are several solutions"
    LIMIT_PURE = 4, "the limit of the principal branch, in which nobody mixes"
    LIMIT_MIXED = 5, "the limit of the principal branch, in which somebody mixes"
    ONLY_PURE = 6, "the only pure perfect Bayesian equilibrium"
    LEADER_BEST = 7, "of several pure perfect Bayesian equilibria the best for the first mover"
    LEADER_TIED = 8, "of several pure perfect Bayesian equilibria one of those best for the first mover"
    LISTED = 9, "one of several pure perfect Bayesian equilibria, all listed"


@dataclass(frozen=True)
class Solution:
    """Who does what at every node, and what it is worth. Unsolved games of a batch hold NaN and say why.

    behaviour: by stage, [moves of earlier stages…, moves of the stage, *batch], probabilities; chance
        included; equal along stages that the mover does not see; 0 for every move of a node where nobody can go on
        (with hidden moves: that legal play cannot come to).
    values: [player, *batch], expected payoffs at the start, in the unit of the payoffs.
    node_values: by stage, [player, moves of earlier stages…, moves of the stage, *batch], expected payoffs of
        each player once the move is made; of no meaning where play is not legal.
    beliefs: by stage at which something is hidden, [moves of earlier stages…, *batch], probability of each node
        within its information set; where play never comes, the limit of the branch or a belief that supports the reply.
    residual: [*batch], error that the method leaves: in log odds for "logit", in shares of the range of payoffs for
        "sequential"; 0 for a closed form. The certificate is computed apart.
    ties: [*batch], information sets of legal play at which several moves are best (not for "logit").
    method, branch, result: [*batch], codes of Method, Branch, Result.
    equilibria: [*batch], number of pure perfect Bayesian equilibria; -1 where they were not counted.
    precision: as given, [player, *batch] with sizes 1 allowed; None but for "logit".
    concept: "logit", "best" or "sequential". select: the rule for "sequential", else None.

    With select "all", every array has one more axis at its end: the equilibria of each game, and empty places.
    """

    behaviour: Mapping[str, Float[Any, "..."]]
    values: Float[Any, "player *batch"]
    node_values: Mapping[str, Float[Any, "player ..."]]
    beliefs: Mapping[str, Float[Any, "..."]]
    residual: Float[Any, "*batch"]
    ties: Int[Any, "*batch"]
    method: Int[Any, "*batch"]
    branch: Int[Any, "*batch"]
    result: Int[Any, "*batch"]
    equilibria: Int[Any, "*batch"]
    precision: Float[Any, "..."] | None
    concept: str
    select: str | None = None

    @property
    def solved(self) -> Any:
        """[*batch], true where the game was solved."""
        return self.result == Result.SOLVED

    def summary(self) -> dict[str, int]:
        """How many games of the batch ended in each way, by the text of the result."""
        codes, counts = np.unique(np.asarray(self.result), return_counts=True)
        return {Result(int(code)).text: int(count) for code, count in zip(codes, counts, strict=True)}
