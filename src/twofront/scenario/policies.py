"""Policies: named sets of changes to the figures of a scenario, and the values that follow in each world."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofront.errors import Finding, did_you_mean
from twofront.scenario.figure import WRITE_SOURCE, Problem, read
from twofront.scenario.loaded import POLICIES, Change, Loaded, Policy
from twofront.scenario.positions import Positions
from twofront.scenario.quantity import Kind, Quantity, Scalar

Floats = NDArray[np.float64]

BASELINE = Policy("baseline", "Baseline", "Ausgangslage", "The scenario as written.", "policy", ())
ROLES = ("policy", "condition", "ladder")
KEYS = ("title", "title_de", "about", "role", "extends", "source", "judgement", "changes")
OPERATIONS = ("set", "scale", "add")
VERDICT = ("integration", "obligation")
_ROUNDING = 1e-9
_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,63}$")
_VERDICT_TITLES = {
    "integration": ("Operational integration", "Operative Integration"),
    "obligation": ("Mutual obligation", "Gegenseitige Verpflichtung"),
    "both": ("Integration and obligation", "Integration und Verpflichtung"),
}


# ---------------------------------------------------------------- values in each world


def values(loaded: Loaded, policy: Policy, u: Floats, baseline: Floats | None = None) -> Floats:
    """The figures [scalar, world], in the units of their kinds, that a policy gives to the worlds.

    u: uniform numbers [scalar, world], 0 to 1, one row for each of `scalars(loaded)`; rows of fixed figures are not
    read. A figure that a policy sets keeps its row of uniform numbers; an uncertain amount of `scale` or `add` uses
    the same row. Results are cut to the range of the kind (`check` warns where that happens).
    baseline: what `values` gave for these numbers without changes, where it is known: only changed rows are drawn anew.
    """
    scalars = loaded.scalars
    if u.shape[0] != len(scalars):
        raise ValueError(f"{u.shape[0]} rows of uniform numbers for {len(scalars)} figures: give one row for each")
    changes = _by_path(policy)
    result = np.empty(u.shape, np.float64) if baseline is None else baseline.copy()
    for row, scalar in enumerate(scalars.values()):
        if baseline is None or _mine(scalar, changes):
            result[row] = changed(scalar, changes, u[row]) if changes else scalar.ppf(u[row])
    return result


def changed(scalar: Scalar, changes: Mapping[str, list[Change]], u: Floats) -> Floats:
    """One figure in every world after the changes that address it or the path it is a knot of."""
    mine = _mine(scalar, changes)
    value = scalar.ppf(u)
    for change in mine:
        given = _amount(change, scalar)
        amount = given.ppf(u) if isinstance(given, Quantity) else np.full(u.shape, given)
        if change.op == "set":
            value = amount
        elif change.op == "scale":
            value = value * amount
        else:
            value = value + amount
    return np.clip(value, scalar.kind.low, scalar.kind.high) if mine else value


def _mine(scalar: Scalar, changes: Mapping[str, list[Change]]) -> list[Change]:
    return [change for path in dict.fromkeys((scalar.base, scalar.path)) for change in changes.get(path, [])]


def _amount(change: Change, scalar: Scalar) -> Quantity | float:
    amount = change.amount
    if isinstance(amount, Quantity) and amount.path is not None and scalar.year is not None:
        return amount.path[scalar.year]
    return amount


def _by_path(policy: Policy) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in policy.changes:
        found.setdefault(change.path, []).append(change)
    return found


# ---------------------------------------------------------------- reading policies.toml


def read_policies(
    document: Mapping[str, Any], scalars: Mapping[str, Scalar], positions: Positions, file: str = POLICIES
) -> tuple[dict[str, Policy], list[Finding]]:
    """The policies by name, the baseline first, and everything that is wrong with them."""
    reader = _Reader(scalars, positions, file)
    reader.document(document)
    return reader.policies, reader.findings


@dataclass
class _Drafts:
    """What a policy says itself, before `extends` is followed."""

    policy: Policy
    extends: str | None


class _Reader:
    def __init__(self, scalars: Mapping[str, Scalar], positions: Positions, file: str) -> None:
        self.scalars, self.positions, self.file = scalars, positions, file
        self.bases = {scalar.base: scalar for scalar in scalars.values()}
        self.findings: list[Finding] = []
        self.policies: dict[str, Policy] = {BASELINE.name: BASELINE}

    def document(self, document: Mapping[str, Any]) -> None:
        for key in document:
            if key not in ("policies", "verdict"):
                self._add((key,), f'unknown table "{key[:60]}"', did_you_mean(key, ("policies", "verdict")))
        tables = document.get("policies", {})
        drafts: dict[str, _Drafts] = {}
        if not isinstance(tables, Mapping):
            self._add(("policies",), "not a table", "Write [policies.NAME] above each policy.")
            tables = {}
        for name, table in tables.items():
            draft = self._draft(name, table)
            if draft is not None:
                drafts[name] = draft
        for name, draft in drafts.items():
            changes = self._inherited(name, drafts, set(tables))
            p = draft.policy
            self.policies[name] = Policy(p.name, p.title, p.title_de, p.about, p.role, tuple(changes))
        self._verdict(document.get("verdict", {}))

    def _draft(self, name: str, table: object) -> _Drafts | None:
        at = ("policies", name)
        if not isinstance(table, Mapping):
            self._add(at, "not a table", f"Write [policies.{name[:60]}].")
            return None
        if not _NAME.match(name) or name == BASELINE.name or name.startswith("verdict-"):
            self._add(
                at,
                f'"{name[:60]}" cannot name a policy',
                "Use small letters, digits, - and _; baseline and verdict-… are taken.",
            )
        for key in table:
            if key not in KEYS:
                self._add(
                    (*at, key), f'unknown key "{key[:60]}"', did_you_mean(key, KEYS) or f"Known: {', '.join(KEYS)}."
                )
        for key in ("title", "title_de", "about", "extends", "judgement"):
            if not isinstance(table.get(key, ""), str):
                self._add((*at, key), f"{key} is not a text", "Write it in quotes.")
        role = table.get("role", "policy")
        if role not in ROLES:
            self._add(
                (*at, "role"), f'"{role}" is no role', did_you_mean(str(role), ROLES) or f"Known: {', '.join(ROLES)}."
            )
            role = "policy"
        if "changes" not in table and "extends" not in table:
            self._add(at, "no changes", 'Write changes = [ { path = "…", set = … } ].')
        origin = _origin(table)
        changes = tuple(self._changes((*at, "changes"), table.get("changes", []), origin))
        title = str(table.get("title", name))
        title_de = table.get("title_de")
        about = str(table.get("about", ""))
        policy = Policy(name, title, title_de if isinstance(title_de, str) else None, about, role, changes)
        extends = table.get("extends")
        return _Drafts(policy, extends if isinstance(extends, str) else None)

    def _inherited(self, name: str, drafts: Mapping[str, _Drafts], named: set[str]) -> list[Change]:
        """The changes of the policies that this one extends, then its own; cycles are refused."""
        passed: list[str] = []
        step: str | None = name
        while step is not None and step in drafts and step not in passed:
            passed.append(step)
            step = drafts[step].extends
        if step in passed:
            circle = " → ".join([*passed, str(step)])
            self._add(
                ("policies", name, "extends"),
                f"policies extend each other in a circle: {circle}",
                "Remove one extends.",
            )
            return []
        if step is not None and step not in named and step != BASELINE.name:
            if passed[-1] == name:
                hint = did_you_mean(step, named) or "Name a policy of this file."
                self._add(("policies", name, "extends"), f'no policy "{step[:60]}"', hint)
            return []
        return [change for part in reversed(passed) for change in drafts[part].policy.changes]

    def _verdict(self, table: object) -> None:
        if not isinstance(table, Mapping):
            self._add(("verdict",), "not a table", "Write [verdict] with integration = […] and obligation = […].")
            return
        for key in table:
            if key not in VERDICT:
                self._add(
                    ("verdict", key),
                    f'unknown key "{key[:60]}"',
                    did_you_mean(key, VERDICT) or "Known: integration, obligation.",
                )
        found = {key: tuple(self._changes(("verdict", key), table[key], ((), None))) for key in VERDICT if key in table}
        if set(found) == set(VERDICT):
            found["both"] = (*found["integration"], *found["obligation"])
        for key, changes in found.items():
            title, title_de = _VERDICT_TITLES[key]
            about = "A condition of the argument's verdict; nobody decides it alone."
            self.policies[f"verdict-{key}"] = Policy(f"verdict-{key}", title, title_de, about, "condition", changes)

    def _changes(
        self, at: tuple[str | int, ...], raw: object, origin: tuple[tuple[str, ...], str | None]
    ) -> Iterator[Change]:
        if not isinstance(raw, list):
            self._add(at, "not a list of changes", 'Write changes = [ { path = "…", set = … } ].')
            return
        for number, entry in enumerate(raw):
            change = self._change((*at, number), entry, origin)
            if change is not None:
                yield change

    def _change(
        self, at: tuple[str | int, ...], entry: object, origin: tuple[tuple[str, ...], str | None]
    ) -> Change | None:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("path"), str):
            self._add(at, "a change without path", 'Write { path = "powers.x.share", set = 2.0 }.')
            return None
        known = ("path", *OPERATIONS, "source", "judgement", "note")
        for key in entry:
            if key not in known:
                self._add(
                    (*at, key), f'unknown key "{key[:60]}"', did_you_mean(key, known) or f"Known: {', '.join(known)}."
                )
        path = entry["path"]
        target = self.scalars.get(path) or self.bases.get(path)
        if target is None:
            self._add((*at, "path"), f'no figure "{path[:120]}" in the scenario', self._hint(path))
            return None
        given = [op for op in OPERATIONS if op in entry]
        if len(given) != 1:
            self._add(at, f"a change needs one of set, scale, add; this has {len(given)}", "Keep one of them.")
            return None
        own = _origin(entry)
        source, judgement = own if own[0] or own[1] else origin
        return self._amount((*at, given[0]), given[0], path, entry[given[0]], target, source, judgement)

    def _amount(
        self, at: tuple[str | int, ...], op: Any, path: str, raw: object, target: Scalar,
        source: tuple[str, ...], judgement: str | None,
    ) -> Change | None:  # fmt: skip
        kind = _amount_kind(op, target, knot=path != target.base)
        # Without a unit of its own a distribution keeps the unit of the figure, as a bare number does.
        unit = None if isinstance(raw, Mapping) and "unit" in raw else kind.unit
        body = raw if isinstance(raw, Mapping) else {"value": raw}
        quantity, problems = read(body, kind, unit=unit, source=source, judgement=judgement)
        for problem in problems:
            self._problem(at, problem, bare=not isinstance(raw, Mapping))
        if quantity is None or not self._fits(at, quantity, target, path):
            return None
        amount = quantity.bounds[0] if quantity.form == "value" else quantity
        return Change(path, op, amount, quantity.sources, quantity.judgement)

    def _fits(self, at: tuple[str | int, ...], quantity: Quantity, target: Scalar, path: str) -> bool:
        """A path may replace or shift a path with the same years."""
        if quantity.path is None:
            return True
        years = {scalar.year for scalar in self.scalars.values() if scalar.base == path}
        if set(quantity.path) == years:
            return True
        shown = ", ".join(str(year) for year in sorted(year for year in years if year is not None)) or "none"
        self._add(
            at, f"the path has other years than the figure: {shown}", "Give the figure and the change the same years."
        )
        return False

    def _problem(self, at: tuple[str | int, ...], problem: Problem, *, bare: bool) -> None:
        remedy = problem.remedy
        if problem.message == "missing source":
            remedy = f"{WRITE_SOURCE[:-1]} in the change or in the policy."
        self._add(at if bare else (*at, *problem.at), problem.message, remedy)

    def _hint(self, path: str) -> str:
        near = did_you_mean(path, [*self.bases, *self.scalars])
        return near or "A path names a figure that scenario.toml gives; see docs/scenario.md."

    def _add(self, at: tuple[str | int, ...], message: str, remedy: str = "") -> None:
        wrong_key = message.startswith("unknown")
        line, column = self.positions.key(at) if wrong_key else self.positions.value(at)
        shown = ".".join(str(part) for part in at)
        self.findings.append(Finding("error", self.file, line, column, shown, message, remedy))


def _amount_kind(op: str, target: Scalar, *, knot: bool) -> Kind:
    """What an amount may be: `set` as the figure itself, `scale` a factor, `add` a difference in its unit."""
    yearly = target.year is not None and not knot
    if op == "set":
        return Kind(target.kind.unit, target.kind.low, target.kind.high, yearly=yearly)
    return Kind("1", 0.0, None, yearly=yearly) if op == "scale" else Kind(target.kind.unit, yearly=yearly)


def _origin(table: Mapping[str, Any]) -> tuple[tuple[str, ...], str | None]:
    source, judgement = table.get("source"), table.get("judgement")
    claims = [source] if isinstance(source, str) else source if isinstance(source, list) else []
    return tuple(str(c) for c in claims), judgement if isinstance(judgement, str) and judgement.strip() else None


def cut_warnings(loaded: Loaded) -> list[Finding]:
    """Changes that can lead out of the possible range, where values are cut at its end."""
    found = []
    positions = loaded.positions.get(POLICIES)
    for policy in loaded.policies.values():
        changes = _by_path(policy)
        for scalar in loaded.scalars.values():
            if not changes.keys() & {scalar.path, scalar.base}:
                continue
            low, high = _reach(scalar, changes)
            kind = scalar.kind
            below = kind.low is not None and low < kind.low - _ROUNDING
            if below or (kind.high is not None and high > kind.high + _ROUNDING):
                line, column = positions.key(("policies", policy.name)) if positions else (0, 0)
                reached = low if below else high
                message = f"{scalar.path} can reach {reached:g} (in {kind.unit}), outside its range; it is cut there"
                path, remedy = f"policies.{policy.name}", "Choose a smaller change."
                found.append(Finding("warning", POLICIES, line, column, path, message, remedy))
    return found


def _reach(scalar: Scalar, changes: Mapping[str, list[Change]]) -> tuple[float, float]:
    """Smallest and largest value after the changes, before any cut."""
    low, high = scalar.quantity.bounds
    for change in _mine(scalar, changes):
        amount = _amount(change, scalar)
        least, most = amount.bounds if isinstance(amount, Quantity) else (amount, amount)
        if change.op == "set":
            low, high = least, most
        elif change.op == "add":
            low, high = low + least, high + most
        else:
            ends = [end * factor for end in (low, high) for factor in (least, most)]
            low, high = min(ends), max(ends)
    return low, high
