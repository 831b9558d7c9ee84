"""Changes a ledger's file at one place: a claim more, another rating, a repetition marked as one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twofront.errors import LedgerError
from twofront.evidence.ledger import Ledger, read_claim
from twofront.evidence.ledger_file import LedgerFile


def add(path: Path | str, record: Mapping[str, Any]) -> Ledger:
    """Appends a claim. Errors: LedgerError for what makes the ledger wrong; the file is then unchanged."""
    file = LedgerFile(path, create=True)
    file.append("claims", [read_claim(record)])
    return file.write()


def rate(path: Path | str, name: str, rating: str, why: str, day: str) -> Ledger:
    """Gives a claim another rating, such as "B2"; the earlier one is kept in its history with day and reason."""
    marks = rating.strip().upper()
    if len(marks) != 2 or marks[0] not in "ABCDEF" or marks[1] not in "123456":
        raise LedgerError(f'"{rating[:40]}" is no rating. Write A to F and 1 to 6, such as "C3".')
    if not why.strip():
        raise LedgerError("a rating needs a reason: say why it changes.")
    file = LedgerFile(path)
    claim = file.claim(name)
    if str(claim.rating) == marks and not claim.unrated:
        raise LedgerError(f'"{name}" has {marks} already: nothing was changed. Give another rating.')
    earlier = [old.model_dump() for old in claim.history]
    file.set(name, "history", [*earlier, {"rating": claim.rating.model_dump(), "until": day, "why": why.strip()}])
    file.set(name, "rating", {"source": marks[0], "credibility": int(marks[1])})
    file.set(name, "rated", None)
    return file.write()


def merge(path: Path | str, kept: str, dropped: str) -> Ledger:
    """Marks one claim as a rendering of another: it stays with its wording, and both count once."""
    if kept == dropped:
        raise LedgerError(f'"{kept}" cannot be merged with itself. Name two claims.')
    file = LedgerFile(path)
    file.claim(kept)
    file.set(dropped, "echo_of", kept)
    return file.write()
