"""Reads the folder of a scenario: scenario.toml, members, policies, ledger. All that is wrong comes out at once."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from twofront import reference
from twofront.errors import DataError, Finding, ScenarioError, did_you_mean
from twofront.evidence import Ledger, read_ledger
from twofront.scenario.figure import Problem
from twofront.scenario.loaded import LEDGER, PAST, POLICIES, SCENARIO, Loaded, Member, Policy
from twofront.scenario.members import read_members
from twofront.scenario.policies import BASELINE, read_policies
from twofront.scenario.positions import Positions, parse
from twofront.scenario.quantity import Kind, all_scalars
from twofront.scenario.rules import CHECKS
from twofront.scenario.schema import Scenario
from twofront.scenario.text import read_text

MOST_FINDINGS = 100
BUNDLED = Path(str(files("twofront.scenario") / "bundled"))


def bundled() -> list[str]:
    """Names of the scenarios that come with the package."""
    return sorted(path.name for path in BUNDLED.iterdir() if (path / SCENARIO).is_file())


def load_scenario(where: str | Path = "two-fronts") -> Loaded:
    """Reads and checks a scenario: the name of a bundled one, a folder, or the path of its scenario.toml.

    Errors: ScenarioError whose `.findings` hold everything that is wrong. Warnings stand in `Loaded.findings`.
    """
    loaded, findings = read_scenario(where)
    if loaded is None:
        raise ScenarioError(findings)
    return loaded


def read_scenario(where: str | Path) -> tuple[Loaded | None, list[Finding]]:
    """The scenario, or None if anything is wrong, and all findings; never raises for a bad scenario."""
    folder, findings = find(where)
    if folder is None:
        return None, findings
    loaded, findings = _Folder(folder).read()
    if loaded is not None:
        broken = {finding.file for finding in findings}
        rules = [rule for name, rule in CHECKS.items() if not broken & _needed(name, loaded)]
        findings += [finding for rule in rules for finding in rule(loaded)]
    if loaded is None or _errors(findings):
        return None, _shortened(findings)
    return _with_findings(loaded, findings), findings


def _needed(rule: str, loaded: Loaded) -> set[str]:
    """Files that a rule needs whole, so that one error does not cause others."""
    tables = {power.members for power in loaded.scenario.powers.values() if power.members}
    needed = {"claims": {LEDGER}, "comparisons": {LEDGER}, "capital": {PAST}, "cut": {POLICIES}}.get(rule)
    return set() if needed is None else needed | tables


def find(where: str | Path) -> tuple[Path | None, list[Finding]]:
    """The folder of a scenario, or None and why there is none."""
    path = Path(where)
    try:
        if path.name == SCENARIO and path.is_file():
            return path.resolve().parent, []
        if (path / SCENARIO).is_file():
            return path.resolve(), []
        if str(where) in bundled():
            return BUNDLED / str(where), []
        exists = path.is_dir()
    except (OSError, ValueError):
        exists = False
    name = str(where)[:200]
    if exists:
        return None, [
            Finding("error", name, 0, 0, "", f"the folder has no {SCENARIO}", "twofront new NAME writes one.")
        ]
    known = ", ".join(bundled())
    hint = did_you_mean(name, bundled()) or f"Give a folder, or one of: {known}."
    return None, [Finding("error", name, 0, 0, "", "no such scenario", hint)]


class _Folder:
    """One reading of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.texts: dict[str, str] = {}
        self.positions: dict[str, Positions] = {}

    def read(self) -> tuple[Loaded | None, list[Finding]]:
        document = self._toml(SCENARIO)
        ledger, past = self._ledger(), self._past()
        scenario = None if document is None else self._scenario(document)
        if scenario is None:
            return None, self.findings
        members = self._members(scenario)
        groups = {power: {m.code: m.quantities for m in rows} for power, rows in members.items()}
        policies = self._policies(scenario, groups, complete=not _errors(self.findings))
        return (
            Loaded(
                self.folder,
                scenario,
                types.MappingProxyType(members),
                types.MappingProxyType(policies),
                ledger,
                types.MappingProxyType(self.texts),
                types.MappingProxyType(past),
                (),
                types.MappingProxyType(self.positions),
            ),
            self.findings,
        )

    def _text(self, name: str) -> str | None:
        text, findings = read_text(self.folder / name, name)
        self.findings += findings
        if text is not None:
            self.texts[name] = text
        return text

    def _toml(self, name: str) -> dict[str, Any] | None:
        text = self._text(name)
        if text is None:
            return None
        document, positions, findings = parse(text, name)
        self.positions[name] = positions
        self.findings += findings
        return None if findings else document

    def _scenario(self, document: dict[str, Any]) -> Scenario | None:
        try:
            return Scenario.model_validate(document)
        except ValidationError as error:
            items = error.errors(include_url=False)
            if len(items) > MOST_FINDINGS:  # a text with thousands of errors is answered as quickly as any
                more = f"{len(items) - MOST_FINDINGS} more findings are not shown"
                self.findings.append(Finding("error", SCENARIO, 0, 0, "", more, "Correct the others first."))
            for item in items[:MOST_FINDINGS]:
                self.findings += _translate(dict(item), self.positions[SCENARIO])
            return None

    def _members(self, scenario: Scenario) -> dict[str, tuple[Member, ...]]:
        found = {}
        for name, power in scenario.powers.items():
            if power.members is None:
                continue
            if Path(power.members).name != power.members or not power.members.endswith(".csv"):
                self._at(
                    ("powers", name, "members"),
                    f'"{power.members[:60]}" is no CSV file of this folder',
                    'Write members = "allies.csv".',
                )
                continue
            text = self._text(power.members)
            if text is not None:
                rows, findings = read_members(text, power.members)
                self.findings += findings
                found[name] = rows
        return found

    def _policies(self, scenario: Scenario, groups: Mapping[str, Any], *, complete: bool) -> dict[str, Policy]:
        if not (self.folder / POLICIES).exists():
            return {BASELINE.name: BASELINE}
        document = self._toml(POLICIES)
        if document is None:
            return {BASELINE.name: BASELINE}
        policies, findings = read_policies(document, all_scalars(scenario, groups), self.positions[POLICIES])
        if not complete:  # a broken table of members would make each path to a member unknown
            findings = [f for f in findings if ".members." not in f.message]
        self.findings += findings
        return policies

    def _ledger(self) -> Ledger:
        empty = Ledger(types.MappingProxyType({}))
        if not (self.folder / LEDGER).exists():
            return empty
        text = self._text(LEDGER)
        if text is None:
            return empty
        _, positions, findings = parse(text, LEDGER)
        self.positions[LEDGER] = positions
        self.findings += findings
        if findings:
            return empty
        ledger, findings = read_ledger(text, LEDGER, lambda n, key: positions.key(("claims", n, *key.split("."))))
        self.findings += findings
        return ledger

    def _past(self) -> dict[str, Mapping[int, float]]:
        if not (self.folder / PAST).exists():
            return {}
        text = self._text(PAST)
        try:
            return {} if text is None else dict(reference.parse(text, PAST))
        except DataError as error:
            place, _, message = str(error).partition(": ")
            numbers = [int(part) for part in place.split(":")[1:] if part.isdigit()]
            self.findings.append(Finding("error", PAST, numbers[0] if numbers else 0, 0, "", message))
            return {}

    def _at(self, path: tuple[str, ...], message: str, remedy: str) -> None:
        line, column = self.positions[SCENARIO].value(path)
        self.findings.append(Finding("error", SCENARIO, line, column, ".".join(path), message, remedy))


