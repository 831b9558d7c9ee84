"""The ledger from the command line: links, gaps, weighing, and an article against a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from twofront import flow
from twofront.cli.commands import app
from twofront.errors import LedgerError, RunError, TwofrontError
from twofront.evidence import load_ledger
from twofront.scenario import load_scenario

ARTICLE = "Auria's economy grew by 3 percent in 2025, the Harbour Institute said.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of the smallest scenario, an article, and the claims of the article, rated."""
    place = tmp_path_factory.mktemp("ledger")
    flow.run("one-front", worlds=256, seed=1, out=place / "run")
    (place / "a.txt").write_text(ARTICLE, encoding="utf-8")
    return place


def call(*words: object) -> Result:
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_a_scenarios_name_stands_for_its_ledger(tmp_path: Path) -> None:
    shown = call("ledger", "show", "two-fronts", "hague-declaration-2025")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("hague-declaration-2025  A1")
    assert "no errors" in call("ledger", "check", "two-fronts").stdout
    with pytest.raises(LedgerError, match="two-frnts"):
        call("ledger", "check", tmp_path / "two-frnts")


def test_links_go_both_ways() -> None:
    shown = call("ledger", "links").output.splitlines()
    loaded = load_scenario()
    forward = dict(line.split(" <- ") for line in shown if " <- " in line)
    back = dict(line.split(" -> ") for line in shown if " -> " in line)
    assert set(forward) == set(loaded.scalars)
    assert set(back) == set(loaded.ledger.claims)
    assert forward["commitments.hague.core"] == "hague-declaration-2025"
    assert "commitments.hague.core" in back["hague-declaration-2025"].split(", ")
    for path, sources in forward.items():
        for name in sources.split(", ") if sources != "judgement" else []:
            assert path in back[name].split(", ")
    assert "no figure" in back.values()


def test_gaps_without_a_run_are_unordered_and_say_so() -> None:
    first, *rest = call("ledger", "gaps").output.splitlines()
    assert "--run RUN" in first
    paths = [line.split()[0] for line in rest]
    loaded = load_scenario()
    assert paths == [path for path in loaded.scalars if path in paths]
    assert any(line.endswith("one root: IMF WEO October 2025") for line in rest)
    weak = {gap.path: gap.why for gap in flow.gaps()}
    for path, why in weak.items():
        quantity = loaded.scalars[path].quantity
        assert quantity.uncertain
        if why == "judgement":
            assert not quantity.sources


def test_gaps_of_a_run_begin_with_the_strongest_driver(folder: Path) -> None:
    lines = call("ledger", "gaps", "--run", folder / "run").output.splitlines()
    measures = [float(line.split()[0]) for line in lines]
    assert measures == sorted(measures, reverse=True)
    assert measures[0] > 0.05
    with pytest.raises(TwofrontError, match="no such scenario"):
        call("ledger", "gaps", "nowhere")


def test_an_article_against_a_run_and_the_same_ledger_weighed(folder: Path) -> None:
    """Unrated it moves nothing and says so; rated by a person it moves, and `ledger weigh` gives the same answer."""
    ledger, run = folder / "l.toml", folder / "run"
    words = ["read", folder / "a.txt", "--date", "2025-12", "--run", run, "--into", ledger]
    shown = call(*words).output
    assert "Nothing here moves the run" in shown
    name = load_ledger(ledger).observes[0].claim
    assert f"{name} on powers.auria.growth: cannot be judged (C6, proposed by rule)" in shown
    assert "ledger rate" in shown
    assert load_ledger(ledger).observes[0].path == "powers.auria.growth"
    call("ledger", "rate", ledger, name, "B2", "--why", "read in the original")
    again = call(*words, "--html", folder / "p.html", "--page-lang", "de").output
    assert "verwendet" in again
    assert f"{name} zu powers.auria.growth: 3, Fehler 1,6" in again
    page = (folder / "p.html").read_text(encoding="utf-8")
    assert "Was ändert sich dadurch?" in page
    assert '<html lang="de">' in page
    assert len(load_ledger(ledger).observes) == 1  # nothing is written twice
    weighed = json.loads(call("ledger", "weigh", ledger, "--run", run, "--no-hindcast", "--json").output)
    assert [used["claim"] for used in weighed["used"]] == [name]
    assert weighed["effective_half"] < weighed["effective"] < weighed["effective_twice"] <= 256
    assert weighed["moved"][0]["claim"] == name
    shown = call("ledger", "weigh", ledger, "--run", run, "--no-hindcast", "--html", folder / "w.html").output
    assert f"{weighed['effective']:.0f} effective" in shown
    assert "What does it change?" in (folder / "w.html").read_text(encoding="utf-8")


