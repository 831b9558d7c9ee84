"""The ledger: the claims of a scenario, read from TOML and checked against each other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from twofront.errors import Finding, LedgerError, did_you_mean
from twofront.evidence.claim import Claim, Errors, Figure, Observe, Rating, Record
from twofront.evidence.roots import Roots

TABLES = ("claims", "observes", "errors")
LARGEST_FILE = 5_000_000  # bytes
# Where a key stands: (index of the claim, key within it or "") -> line and column, both from 1.
Place = Callable[[int, str], tuple[int, int]]


@dataclass(frozen=True)
class Ledger:
    """The claims of a scenario by id, in the order of the file."""

    claims: Mapping[str, Claim]
    observes: tuple[Observe, ...] = ()
    errors: Errors | None = None

    def rated_at_least(self, rating: str) -> frozenset[str]:
        """Ids of the claims with source and credibility both at least as good as `rating`, such as "C3"."""
        return frozenset(name for name, claim in self.claims.items() if claim.rating.at_least(rating))

    def roots(self, ids: Iterable[str]) -> frozenset[str]:
        """The different origins of these claims: as many as there are independent statements."""
        origins = Roots(self.claims)
        return frozenset(origins.of(self.claims[name]) for name in ids)


def load_ledger(path: Path | str) -> Ledger:
    """The ledger in a TOML file.

    Errors: LedgerError that names each place and remedy: unreadable file, unknown or missing key, doubled id,
    bad rating, echo of an unknown claim, credibility 1 without another root.
    """
    ledger, findings = read_ledger(file_text(path).removeprefix("\ufeff"), Path(path).name)
    if findings:
        raise LedgerError("\n".join(str(finding) for finding in findings))
    return ledger


def file_text(path: Path | str) -> str:
    """The text of a ledger's file as it stands there, byte order mark and line ends included.

    Errors: LedgerError for a file that cannot be read, is too large or is no UTF-8.
    """
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise LedgerError(f"{file.name}: larger than {LARGEST_FILE // 10**6} MB. Split the ledger.")
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise LedgerError(f"{file.name}: not UTF-8 ({error.reason}). Save it as UTF-8.") from error
    except OSError as error:
        raise LedgerError(f"{file.name}: cannot be read ({error.strerror}). Check the path.") from error


def read_claim(record: Mapping[str, Any]) -> Claim:
    """One claim from a record, such as `ledger show --json` prints it. Errors: LedgerError with each wrong key."""
    claim, findings = _claim(dict(record), 0, "the claim", lambda number, key: (0, 0))
    if claim is None:
        raise LedgerError("\n".join(str(finding) for finding in findings))
    return claim


def read_ledger(text: str, file: str, place: Place | None = None) -> tuple[Ledger, list[Finding]]:
    """The ledger in a text, and everything that is wrong with it; claims that cannot be read are left out.

    text: TOML with one `[[claims]]` table for each claim. file: the name that messages show.
    place: finds line and column of a key of the n-th claim; without it they are searched line by line.
    """
    where = place or _places(text)
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "tables nested too deeply"
        message = f"not readable as TOML: {reason}"
        finding = Finding("error", file, 0, 0, "", message, "Correct it at that place")
        return Ledger(MappingProxyType({})), [finding]
    records, findings = _records(document, file, text)
    claims: dict[str, Claim] = {}
    index: dict[str, int] = {}
    for number, record in enumerate(records):
        claim, wrong = _claim(record, number, file, where)
        findings += wrong
        if claim is not None and claim.id in claims:
            line = where(index[claim.id], "id")[0]
            problem = Problem("id", f"line {line} has a claim of this id already", "Rename or remove one")
            findings.append(_finding(problem, claim.id, number, file, where))
        elif claim is not None:
            claims[claim.id], index[claim.id] = claim, number
    # An id whose own record is broken is still an id: one error should not cause another.
    ids = {str(record["id"]) for record in records if isinstance(record, dict) and "id" in record}
    origins = Roots(claims)
    for name, claim in claims.items():
        problems = [*_echo_problems(claim, claims, ids), *_corroboration_problems(claim, claims, ids, origins)]
        findings += [_finding(problem, name, index[name], file, where) for problem in problems]
    observes, errors, wrong = _observations(document, ids, file, text)
    return Ledger(MappingProxyType(claims), observes, errors), findings + wrong


def _observations(
    document: dict[str, Any], ids: set[str], file: str, text: str
) -> tuple[tuple[Observe, ...], Errors | None, list[Finding]]:
    """The `[[observes]]` tables and the table `[errors]`, and what is wrong with them."""
    findings: list[Finding] = []

    def wrong(where: Place, number: int, at: str, keys: Sequence[str], message: str, remedy: str) -> None:
        line, column = where(number, keys[0] if keys else "")
        findings.append(Finding("error", file, line, column, ".".join([at, *keys]), message, remedy))

    def read(model: type[Record], record: Any, at: str, where: Place, number: int) -> Any:
        try:
            return model.model_validate(record)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                keys = [str(part) for part in item["loc"]]
                message, remedy = str(item["msg"]), "See docs/evidence.md for its keys"
                if item["type"] == "missing":
                    message = "missing"
                elif item["type"] == "extra_forbidden":
                    message = "unknown key"
                    remedy = did_you_mean(keys[-1], model.model_fields) or f"Known: {', '.join(model.model_fields)}"
                wrong(where, number, at, keys, message, remedy)
            return None

    place = _places(text, "[[observes]]")
    records = document.get("observes", [])
    if not isinstance(records, list):
        wrong(_places(text, "[observes]"), 0, "observes", (), "not a list of tables", "Write [[observes]]")
        records = []
    found = [read(Observe, record, f"observes.{n + 1}", place, n) for n, record in enumerate(records)]
    for n, observe in enumerate(found):
        if observe is not None and observe.claim not in ids:
            remedy = did_you_mean(observe.claim, ids) or "Add that claim"
            message = f'no claim "{observe.claim}" in this ledger'
            wrong(place, n, f"observes.{n + 1}", ("claim",), message, remedy)
    errors = None
    if "errors" in document:
        errors = read(Errors, document["errors"], "errors", _places(text, "[errors]"), 0)
    return tuple(o for o in found if o is not None), errors, findings


@dataclass(frozen=True)
class Problem:
    """What is wrong with one key of a claim, and what to do."""

    key: str
    message: str
    remedy: str


def _finding(problem: Problem, name: str, number: int, file: str, where: Place) -> Finding:
    line, column = where(number, problem.key.split(".")[0])
    path = f"claims.{name}.{problem.key}" if problem.key else f"claims.{name}"
    return Finding("error", file, line, column, path, problem.message, problem.remedy)


def _records(document: dict[str, Any], file: str, text: str) -> tuple[list[Any], list[Finding]]:
    """The `[[claims]]` tables, and a finding for everything else at the top."""
    remedy = "Only [[claims]], [[observes]] and [errors] belong here"
    findings = [
        Finding("error", file, *_top(text, key), key, "unknown key", did_you_mean(key, TABLES) or remedy)
        for key in document
        if key not in TABLES
    ]
    records = document.get("claims", [])
    if not isinstance(records, list):
        remedy = "Write [[claims]] with two brackets above each claim"
        return [], [*findings, Finding("error", file, *_top(text, "claims"), "claims", "not a list of tables", remedy)]
    return records, findings


def _claim(record: Any, number: int, file: str, where: Place) -> tuple[Claim | None, list[Finding]]:
    """The record as a claim, or None and what is wrong with it."""
    name = str(record.get("id", number + 1))[:64] if isinstance(record, dict) else str(number + 1)
    try:
        return Claim.model_validate(record), []
    except ValidationError as error:
        problems = [_problem(dict(item)) for item in error.errors(include_url=False)]
        return None, [_finding(problem, name, number, file, where) for problem in problems]


def _problem(item: dict[str, Any]) -> Problem:
    """One error of pydantic in plain words."""
    key = ".".join(str(part) for part in item["loc"])
    given = " ".join(str(item.get("input")).split())[:60]
    if item["type"] == "extra_forbidden":
        last, known = str(item["loc"][-1]), [*Claim.model_fields, *Figure.model_fields, *Rating.model_fields]
        return Problem(key, f'unknown key "{last[:60]}"', did_you_mean(last, known) or "Remove it")
    if item["type"] == "missing":
        return Problem(key, "missing", "Every claim needs it")
    if key.startswith("rating"):
        remedy = 'Write rating = { source = "B", credibility = 2 }, A to F and 1 to 6'
        return Problem(key, f'"{given}" is no rating', remedy)
    if item["type"] == "value_error":
        message, _, remedy = str(item["ctx"]["error"]).partition(": ")
        return Problem(key, message, remedy[:1].upper() + remedy[1:])
    return Problem(key, f'{str(item["msg"])[:1].lower()}{str(item["msg"])[1:]}, not "{given}"', "")


def _echo_problems(claim: Claim, claims: Mapping[str, Claim], ids: set[str]) -> list[Problem]:
    """An echo must name a claim of the ledger and must not lead back to itself."""
    if claim.echo_of is None:
        return []
    if claim.echo_of not in ids:
        remedy = did_you_mean(claim.echo_of, ids) or "Add that claim or remove echo_of"
        return [Problem("echo_of", f'no claim "{claim.echo_of}" in this ledger', remedy)]
    passed, step = {claim.id}, claims.get(claim.echo_of)
    while step is not None and step.id not in passed:
        passed.add(step.id)
        step = claims.get(step.echo_of) if step.echo_of else None
    if step is not None and step.id == claim.id:
        return [Problem("echo_of", "the echoes lead back to this claim", "Name the original without echo_of")]
    return []


def _corroboration_problems(claim: Claim, claims: Mapping[str, Claim], ids: set[str], origins: Roots) -> list[Problem]:
    """Corroborating claims exist; credibility 1 needs one of them to have a different root."""
    problems = [
        Problem("corroborated_by", f'no claim "{name}" in this ledger', did_you_mean(name, ids) or "Remove it")
        for name in claim.corroborated_by
        if name not in ids
    ]
    others = [claims[name] for name in claim.corroborated_by if name in claims]
    if claim.rating.credibility == 1 and not problems and not origins.independent(claim, others):
        message = f'credibility 1 needs a claim with another root than "{claim.root}"'
        remedy = "Name an independent claim, or give credibility 2"
        problems.append(Problem("corroborated_by", message, remedy))
    return problems


def _places(text: str, head: str = "[[claims]]") -> Place:
    """Finds keys by reading lines: exact for files with one key a line, the table's first line otherwise."""
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if line.replace(" ", "").startswith(head)]

    def place(number: int, key: str) -> tuple[int, int]:
        if number >= len(heads):
            return 0, 0
        end = next((n for n in range(heads[number] + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
        for n in range(heads[number] + 1, end):
            start = lines[n].lstrip()
            if key and start.startswith(key) and start[len(key) :].lstrip().startswith("="):
                return n + 1, len(lines[n]) - len(start) + 1
        return heads[number] + 1, 1

    return place


def _top(text: str, key: str) -> tuple[int, int]:
    """Line and column where a key of the top, or a table of that name, first stands."""
    found = re.search(rf'^[ \t]*(?:\[{{1,2}}[ \t]*)?["\']?{re.escape(key)}\b', text, re.MULTILINE)
    if found is None:
        return 0, 0
    return text.count("\n", 0, found.start()) + 1, 1
