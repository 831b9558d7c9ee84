"""A scenario as read: its tables, members, policies, ledger, and where in the files everything stands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from twofront.errors import Finding
from twofront.evidence import Ledger
from twofront.scenario.positions import Positions
from twofront.scenario.quantity import Quantity, Scalar, all_scalars
from twofront.scenario.schema import Scenario

SCENARIO, POLICIES, LEDGER, PAST = "scenario.toml", "policies.toml", "ledger.toml", "past_spending.csv"


@dataclass(frozen=True)
class Member:
    """One ally: GDP in bn USD2024, growth in %/yr, share and target in % GDP, personnel in thousands; None: missing.

    Without a target or a compliance (1) of its own the member follows the commitment's.

    `quantities` holds what the model reads (gdp, growth, share, target, compliance) as figures with unit and source.
    """

    name: str
    name_de: str
    code: str
    gdp: float
    growth: float
    share: float
    target: float | None
    compliance: float | None
    personnel: float | None
    ppp: float | None
    status: str
    source: tuple[str, ...]

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        from twofront.scenario.members import quantities  # the kinds stand beside the reader of the columns

        return quantities(self)


@dataclass(frozen=True)
class Change:
    """One change of a policy: sets, scales or adds to the figure at `path`; source and judgement say on what ground."""

    path: str
    op: Literal["set", "scale", "add"]
    amount: float | Quantity
    source: tuple[str, ...] = ()
    judgement: str | None = None


@dataclass(frozen=True)
class Policy:
    """A named set of changes. role: "policy" somebody could decide, "condition" of the verdict, or a "ladder" step."""

    name: str
    title: str
    title_de: str | None
    about: str
    role: Literal["policy", "condition", "ladder"]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Loaded:
    """A scenario that has been read and checked; `findings` are its warnings.

    `variant` names the structure where it is not the scenario's own; `figures` are then the scenario's figures.
    """

    folder: Path
    scenario: Scenario
    members: Mapping[str, tuple[Member, ...]]
    policies: Mapping[str, Policy]
    ledger: Ledger
    texts: Mapping[str, str]
    past: Mapping[str, Mapping[int, float]]
    findings: tuple[Finding, ...] = ()
    positions: Mapping[str, Positions] = field(default_factory=dict, repr=False, compare=False)
    variant: str | None = None
    figures: Mapping[str, Scalar] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def scalars(self) -> Mapping[str, Scalar]:
        """Every number of the scenario by path; the rows of the matrix of drawn values."""
        if self.figures is not None:
            return self.figures
        groups = {power: {m.code: m.quantities for m in rows} for power, rows in self.members.items()}
        return all_scalars(self.scenario, groups)

    def varied(self, name: str) -> Loaded:
        """This scenario under one of its `[structure]` variants.

        Every figure keeps its row, one that the variant does not use too: so no other figure's draws move.
        """
        scenario = self.scenario.varied(self.scenario.structure[name])
        return replace(self, scenario=scenario, variant=name, figures=self.scalars)

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the names and texts of the scenario's files."""
        digest = hashlib.sha256()
        for name in sorted(self.texts):
            digest.update(f"{name}\0{self.texts[name]}\0".encode())
        return digest.hexdigest()

    def finding(self, path: tuple[str | int, ...], message: str, remedy: str = "", *, warning: bool = False) -> Finding:
        """A finding at a path of scenario.toml."""
        positions = self.positions.get(SCENARIO)
        line, column = positions.value(path) if positions is not None else (0, 0)
        shown = ".".join(str(part) for part in path)
        return Finding("warning" if warning else "error", SCENARIO, line, column, shown, message, remedy)
