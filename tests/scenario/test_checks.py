"""The registry of rules, the coverage, the JSON Schema, and the reference page."""

import tomllib
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from twofront.scenario import bundled, check, coverage, load_scenario
from twofront.scenario.checks import CHECKS, json_schema
from twofront.scenario.loader import BUNDLED

from .folder import SCENARIO, fig, write

bundle = cache(load_scenario)


@cache
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def test_coverage_counts_by_hand(tmp_path: Path) -> None:
    counted = coverage(load_scenario(write(tmp_path)))
    assert counted.rooms["practice"] == (5, 1, 1, 1, 4)  # five figures; exercises uncertain and sourced (B2)
    assert counted.rooms["members"] == (7, 0, 7, 7, 0)  # Poland has no target of its own
    assert counted.rooms["commitments"] == (2, 0, 0, 0, 2)
    assert counted.rows()[-1] == ("all", *counted.counts().values())
    assert list(counted.counts()) == ["quantities", "uncertain", "sourced", "rated_c3", "judgement"]


@pytest.mark.parametrize("rule", CHECKS)
def test_every_rule_says_what_it_does_and_accepts_the_bundled_scenarios(rule: str) -> None:
    assert CHECKS[rule].__doc__
    for name in bundled():
        assert CHECKS[rule](bundle(name)) == []


def test_warnings_do_not_stop(tmp_path: Path) -> None:
    result = check(write(tmp_path, scenario=(f"swing = {fig(0.3)}\n", "")))
    assert result.ok
    assert [f.severity for f in result.findings] == ["warning"]
    assert "postures without swing" in str(result.findings[0])


@pytest.mark.parametrize("outcome", ["two_fronts", "accepted", "opened.strait", "none"])
def test_a_claim_may_be_set_beside_an_outcome(outcome: str, tmp_path: Path) -> None:
    given = f'audit = "confirmed"\ncompare = "{outcome}"\n'
    assert check(write(tmp_path, ledger=('audit = "confirmed"\n', given))).ok


def test_an_outcome_that_the_scenario_has_not_is_named_with_its_place(tmp_path: Path) -> None:
    given = 'audit = "confirmed"\ncompare = "opened.strat"\n'
    result = check(write(tmp_path, ledger=('audit = "confirmed"\n', given)))
    (found,) = [f for f in result.findings if f.severity == "error"]
    assert (found.file, found.line, found.path) == ("ledger.toml", 13, "claims.drills.compare")
    assert '"opened.strat" is no outcome' in found.message
    assert "opened.strait" in found.remedy


@pytest.mark.parametrize("name", bundled())
def test_the_schema_accepts_the_bundled_scenarios(name: str) -> None:
    document = tomllib.loads((BUNDLED / name / "scenario.toml").read_text(encoding="utf-8"))
    validator().validate(document)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("end = 2030", 'end = "2030"'),
        ("leak = " + fig(0.1), "leak = 0.1"),
        ("leak = " + fig(0.1), 'leak = { value = 0.1, unit = "1" }'),
        ("leak = " + fig(0.1), 'leak = { value = 0.1, unit = "yr", judgement = "test" }'),
        ("leak = " + fig(0.1), 'leak = { valeu = 0.1, unit = "1", judgement = "test" }'),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(old: str, new: str) -> None:
    validator().validate(tomllib.loads(SCENARIO))
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(tomllib.loads(SCENARIO.replace(old, new, 1)))
