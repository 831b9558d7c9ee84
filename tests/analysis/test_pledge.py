"""Where allies stand, what is missing, and the odds: against figures and arithmetic from outside the code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpers_run import make_run

from twofront import reference
from twofront.analysis import buys, pledge
from twofront.analysis.persistence import futures, odds, paces
from twofront.analysis.pledge import AllyPledge, PledgeReport
from twofront.errors import DataError, RunError
from twofront.report.pledge_words import plan as plan_text
from twofront.report.pledge_words import pledge_words
from twofront.scenario import load_scenario


@pytest.fixture(scope="module", autouse=True)
def no_editions(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWOFRONT_DATA", str(tmp_path_factory.mktemp("editions")))
        yield


@pytest.fixture(scope="module")
def report() -> PledgeReport:
    return pledge()


def ally(report: PledgeReport, code: str) -> AllyPledge:
    return next(row for row in report.allies if row.code == code)


def test_thirty_one_allies_and_the_newest_edition(report: PledgeReport) -> None:
    assert len(report.allies) == 31
    norway, poland = (ally(report, code).stands for code in ("NOR", "POL"))
    assert norway is not None
    assert poland is not None
    assert (norway.value, norway.source) == (3.2, "nato-annual-2025")  # of March 2026, not 3.35 of August 2025
    assert (poland.value, poland.source) == (4.25, "nato-2026-07-core")  # of July 2026, core defence
    hungary = ally(report, "HUN")
    assert hungary.definition == "SIPRI"


def test_the_scenarios_allies_stand_where_the_report_says(report: PledgeReport) -> None:
    """One rule for both: NATO's newest figure, else SIPRI's."""
    members = {m.code: m.share for m in load_scenario("two-fronts").members["europe"]}
    assert members == {row.code: row.stands.value for row in report.allies if row.stands}


def test_the_alliances_share_agrees_with_natos_own(report: PledgeReport) -> None:
    """NATO states 2.76 % of GDP for all allies in 2025; with the United States at its published 3.2 %."""
    stated = reference.quoted()["nato-total-share"].value
    spent = gdp = 0.0
    for code in reference.group("nato"):
        nominal = reference.economies()[code, 2025].nominal
        share = 3.2 if code == "USA" else ally(report, code).stands.value  # type: ignore[union-attr]
        spent += share / 100 * nominal
        gdp += nominal
    assert 100 * spent / gdp == pytest.approx(stated, abs=0.06)


def test_the_groups_share_agrees_with_natos_own(report: PledgeReport) -> None:
    """NATO stated 2.27 % for Europe and Canada in August 2025, when Germany stood at 2.0 %: a fifth less than later."""
    stated = reference.quoted()["nato-europe-canada-share"].value
    assert report.group.stands is not None
    assert report.group.stands.value == pytest.approx(stated, abs=0.05)


def test_natos_dollars_are_shown_beside_ours(report: PledgeReport) -> None:
    assert report.publisher_total is not None
    said, ours = report.publisher_total
    assert said == 608
    assert ours == pytest.approx(said, rel=0.10)  # exchange rates of spring against the year's mean; see the report


def test_germany_by_hand(report: PledgeReport) -> None:
    """2.22 % today, 3.5 % in 2029 by its plan and in 2035 by the pledge; GDP 4,660 bn USD in 2024, 0.2 % growth."""
    row = ally(report, "DEU")
    assert row.missing is not None
    assert row.missing.usd == pytest.approx(0.0128 * 4685 * 1.002, rel=0.01)
    assert row.missing.own == pytest.approx(row.missing.usd * 4329 / 4685.6, rel=0.002)
    assert row.step == pytest.approx(1.28 / 10)
    assert row.planned is not None
    assert row.planned[2029] == 3.5
    assert row.planned[2027] == pytest.approx((2.22 + 3.5) / 2)
    assert row.planned[2035] == 3.5
    assert row.total is not None
    assert row.total.usd == 0  # the plan runs above equal steps in every year


def test_without_a_plan_the_total_is_the_held_share_against_equal_steps(report: PledgeReport) -> None:
    row = ally(report, "FRA")
    assert row.planned is None
    assert row.total is not None
    by_hand = sum(1.4 * k / 10 / 100 * row.gdp[2025 + k] for k in range(1, 11))
    assert row.total.usd == pytest.approx(by_hand, rel=1e-6)


def test_spain_has_its_own_target_and_iceland_none(report: PledgeReport) -> None:
    assert ally(report, "ESP").target == 2.1
    iceland = ally(report, "ISL")
    assert iceland.missing is None
    assert iceland.odds is None
    assert iceland.status == "no forces"


def test_the_group_is_the_sum_of_its_members(report: PledgeReport) -> None:
    group = report.group
    assert group.missing is not None
    assert group.total is not None
    assert group.missing.usd == pytest.approx(sum(r.missing.usd for r in report.allies if r.missing))
    assert group.gdp[2030] == pytest.approx(sum(r.gdp[2030] for r in report.allies))
    # A gap of 365 bn was published for SIPRI's 2.23 % against 3.5 % for all; Spain and those above 3.5 % need none.
    assert 260 < group.missing.usd < 365


def test_equipment_and_personnel_carry_their_year(report: PledgeReport) -> None:
    germany = ally(report, "DEU")
    assert germany.personnel is not None
    assert (germany.personnel.value, germany.personnel.year, germany.rank) == (186, 2025, (5, 15))
    assert germany.equipment is not None
    assert (germany.equipment.year, germany.equipment.value) == (2019, 16.4)
    finland = ally(report, "FIN").equipment
    assert finland is not None
    assert (finland.year, finland.value) == (2026, 36.7)
    assert ally(report, "MKD").equipment is None  # no table that was seen has it: no figure, not zero


def test_one_ally_by_name_or_code_and_errors() -> None:
    assert [row.code for row in pledge(ally="Deutschland").allies] == ["DEU"]
    assert [row.code for row in pledge(ally="pol, Frankreich,POL").allies] == ["POL", "FRA"]
    with pytest.raises(DataError, match='Did you mean "germany"'):
        pledge(ally="Germny")
    with pytest.raises(DataError, match="pledge runs from 2025"):
        pledge(year=2024)
    with pytest.raises(DataError, match="no published shares of 2027"):
        pledge(year=2027)


def test_an_added_nato_edition_moves_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.test_readers import nato_book

    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path / "own"))
    reference.add_edition(nato_book(tmp_path / "n.xlsx", allies=31))
    found = pledge()
    first = found.allies[0].stands
    assert first is not None
    assert (first.source, first.status) == ("NATO 2025", "estimate")
    assert first.value == pytest.approx(6.1)  # of the made workbook
    high = found.allies[-1]  # far above its target: nothing is missing, whatever its plan says
    assert high.stands is not None
    assert high.target is not None
    assert high.stands.value > high.target
    assert high.total is not None
    assert high.total.usd == 0
    assert high.required(2029) == high.target
    assert found.publisher_total is not None
    assert found.publisher_total[0] == pytest.approx(sum(k + 6e-3 for k in range(1, 32)))


def test_a_plan_whose_last_year_has_passed_is_no_plan_for_the_years_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Denmark's names 2026 only: asked for 2026 with a file of that year, its share is held."""
    from tests.test_readers import nato_book

    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path / "own"))
    reference.add_edition(nato_book(tmp_path / "n.xlsx", allies=31, last=2026))
    denmark, finland = (pledge(year=2026, ally=code).allies[0] for code in ("DNK", "FIN"))
    assert denmark.planned is None
    assert denmark.status == "plan"
    assert plan_text(denmark, pledge_words("en"), 2035) == "its plan ended in 2026"
    assert finland.planned is not None
    assert finland.planned[2029] == 3.0


