"""What `twofront check` and `twofront schema` answer: all findings, how much rests on sources, the JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twofront.errors import Finding
from twofront.scenario.loaded import Loaded
from twofront.scenario.loader import read_scenario
from twofront.scenario.rules import CHECKS, figures
from twofront.scenario.schema import Scenario

__all__ = ["CHECKS", "CheckResult", "Coverage", "check", "coverage", "json_schema"]

Row = tuple[str, int, int, int, int, int]


@dataclass(frozen=True)
class Coverage:
    """How much of a scenario rests on what: room -> figures, uncertain, sourced, rated C3 or better, judgement."""

    rooms: Mapping[str, tuple[int, int, int, int, int]]

    def counts(self) -> dict[str, int]:
        """The sums over all rooms."""
        names = ("quantities", "uncertain", "sourced", "rated_c3", "judgement")
        return {name: sum(counts[k] for counts in self.rooms.values()) for k, name in enumerate(names)}

    def rows(self) -> list[Row]:
        """The table with one row for each room and the sum last."""
        rows: list[Row] = [(room, *counts) for room, counts in self.rooms.items()]
        total = tuple(self.counts().values())
        return [*rows, ("all", total[0], total[1], total[2], total[3], total[4])]


def coverage(loaded: Loaded) -> Coverage:
    """Counts the figures of each room; a figure is sourced if it rests on a claim, otherwise it is judgement."""
    rated = loaded.ledger.rated_at_least("C3")
    rooms: dict[str, list[int]] = {}
    listed = [(path[0], quantity) for path, quantity in figures(loaded).items()]
    for members in loaded.members.values():
        listed += [("members", quantity) for member in members for quantity in member.quantities.values()]
    for room, quantity in listed:
        row = rooms.setdefault(room, [0] * 5)
        good = not rated.isdisjoint(quantity.sources)
        for k, counts in enumerate((True, quantity.uncertain, quantity.sourced, good, not quantity.sourced)):
            row[k] += counts
    return Coverage({room: (row[0], row[1], row[2], row[3], row[4]) for room, row in rooms.items()})


@dataclass(frozen=True)
class CheckResult:
    """What `check` found: all findings, and the coverage if the scenario could be read."""

    findings: tuple[Finding, ...]
    coverage: Coverage | None

    @property
    def ok(self) -> bool:
        """Whether the scenario has no errors; warnings are allowed."""
        return all(finding.severity != "error" for finding in self.findings)


def check(where: str | Path = "two-fronts") -> CheckResult:
    """Checks a scenario (name, folder or scenario.toml); never raises for a bad one."""
    loaded, findings = read_scenario(where)
    return CheckResult(tuple(findings), None if loaded is None else coverage(loaded))


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of scenario.toml, for editors."""
    schema = Scenario.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "twofront scenario"}
