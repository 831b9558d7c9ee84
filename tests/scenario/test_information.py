"""Private types and structural variants: what is refused, and the terms that a type may scale."""

from pathlib import Path
from typing import get_args

import pytest
from tests.scenario.folder import errors, write

from twofront.game.payoffs import TERMS
from twofront.scenario.schema import Term

HALF = '{ value = 0.5, unit = "1", judgement = "test" }'
CASES = "".join(f"cases.{name} = {{ factor = {HALF}, prior = {HALF} }}\n" for name in ("one", "two"))


def private(power: str, term: str, cases: str = CASES) -> str:
    """A private type as an analyst writes it."""
    return f'\n[types.will]\nname = "Will"\npower = "{power}"\nscales = "{term}"\n{cases}'


def test_a_type_may_scale_every_term_of_the_registry() -> None:
    assert get_args(Term) == TERMS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (private("lead", "stake"), "lead moves in 2 stages; a type is known to one stage alone"),
        (private("nobody", "stake"), 'no power "nobody"'),
        (private("part", "refusal", CASES.split("cases.two")[0]), "a type with one case hides nothing"),
        ('\n[structure.same]\nname = "Same"\n', "this variant is the scenario itself"),
        ('\n[structure.best]\nname = "Best"\nconcept = "best"\n', 'concept "best" needs every stage'),
        ('\n[structure.late]\nname = "Late"\norder = ["strait", "flank", "call", "guard"]\n', "comes before the call"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    folder = write(tmp_path)
    with (folder / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    found = [str(finding) for finding in errors(folder)]
    assert any(message in finding for finding in found), found
