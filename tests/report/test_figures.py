"""Contract of every figure, the tree, the words and the first screen."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from twofront.report import first_screen
from twofront.report.figures import FIGURES, PALETTE, draw
from twofront.report.html import TEMPLATES
from twofront.report.reading import Reading
from twofront.report.tree import LEAVES, prune, tree_svg, tree_text
from twofront.report.words import catalogue, words
from twofront.store import Run, open_run


@pytest.fixture(scope="module")
def shown_run(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_run(sample.write_with_variants(tmp_path_factory.mktemp("run"), worlds=160))


@pytest.fixture(scope="module")
def plain_run(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_run(sample.write_sample(tmp_path_factory.mktemp("plain"), worlds=160))


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_draws_clean_svg(name: str, shown_run: Run) -> None:
    spec = FIGURES[name](Reading(shown_run, "de"), words("de"))
    assert spec is not None
    svg = draw(spec, "de", name)
    assert ET.fromstring(svg).tag.endswith("svg")
    assert "NaN" not in svg
    assert "var(--" in svg
    assert not [light for light, _ in PALETTE.values() if f'="{light}"' in svg]  # every colour follows the scheme


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_copes_without_partnership(name: str, sample: ModuleType, tmp_path: Path) -> None:
    run = open_run(sample.write_sample(tmp_path, worlds=130, partnership=False))
    spec = FIGURES[name](Reading(run), words("en"))
    assert spec is None or "NaN" not in draw(spec, "en")


def test_both_languages_say_everything_with_the_same_blanks() -> None:
    entries = tomllib.loads((TEMPLATES / "words.toml").read_text(encoding="utf-8"))
    for key, entry in entries.items():
        assert set(entry) == {"en", "de"}, key
        assert entry["en"].strip(), key
        assert entry["de"].strip(), key
        blanks = [{name for _, name, _, _ in Formatter().parse(entry[lang]) if name} for lang in ("en", "de")]
        assert blanks[0] == blanks[1], key
    assert set(catalogue()["en"]) == set(catalogue()["de"]) == set(entries)
    assert all(f"fig_{name}" in entries for name in FIGURES)


@pytest.mark.parametrize(
    ("lang", "value", "expected"),
    [
        ("en", 0.734, "73%"),
        ("de", 0.734, "73\u00a0%"),
        ("en", 0.0462, "4.6%"),
        ("de", 0.0462, "4,6\u00a0%"),
        ("en", 0.00312, "0.31%"),
        ("en", 0.0, "0%"),
        ("en", 0.00001, "<0.01%"),
        ("en", float("nan"), "–"),
    ],
)
def test_percent(lang: str, value: float, expected: str) -> None:
    assert words(lang).percent(value) == expected


def test_numbers_points_and_spans() -> None:
    assert words("en").number(1234567.8, 1) == "1,234,567.8"
    assert words("de").number(1234567.8, 1) == "1.234.567,8"
    assert words("de").points(-0.0123) == "−1,2"
    assert words("en").points(0.0123) == "+1.2"
    assert words("en").points(0.0) == "0"
    assert words("en").points(-0.0003) == "−0.030"
    assert words("de").span(0.05, 0.21) == "5,0–21\u00a0%"


@pytest.mark.parametrize("lang", ["en", "de"])
def test_first_screen_fits_a_terminal(lang: str, plain_run: Run) -> None:
    lines = first_screen(plain_run, lang, Path("runs/two-fronts/report.html"), 100).splitlines()
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 100
    text = "\n".join(lines)
    assert "\x1b" not in text  # no colour codes: it reads the same in a pipe
    heads = {
        "en": ("Not a forecast", "THE ARGUMENT", "POLICIES", "LEVEL", "WHAT MOVES IT MOST", "Report:"),
        "de": ("Keine Vorhersage", "DAS ARGUMENT", "MASSNAHMEN", "HÖHE", "WAS ES AM MEISTEN", "Bericht:"),
    }[lang]
    places = [text.index(head) for head in heads]
    assert places == sorted(places)


def test_first_screen_shows_no_control_characters(sample: ModuleType, tmp_path: Path) -> None:
    run = open_run(sample.write_sample(tmp_path, worlds=130, evil="\x1b[2J\u202e\n" + "x" * 300))
    lines = first_screen(run, "en", None, 100).split("\n")
    assert len(lines) <= 50
    assert all(c.isprintable() for line in lines for c in line)


def test_tree_keeps_probability(sample: ModuleType) -> None:
    root = prune(sample.sample_tree())

    def check(branch: object) -> int:
        children = branch.children  # type: ignore[attr-defined]
        if not children:
            return 1
        assert sum(c.probability for c in children) + branch.rest == pytest.approx(1.0)  # type: ignore[attr-defined]
        return sum(check(c) for c in children)

    assert check(root) <= LEAVES
    assert [c.node["move"] for c in root.children] == ["hold", "demonstrate", "blockade", "invasion"]


def test_tree_shows_no_chance_that_leads_nowhere(sample: ModuleType) -> None:
    """A type that nobody acts on after it is not drawn; one before a move is."""
    tree = sample.sample_tree()
    moves = [{"move": m, "probability": 0.5, "best": False, "value_mover": 0.0} for m in ("weak", "firm")]
    ends = [n for n in tree["nodes"] if not n.get("moves")]
    for node in ends[:2]:
        node |= {"stage": "will", "mover": "nature", "moves": moves}
        tree["nodes"] += [{"id": f"{node['id']}{m}", "parent": node["id"], "move": m} for m in ("weak", "firm")]
    act = [{"move": "go", "probability": 1.0, "best": True, "value_mover": 0.0}]
    last = {"id": "last", "parent": f"{ends[0]['id']}weak", "move": "go"}
    mover = next(n for n in tree["nodes"] if n["id"] == last["parent"])
    mover |= {"stage": "usa", "mover": "usa", "moves": act}
    tree["nodes"].append(last)
    text = tree_text(tree, leaves=1000)
    assert text.count("will (nature): weak") == text.count("will (nature): firm") == 1
    assert text.count("usa (usa): go") == 1


def test_tree_as_text_and_as_drawing(sample: ModuleType) -> None:
    text = tree_text(sample.sample_tree())
    assert "93.0%  strait (china): hold  +0.00 *" in text
    svg = tree_svg(sample.sample_tree(), words("en"), lambda stage, move: f"<{move}>", stages={}, slots={})
    assert ET.fromstring(svg) is not None
    assert "&lt;blockade&gt;" in svg


def test_importing_the_report_loads_no_plotting() -> None:
    code = "import twofront.report, sys; sys.exit('altair' in sys.modules or 'vl_convert' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
