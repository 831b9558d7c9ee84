"""Policies: changes by path, the world's draw kept, and every wrong change by its place."""

# ruff: noqa: E501 - each case of a table stands in one line

from pathlib import Path

import numpy as np
import pytest

from twofront.scenario import Loaded, check, load_scenario
from twofront.scenario.policies import values

from .folder import POLICIES, errors, place, write

KEPT = 'changes = [{ path = "commitments.pledge.compliance", set = 1.0 }]'


def drawn(loaded: Loaded, policy: str, u: float = 0.25) -> dict[str, float]:
    numbers = np.full((len(loaded.scalars), 3), u)
    rows = values(loaded, loaded.policies[policy], numbers)
    return {path: float(rows[row, 0]) for row, path in enumerate(loaded.scalars)}


def test_names_and_roles(tmp_path: Path) -> None:
    policies = load_scenario(write(tmp_path)).policies
    assert list(policies) == ["baseline", "kept", "early", "verdict-integration", "verdict-obligation", "verdict-both"]
    assert [p.role for p in policies.values()] == ["policy"] * 3 + ["condition"] * 3
    assert policies["baseline"].changes == ()


def test_a_policy_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    loaded = load_scenario(write(tmp_path))
    before, kept = drawn(loaded, "baseline"), drawn(loaded, "kept")
    assert kept.pop("commitments.pledge.compliance") == 1.0
    assert before.pop("commitments.pledge.compliance") == 0.8
    assert kept == before


def test_scale_addresses_every_knot_and_keeps_the_draw(tmp_path: Path) -> None:
    early = drawn(load_scenario(write(tmp_path)), "early")
    assert early["practice.exercises.2025"] == 4.0
    assert early["practice.exercises.2030"] == pytest.approx(0.5 * (6 + 0.25 * 6))
    assert early["commitments.pledge.compliance"] == 1.0  # from the policy that it extends


def test_set_replaces_the_distribution_at_the_same_number(tmp_path: Path) -> None:
    both = drawn(load_scenario(write(tmp_path)), "verdict-both")
    assert both["practice.level"] == pytest.approx(0.7 + 0.25 * 0.2)
    assert both["partnership.secrecy"] == pytest.approx(0.3)


def test_one_knot_and_one_member(tmp_path: Path) -> None:
    changes = 'changes = [{ path = "practice.exercises.2025", add = 1 }, { path = "powers.union.members.POL.gdp", set = 1.0 }]'
    found = drawn(load_scenario(write(tmp_path, policies=(KEPT, changes))), "kept")
    assert found["practice.exercises.2025"] == 9.0
    assert found["practice.exercises.2030"] == pytest.approx(7.5)
    assert found["powers.union.members.POL.gdp"] == 1.0


def test_what_every_ally_draws_is_one_path_for_a_policy_and_one_for_each_ally(tmp_path: Path) -> None:
    own = 'own = { mean = 0.0, sd = 2.0, unit = "1", judgement = "test" }'
    changes = (
        'changes = [{ path = "commitments.pledge.own", set = 0.5 }, { path = "commitments.pledge.own.ESP", add = 0.2 }]'
    )
    given = ("by = 2035", f"by = 2035\n{own}")
    loaded = load_scenario(write(tmp_path, scenario=given, policies=(KEPT, changes)))
    before, after = drawn(loaded, "baseline"), drawn(loaded, "kept")
    assert "commitments.pledge.own" not in before
    assert before["commitments.pledge.own.POL"] == pytest.approx(-1.3295, abs=1e-3)  # cut at ±5
    assert (after["commitments.pledge.own.POL"], after["commitments.pledge.own.ESP"]) == (0.5, 0.7)


def test_who_spends_nothing_draws_nothing(tmp_path: Path) -> None:
    revision = 'revision = { mean = 0.0, sd = 0.1, unit = "1", judgement = "test" }'
    folder = write(tmp_path, scenario=('members = "allies.csv"', f'members = "allies.csv"\n{revision}'))
    table = (folder / "allies.csv").read_text(encoding="utf-8") + "Iceland,Island,ISL,33,2.4,0,,,,,drills\n"
    (folder / "allies.csv").write_text(table, encoding="utf-8", newline="\n")
    found = [path for path in load_scenario(folder).scalars if ".revision" in path]
    assert found == ["powers.union.revision.POL", "powers.union.revision.ESP"]