def _translate(item: dict[str, Any], positions: Positions) -> list[Finding]:
    """One error of pydantic in plain words, with its place."""
    loc = tuple(part for part in item["loc"] if part != "[key]")
    kind = item["type"]
    if kind == "figure":
        return [_figure(loc, problem, positions) for problem in item["ctx"]["problems"]]
    name, within = str(loc[-1]) if loc else "", loc[:-1]
    at = positions.key
    if kind == "extra_forbidden":
        known = _keys(within)
        message, remedy = f'unknown key "{name[:60]}"', did_you_mean(name, known) or f"Known here: {', '.join(known)}."
    elif kind == "missing":
        wanted = _kind(loc)
        message = f'"{name}" is missing'
        remedy = f"Add {name} = …."
        if wanted is not None:
            remedy = f'Add {name} = {{ value = …, unit = "{wanted.unit}", source = "claim-id" }}, or another form.'
    elif kind == "string_pattern_mismatch":
        message = f'"{name[:60]}" cannot be an identifier'
        remedy = "Use small letters, digits and _, a letter first, at most 32."
    elif kind == "literal_error":
        at, message = positions.value, f'"{str(item["input"])[:60]}" is not possible here'
        remedy = f"Write one of: {item['ctx']['expected']}."
    else:
        at = positions.value
        message = f"{str(item['msg'])[:1].lower()}{str(item['msg'])[1:]}"
        remedy = f"It is {str(item['input'])[:40]!r} now."
        if isinstance(item["input"], Mapping | list):
            remedy = "See docs/scenario.md."
    line, column = at(loc)
    return [Finding("error", SCENARIO, line, column, ".".join(str(part)[:60] for part in loc), message, remedy)]


def _figure(loc: tuple[str | int, ...], problem: Problem, positions: Positions) -> Finding:
    path = (*loc, *problem.at)
    line, column = positions.key(path) if problem.message.startswith("unknown key") else positions.value(path)
    shown = ".".join(str(part)[:60] for part in loc)
    return Finding("error", SCENARIO, line, column, shown, problem.message, problem.remedy)


def _plain(annotation: Any) -> Any:
    """The type without Optional; Annotated is kept where it carries a Kind."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(_plain(part) for part in get_args(annotation) if part is not type(None))
    return annotation


def _record(loc: tuple[str | int, ...]) -> Any:
    """The type that the schema has at this place."""
    here: Any = Scenario
    for part in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            if field is None:
                return None
            here = next((Annotated[object, m] for m in field.metadata if isinstance(m, Kind)), _plain(field.annotation))
        elif get_origin(here) is dict:
            here = _plain(get_args(here)[1])
        else:
            return None
    return here


def _keys(loc: tuple[str | int, ...]) -> list[str]:
    record = _record(loc)
    return list(record.model_fields) if isinstance(record, type) and issubclass(record, BaseModel) else []


def _kind(loc: tuple[str | int, ...]) -> Kind | None:
    found = _record(loc)
    marks = getattr(found, "__metadata__", ())
    return next((mark for mark in marks if isinstance(mark, Kind)), None)


def _errors(findings: list[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _shortened(findings: list[Finding]) -> list[Finding]:
    if len(findings) <= MOST_FINDINGS:
        return findings
    more = f"{len(findings) - MOST_FINDINGS} more findings are not shown"
    return [*findings[:MOST_FINDINGS], Finding("error", SCENARIO, 0, 0, "", more, "Correct these first.")]


def _with_findings(loaded: Loaded, findings: list[Finding]) -> Loaded:
    return replace(loaded, findings=tuple(findings))
