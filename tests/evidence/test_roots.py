"""One institution is one root, however its name is written; two institutions stay two."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofront.evidence import Claim, Ledger
from twofront.evidence.ledger import read_ledger
from twofront.evidence.rating import propose
from twofront.evidence.roots import Roots, alike
from twofront.scenario import load_scenario

LONG, SHORT = "Center for European Policy Analysis (CEPA)", "CEPA (Center for European Policy Analysis)"


@pytest.mark.parametrize(
    "names",
    [
        (LONG, SHORT, "the CEPA", "CEPA", "Centre for European policy analysis"),
        ("Russian Ministry of Defence", "the Russian defence ministry", "Russia's Defense Ministry"),
        ("US Department of Commerce", "the U.S. Department of Commerce", "United States Department of Commerce"),
        ("Bundesnachrichtendienst (BND)", "der Bundesnachrichtendienst", "BND", "BND (Bundesnachrichtendienst)"),
        ("das russische Verteidigungsministerium", "Russisches Verteidigungsministerium"),
        ("Kiel Institut für Weltwirtschaft (IfW)", "IfW", "Kiel Institut für Weltwirtschaft"),
        ("RUSI (Yearbook)", "Yearbook (RUSI)"),
    ],
)
def test_one_institution_is_one_root(names: tuple[str, ...]) -> None:
    assert len(set(alike(names).values())) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SIPRI Military Expenditure Database 2025", "SIPRI Military Expenditure Database 2026"),
        ("Russian Ministry of Defence", "Ukrainian Ministry of Defence"),
        ("Ministry of Defence", "Russian Ministry of Defence"),
        ("Angela Merkel (CDU)", "Friedrich Merz (CDU)"),
        ("Washington Post", "American Post"),
        ("Moscow Times", "The Times"),
        ("IISS", "SIPRI"),
        ("the", "of"),
        ("Чехия", "Польша"),
        ("()", "(?)"),
    ],
)
def test_two_stay_two(one: str, other: str) -> None:
    keys = alike([one, other])
    assert keys[one] != keys[other]


def test_no_two_roots_of_the_bundled_ledger_fall_together() -> None:
    roots = {claim.root for claim in load_scenario().ledger.claims.values()}
    assert len(set(alike(roots).values())) == len(roots)


@given(st.lists(st.text(" aBC()éß.'&1", min_size=1, max_size=12), min_size=1, max_size=6, unique=True), st.randoms())
def test_the_order_does_not_matter(roots: list[str], random: object) -> None:
    shuffled = list(roots)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    here, there = alike(roots), alike(shuffled)
    assert all((here[a] == here[b]) == (there[a] == there[b]) for a, b in pairwise(roots))
    assert set(here) == set(roots)


TEXT = """
[[claims]]
id = "{0}"
text = "x"
text_de = "x"
speaker = "x"
outlet = "x"
chain = ["{1}"]
date = "2025"
rating = "{2}"
audit = "confirmed"
reference = "x"
seen = "primary"
corroborated_by = ["{3}"]
"""


def claims(one: str, other: str, rating: str = "A2") -> tuple[Ledger, list[str]]:
    ledger, findings = read_ledger(TEXT.format("a", one, rating, "b") + TEXT.format("b", other, "A2", "a"), "l.toml")
    return ledger, [str(finding) for finding in findings]


def test_an_institution_does_not_corroborate_itself() -> None:
    ledger, findings = claims(LONG, SHORT, "A1")
    assert len(findings) == 1
    assert "credibility 1 needs a claim with another root" in findings[0]
    assert ledger.roots(ledger.claims) == {Roots(ledger.claims).of(ledger.claims["a"])}
    ledger, _ = claims(LONG, SHORT)
    assert propose(ledger.claims["a"], ledger.claims).rating.credibility == 2
    ledger, findings = claims(LONG, "IISS", "A1")
    assert findings == []
    assert propose(ledger.claims["a"], ledger.claims).rating.credibility == 1


def test_a_repetition_does_not_corroborate_its_original() -> None:
    ledger, _ = claims("IISS", "Reuters")
    echo = Claim.model_validate(ledger.claims["b"].model_dump() | {"echo_of": "a"})
    both = {"a": ledger.claims["a"], "b": echo}
    assert propose(both["a"], both).rating.credibility == 2
    assert len(Ledger(both).roots(both)) == 1