def test_a_path_replaces_a_path_with_the_same_years(tmp_path: Path) -> None:
    changes = 'changes = [{ path = "practice.exercises", set = { path = { 2025 = 1, 2030 = 2 } } }]'
    found = drawn(load_scenario(write(tmp_path, policies=(KEPT, changes))), "kept")
    assert (found["practice.exercises.2025"], found["practice.exercises.2030"]) == (1.0, 2.0)


def test_a_set_number_keeps_the_unit_as_a_kind(tmp_path: Path) -> None:
    changes = 'changes = [{ path = "powers.lead.growth", set = { value = 0.05, unit = "1/yr" } }]'
    assert drawn(load_scenario(write(tmp_path, policies=(KEPT, changes))), "kept")["powers.lead.growth"] == 5.0


def test_values_are_cut_to_the_range_and_check_says_so(tmp_path: Path) -> None:
    folder = write(tmp_path, policies=("add = 0.2", "add = 0.95"))
    loaded = load_scenario(folder)
    assert drawn(loaded, "verdict-obligation")["partnership.secrecy"] == 1.0
    (first, *_) = check(folder).findings
    assert first.severity == "warning"
    assert (
        "partnership.secrecy can reach 1.05 (in 1), outside its range; it is cut there. Choose a smaller change."
        in str(first)
    )


def test_the_rows_must_fit(tmp_path: Path) -> None:
    loaded = load_scenario(write(tmp_path))
    with pytest.raises(ValueError, match="give one row for each"):
        values(loaded, loaded.policies["kept"], np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("old", "new", "word", "message"),
    [
        ("practice.level", "practice.levle", '"practice.levle"', 'no figure "practice.levle" in the scenario. Did you mean "practice.level"?'),
        ("practice.level", "end", '"end"', 'no figure "end" in the scenario. A path names a figure that scenario.toml gives'),
        ('extends = "kept"', 'extends = "early"', '"early"', "policies extend each other in a circle: early → early. Remove one extends."),
        ('title = "Kept"', 'extends = "early"', '"early"', "policies extend each other in a circle: kept → early → kept."),
        ('extends = "kept"', 'extends = "kep"', '"kep"', 'no policy "kep". Did you mean "kept"?'),
        ("set = 1.0 }", "set = 1.0, scale = 2 }", None, "a change needs one of set, scale, add; this has 2. Keep one of them."),
        ("set = 1.0 }", "sett = 1.0 }", "sett", 'unknown key "sett". Did you mean "set"?'),
        ("set = 1.0 }", "set = 9.0 }", "9.0", "9 is above 1.5, the most that is possible here"),
        ("set = 1.0 }", "scale = -1 }", "-1", "-1 is below 0, the least that is possible here"),
        ('judgement = "test"\nchanges', "changes", "1.0", 'missing source. Write source = "claim-id" or judgement = "why" in the change or in the policy.'),
        ('judgement = "test"\nchanges', 'source = "drils"\nchanges', None, 'commitments.pledge.compliance: no claim "drils" in the ledger. Did you mean "drills"?'),
        ('between = [0.7, 0.9], unit = "1"', 'between = [0.7, 0.9], unit = "yr"', '"yr"', '"yr" cannot be read as "1"'),
        ("scale = 0.5", "set = { path = { 2025 = 1 } }", "{ path = { 2025", "the path has other years than the figure: 2025, 2030."),
        ('title = "Kept"', 'titel = "Kept"', "titel", 'unknown key "titel". Did you mean "title"?'),
        ('title = "Kept"', 'role = "polcy"', '"polcy"', '"polcy" is no role. Did you mean "policy"?'),
        ("[policies.kept]", "[policies.baseline]", "policies.baseline", '"baseline" cannot name a policy'),
        ("[verdict]", "[verdikt]", "verdikt", 'unknown table "verdikt". Did you mean "verdict"?'),
        ("integration =", "integraton =", "integraton", 'unknown key "integraton". Did you mean "integration"?'),
    ],
)  # fmt: skip
def test_a_wrong_policy(tmp_path: Path, old: str, new: str, word: str | None, message: str) -> None:
    folder = write(tmp_path, policies=(old, new))
    found = [str(finding) for finding in errors(folder) if message in str(finding)]
    assert found, [str(finding) for finding in errors(folder)]
    if word is not None:
        assert found[0].startswith(place("policies.toml", POLICIES.replace(old, new, 1), word)), found