# -- persistence ------------------------------------------------------------------------------------------------------


def test_paces_by_hand() -> None:
    values, mass = paces({2014: 1.0, 2019: 2.0, 2022: 2.3, 2023: 2.5, 2024: 2.9, 2025: 3.0}, 2014)
    assert values == pytest.approx([0.2, 0.1, 0.7 / 3, 0.25, 0.1])
    assert mass == pytest.approx([5, 3, 3, 2, 1])
    assert paces({2014: 1.0, 2019: 2.0}, 2019)[0].size == 0


def test_a_past_of_one_pace_goes_on_up_or_down() -> None:
    past = {code: {year: 1 + 0.1 * (year - 2000) for year in range(2000, 2026)} for code in "ABC"}
    drawn = futures(past, {"A": 2.0}, [5, 10], starts=(2004,))["A"]
    for column, rise in ((0, 0.5), (1, 1.0)):  # a pace of 0.1 a year, and one year's pace beside the path
        assert set(np.round(np.abs(drawn[..., column] - 2), 6).ravel()) == {rise - 0.1, rise + 0.1}
    assert odds(drawn[..., 1], 2.9).central == pytest.approx(0.5, abs=0.03)
    assert odds(drawn[..., 1], 3.0).central == pytest.approx(0.25, abs=0.03)
    assert odds(drawn[..., 1], 3.2).high == 0


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 4.0), st.floats(0.0, 5.0), st.floats(0.0, 2.0))
def test_odds_fall_with_the_target_and_rise_with_the_share(share: float, target: float, more: float) -> None:
    past = {
        c: {y: 1.5 + 0.3 * np.sin(k + y) + 0.02 * (y - 2000) for y in range(2000, 2026)} for k, c in enumerate("ABCD")
    }
    drawn = futures(past, {"A": share, "B": share + 0.2}, [8], replicates=6, draws=40)
    now = odds(drawn["A"][..., 0], target)
    assert 0 <= now.low <= now.central <= now.high <= 1
    assert odds(drawn["A"][..., 0], target + more).central <= now.central


def test_the_same_seed_gives_the_same_odds(report: PledgeReport) -> None:
    assert pledge(ally="DEU").allies[0].odds == ally(report, "DEU").odds


# -- what it buys -----------------------------------------------------------------------------------------------------


def test_buys_is_read_from_a_run(tmp_path: Path) -> None:
    """The made run: acceptance 0.2 + 0.4 u; kept takes 0.1, held adds 0.05, the ladder takes its bn over 1000."""
    policies = ("baseline", "pledge-kept", "pledge-stalled", "plus-100", "plus-200")
    base = 0.2 + 0.4 * (np.arange(64) + 0.5) / 64
    changed = {"pledge-kept": {"accepted": base - 0.1}, "pledge-stalled": {"accepted": base + 0.05}}
    found = buys(make_run(tmp_path, 64, policies, changed=changed))
    assert found.accepted.mean == pytest.approx(-0.15, abs=1e-6)
    assert found.held.mean == pytest.approx(0.45, abs=1e-6)
    assert found.of(150) == pytest.approx(-0.15, abs=1e-6)
    assert found.of(250) is None
    assert found.safe == (0.0, 0.0)  # acceptance starts at 0.1 when kept, above the risk of 5 %
    assert found.gap is not None
    assert found.gap.risk == 0.05


def test_a_run_without_the_policies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no pledge-kept and pledge-stalled"):
        buys(make_run(tmp_path, 16, ("baseline",)))
