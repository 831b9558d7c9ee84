"""Every error that twofront raises on purpose.

TwofrontError
├── ScenarioError   a scenario cannot be used; `.findings` holds everything that is wrong, not only the first
├── DataError       a table of published figures is missing, damaged or not what it says
├── LedgerError     a ledger of claims cannot be read
├── UnitError       a unit is unknown, or two price bases or kinds were mixed
├── GameError       a stage game cannot be built or solved
├── RunError        a run folder is missing, damaged or of another scenario
└── Interrupted     the user stopped a run; the message says how to continue

Messages say what, where (file:line:column), why, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

__all__ = [
    "DataError",
    "Finding",
    "GameError",
    "Interrupted",
    "LedgerError",
    "RunError",
    "ScenarioError",
    "TwofrontError",
    "UnitError",
    "did_you_mean",
]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (or doubtful) in a file: where, what, and what to do.

    `line` and `column` count from 1; 0 where the file has no such place. `path` is the dotted path of the figure.
    """

    severity: Literal["error", "warning"]
    file: str
    line: int
    column: int
    path: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = [self.file] + [str(n) for n in (self.line, self.column) if n > 0]
        parts = [":".join(place), self.path, self.message.rstrip(".")]
        text = ": ".join(part for part in parts if part)
        return f"{text}. {self.remedy}".rstrip() if self.remedy else f"{text}."


class TwofrontError(Exception):
    """The root: catching it catches every error that twofront raises on purpose."""


class ScenarioError(TwofrontError):
    """A scenario cannot be used. `findings` holds every error and warning, in the order of the files."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class DataError(TwofrontError):
    """A table of published figures is missing, damaged or not what it says."""


class LedgerError(DataError):
    """A ledger of claims cannot be read."""


class UnitError(TwofrontError, ValueError):
    """A unit is unknown, or two price bases or two kinds of unit were mixed."""


class GameError(TwofrontError):
    """A stage game cannot be built or solved."""


class RunError(TwofrontError):
    """A run folder is missing, damaged or belongs to another scenario."""


class Interrupted(TwofrontError):
    """The user stopped a run; the message says how to continue."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'Did you mean "x"?' for the nearest known word, or an empty text."""
    spelt = {name.lower(): name for name in known}
    close = get_close_matches(word[:200].lower(), list(spelt), n=1, cutoff=0.6)
    return f'Did you mean "{spelt[close[0]]}"?' if close else ""
