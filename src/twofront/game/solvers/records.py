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
    TOO_SHARP = 6, 'unsolved: precision × range of payoffs is beyond 1e8 with hidden moves; take concept "sequential"'
    PATH_LOST = 7, "unsolved: the branch could not be followed to this precision; lower the precision"


class Method(_Code):
    """How a game was solved."""

    BACKWARD = 0, "one backward sweep, in closed form"
    CONTRACTION = 1, "repeated sweeps; the reply map was proven to be a contraction"
    HOMOTOPY = 2, "the branch followed from precision 0 by Newton steps"
    ARCLENGTH = 3, "the branch followed from precision 0 by its arc length, around folds"


class Branch(_Code):
    """Which of possibly several solutions is reported."""

    UNIQUE = 0, "the only solution"
    TIES_SPLIT = 1, "one of several: best replies that tie share the move equally"
    PRINCIPAL = 2, "the principal branch, which turned nowhere back; others may exist"
    FOLDED = 3, "the principal branch beyond a fold: at some lower precision there are several solutions"


@dataclass(frozen=True)
class Solution:
    """Who does what at every node, and what it is worth. Unsolved games of a batch hold NaN and say why.

    behaviour: by stage, [moves of earlier stages…, moves of the stage, *batch], probabilities; chance
        included; 0 for every move of a node where nobody can go on.
    values: [player, *batch], expected payoffs at the start, in the unit of the payoffs.
    node_values: by stage, [player, moves of earlier stages…, moves of the stage, *batch], expected payoffs of
        each player once the move is made; of no meaning where play is not legal.
    beliefs: by stage; empty, since every move is observed.
    residual: [*batch], error that the method leaves; 0 for a closed form. The certificate is computed apart.
    ties: [*batch], nodes of legal play at which several moves are best (concept "best" only).
    method, branch, result: [*batch], codes of Method, Branch, Result.
    concept: "logit" or "best". precision: as given, [player, *batch] with sizes 1 allowed; None for "best".
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
    precision: Float[Any, "..."] | None
    concept: str

    @property
    def solved(self) -> Any:
        """[*batch], true where the game was solved."""
        return self.result == Result.SOLVED

    def summary(self) -> dict[str, int]:
        """How many games of the batch ended in each way, by the text of the result."""
        codes, counts = np.unique(np.asarray(self.result), return_counts=True)
        return {Result(int(code)).text: int(count) for code, count in zip(codes, counts, strict=True)}
