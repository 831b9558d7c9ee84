"""The verdict: the table of conditions, and the rule that turns it into words."""

from pathlib import Path

import numpy as np
import pytest
from tests.helpers_run import make_run, outcomes

from twofront.analysis import verdict
from twofront.analysis.verdict import judge


def test_cells_by_hand(tmp_path: Path) -> None:
    found = verdict(make_run(tmp_path, worlds=256))
    assert found is not None
    cells = {(c.integration, c.obligation): c for c in found.cells}
    # accepted = 0.2 + 0.4 u + 0.2 (integration), 0.3 (obligation), 0.5 (both)
    medians = {key: cell.accepted.median for key, cell in cells.items()}
    assert medians == {
        ("today", "off"): pytest.approx(0.4, abs=1e-6),
        ("operational", "off"): pytest.approx(0.6, abs=1e-6),
        ("today", "on"): pytest.approx(0.7, abs=1e-6),
        ("operational", "on"): pytest.approx(0.9, abs=1e-6),
    }
    assert cells["today", "on"].unasked.median == pytest.approx(0.05, abs=1e-6)
    assert [(j.statement, j.code, j.share) for j in found.judged] == [
        ("option", "supported", 1.0),
        ("integration", "supported", 1.0),
        ("obligation", "supported", 1.0),
        ("both", "supported", 1.0),
    ]
    assert found.judged[3].size.median == pytest.approx(0.5, abs=1e-6)


def test_a_condition_that_changes_nothing_contradicts(tmp_path: Path) -> None:
    same = {"verdict-integration": {"accepted": outcomes(64, "baseline")["accepted"] + 0.01}}
    found = verdict(make_run(tmp_path, worlds=64, changed=same))
    assert found is not None
    assert {j.statement: j.code for j in found.judged}["integration"] == "contradicted"


@pytest.mark.parametrize(
    ("material", "code"),
    [(100, "supported"), (80, "supported"), (79, "depends"), (21, "depends"), (20, "contradicted")],
)
def test_the_rule_at_its_edges(material: int, code: str) -> None:
    # `material` of 100 worlds change by ten points, the others by one; a world without a value does not count.
    size = np.array([0.1] * material + [0.01] * (100 - material) + [np.nan])
    judged = judge("integration", size)
    assert judged.code == code
    assert judged.share == pytest.approx(material / 100)
    assert judged.size.worlds == 100


def test_never_defined_depends() -> None:
    assert judge("both", np.array([np.nan])).code == "depends"


def test_without_conditions_or_partnership_there_is_no_verdict(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=8, policies=("baseline", "verdict-both"))
    assert verdict(run) is None
    labels = {**make_run(tmp_path, worlds=8).manifest["labels"], "partnership": None}
    assert verdict(make_run(tmp_path, worlds=8, labels=labels)) is None
