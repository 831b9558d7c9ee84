"""Changes a ledger's file and leaves everything else as it stands, comments included. Nothing half written."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tomlkit

from twofront.errors import LedgerError, did_you_mean
from twofront.evidence.ledger import Ledger, load_ledger, read_ledger


def add(path: Path | str, record: Mapping[str, Any]) -> Ledger:
    """Appends a claim. Errors: LedgerError for what makes the ledger wrong; the file is then unchanged."""
    return _change(Path(path), lambda claims: claims.append(_table(record)), create=True)


def rate(path: Path | str, name: str, rating: str, why: str, day: str) -> Ledger:
    """Gives a claim another rating, such as "B2"; the earlier one is kept in its history with day and reason."""
    marks = rating.strip().upper()
    if len(marks) != 2 or marks[0] not in "ABCDEF" or marks[1] not in "123456":
        raise LedgerError(f'"{rating[:40]}" is no rating. Write A to F and 1 to 6, such as "C3".')
    if not why.strip():
        raise LedgerError("a rating needs a reason: say why it changes.")

    def change(claims: Any) -> None:
        claim = _find(claims, name)
        entry = tomlkit.inline_table()
        entry.update({"rating": _rating(claim["rating"]), "until": day, "why": why.strip()})
        history = claim.get("history")
        if history is None:
            claim["history"] = history = tomlkit.array()
        history.append(entry)
        claim["rating"] = _rating({"source": marks[0], "credibility": int(marks[1])})

    return _change(Path(path), change)


def merge(path: Path | str, kept: str, dropped: str) -> Ledger:
    """Marks one claim as a rendering of another: it stays with its wording, and both count once."""
    if kept == dropped:
        raise LedgerError(f'"{kept}" cannot be merged with itself. Name two claims.')

    def change(claims: Any) -> None:
        _find(claims, kept)
        _find(claims, dropped)["echo_of"] = kept

    return _change(Path(path), change)


def _change(path: Path, change: Callable[[Any], None], *, create: bool = False) -> Ledger:
    if path.exists() or not create:
        load_ledger(path)  # what is wrong already is reported as such
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
    else:
        text = ""
    document = tomlkit.parse(text)
    claims = document.get("claims")
    if claims is None:
        claims = tomlkit.aot()
        document["claims"] = claims
    change(claims)
    after = tomlkit.dumps(document)
    ledger, findings = read_ledger(after.removeprefix("\ufeff"), path.name)
    if findings:
        raise LedgerError("\n".join(str(finding) for finding in findings))
    staging = path.with_name(f".{path.name}.unfinished")
    try:
        with staging.open("w", encoding="utf-8", newline="") as file:
            file.write(after)
        os.replace(staging, path)
    finally:
        staging.unlink(missing_ok=True)
    return ledger


def _find(claims: Any, name: str) -> Any:
    for claim in claims:
        if claim.get("id") == name:
            return claim
    known = [str(claim.get("id")) for claim in claims]
    raise LedgerError(f'no claim "{name[:64]}" in this ledger. {did_you_mean(name, known)}'.rstrip())


def _rating(given: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update({"source": str(given["source"]), "credibility": int(given["credibility"])})
    return table


def _table(record: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    for key, value in record.items():
        table[key] = _rating(value) if key == "rating" else value
    return table
