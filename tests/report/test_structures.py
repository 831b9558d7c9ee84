"""Other structures on screen and in the report: before any mean, and no headline on a sign that turns."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from twofront.report import first_screen, write_report
from twofront.store import Run, open_run


@pytest.fixture(scope="module")
def varied(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_run(sample.write_with_variants(tmp_path_factory.mktemp("run"), worlds=160))


@pytest.mark.parametrize(
    ("lang", "order"),
    [
        (
            "en",
            (
                "THE ARGUMENT",
                "STRUCTURE (how far each line moves: 3 structures, the same 160 worlds",
                "POLICIES",
                "LEVEL",
            ),
        ),
        ("de", ("DAS ARGUMENT", "STRUKTUR (wie weit jede Zeile wandert: 3 Strukturen", "MASSNAHMEN", "HÖHE")),
    ],
)
def test_the_block_stands_before_every_mean(varied: Run, lang: str, order: tuple[str, ...]) -> None:
    screen = first_screen(varied, lang, width=100)
    places = [" ".join(screen.split()).find(word) for word in order]
    assert -1 not in places
    assert places == sorted(places)
    assert len(screen.splitlines()) <= 62
    assert max(map(len, screen.splitlines())) <= 100
    assert ("no types" if lang == "en" else "keine Typen") in screen


def test_signs_that_turn_make_no_headline(varied: Run, tmp_path: Path) -> None:
    """In "types" every policy's effect is mirrored: each holds in 2 of 3 structures."""
    text = write_report(varied, tmp_path / "r.html", "en").read_text(encoding="utf-8")
    top = text.split('class="headlines"')[1].split("</ul>")[0]
    assert top.count("Depends on the structure") == 2
    assert top.count("Its sign does not hold with: no types.") == 2
    assert "percentage points on average" not in top
    assert "One structure was run" not in text
    assert "--structure --structure-worlds 160" in text
    assert text.index('id="fig-structure"') < text.index('id="fig-paired"')
