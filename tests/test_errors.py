"""How findings read, and that every error is a TwofrontError drawn in the tree."""

import twofront.errors as errors
from twofront.errors import Finding, ScenarioError, TwofrontError, did_you_mean


def test_a_finding_reads_as_one_sentence() -> None:
    finding = Finding("error", "scenario.toml", 3, 5, "powers.x.gdp", "missing unit", 'Write unit = "1".')
    assert str(finding) == 'scenario.toml:3:5: powers.x.gdp: missing unit. Write unit = "1".'
    assert str(Finding("error", "allies.csv", 0, 0, "", "no rows")) == "allies.csv: no rows."


def test_a_scenario_error_holds_all_findings() -> None:
    two = [Finding("error", "a", n, 1, "", "wrong") for n in (1, 2)]
    error = ScenarioError(two)
    assert error.findings == tuple(two)
    assert str(error) == "a:1:1: wrong.\na:2:1: wrong."


def test_every_error_stands_in_the_tree() -> None:
    found = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Exception)]
    assert all(issubclass(error, TwofrontError) for error in found)
    assert all(error.__name__ in (errors.__doc__ or "") for error in found)


def test_did_you_mean() -> None:
    assert did_you_mean("grwoth", ["growth", "gdp"]) == 'Did you mean "growth"?'
    assert did_you_mean("zzz", ["growth"]) == ""