def test_errors_of_weighing(folder: Path, tmp_path: Path) -> None:
    sure = (
        '[[claims]]\nid = "a"\ntext = "x"\ntext_de = "x"\nspeaker = "x"\noutlet = "x"\nchain = ["x"]\ndate = "2025"\n'
        'rating = { source = "A", credibility = 2 }\naudit = "confirmed"\nreference = "x"\nseen = "primary"\n'
        '[[observes]]\nclaim = "a"\npath = "powers.auria.growth"\nvalue = 1.01\nsd = 0.001\n'
    )
    table = '[errors]\njudgement = "x"\nsource = { A = 1 }\ncredibility = { 2 = 1 }\n'
    for text, kind, message in (
        (sure + table, RunError, r"effective worlds of 256.*twofront assess one-front --worlds \d+ --seed 1"),
        (sure, TwofrontError, r"\[errors\] to either ledger"),
        (sure.replace("auria", "aurai") + table, RunError, "Did you mean"),
        (sure.replace("sd = 0.001", "sd = 0") + table, LedgerError, "l.toml:17:1"),
    ):
        (tmp_path / "l.toml").write_text(text, encoding="utf-8")
        with pytest.raises(kind, match=message):
            call("ledger", "weigh", tmp_path / "l.toml", "--run", folder / "run", "--no-hindcast")
    kept = (tmp_path / "l.toml").read_bytes()
    with pytest.raises(TwofrontError, match="is the ledger itself"):
        call("ledger", "weigh", tmp_path / "l.toml", "--run", folder / "run", "--html", tmp_path / "l.toml")
    assert (tmp_path / "l.toml").read_bytes() == kept
    with pytest.raises(TwofrontError, match='no language "fr"'):
        call("ledger", "weigh", tmp_path / "l.toml", "--run", folder / "run", "--lang", "fr")


def test_the_quiet_years_are_solved_once_and_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A probability for each world, of ten years without a front; the second call reads the file."""
    from twofront.ensemble import hindcast
    from twofront.store import open_run

    run = open_run(folder / "run")
    quiet = flow.quiet_years(run)
    assert quiet.shape == (256,)
    assert ((quiet > 0) & (quiet <= 1)).all()
    opened = run.table("worlds", ["opened.strait"], "baseline").column(0).to_numpy()
    assert quiet.std() > 0
    assert (1 - quiet).mean() < 10 * opened.mean() + 0.1  # of the order of the six years that were played
    monkeypatch.setattr(hindcast, "quiet", lambda *_, **__: pytest.fail("solved again"))
    assert (flow.quiet_years(run) == quiet).all()
    found = flow.weigh(run)
    assert found.moved[0].claim == "hindcast 2015-2024"
    assert found.lines[0].after < found.lines[0].before  # the quiet speaks against worlds that open fronts
    (folder / "empty.toml").write_text("# no claims\n", encoding="utf-8")
    shown = call("ledger", "weigh", folder / "empty.toml", "--run", folder / "run", "--lang", "de").output
    assert "die Ruhe von 2015 bis 2024" in shown
