"""Each command as a user runs it: what it prints, where, its exit code, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import twofront
from twofront.scenario import load_scenario

Done = subprocess.CompletedProcess[str]


def call(*arguments: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> Done:
    """Runs `python -m twofront …` in a folder of its own; no call may end in a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "twofront", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"} | (environment or {}),
        timeout=900,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all commands of this file."""
    return tmp_path_factory.mktemp("user")


@pytest.fixture(scope="session")
def one(home: Path) -> Done:
    return call("assess", "one-front", "--worlds", "64", cwd=home)


@pytest.fixture(scope="session")
def two(home: Path) -> Done:
    return call("assess", "--worlds", "64", "--policies", "pledge-kept", "--out", "two", cwd=home)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A scenario with two mistakes: an unknown unit, and a key that nobody knows."""
    folder = tmp_path / "bad"
    assert call("new", "bad", cwd=tmp_path).returncode == 0
    file = folder / "scenario.toml"
    text = file.read_text(encoding="utf-8")
    broken = re.sub(r'(?m)^(growth = .*)unit = "%/yr"', r'\1unit = "%/yer"', text, count=1)
    broken = broken.replace('challenger = "auria"', 'chalenger = "auria"')
    assert broken.count("chalenger") == broken.count("%/yer") == 1
    file.write_text(broken, encoding="utf-8")
    return folder


def test_assess_one_front(one: Done, home: Path) -> None:
    assert one.returncode == 0, one.stderr
    lines = one.stdout.splitlines()
    assert lines[0] == "One front: Auria and Belmar · 2025 to 2030 · 64 worlds · seed 0"
    assert lines[1] == "Conditional on this scenario. Not a forecast."
    assert one.stderr == "", "no progress bar and no warning in a pipe"
    assert (home / "runs/one-front-seed0/report.html").is_file()


def test_assess_two_fronts_keeps_the_order_of_the_screen(two: Done, home: Path) -> None:
    assert two.returncode == 0, two.stderr
    order = (
        "Not a forecast",
        "THE ARGUMENT",
        "If China attacks",
        "POLICIES",
        "Pledge kept",
        "LEVEL",
        "two/report.html",
    )
    places = [two.stdout.replace("\\", "/").find(word) for word in order]
    assert -1 not in places
    assert places == sorted(places)
    assert len(two.stdout.splitlines()) <= 50
    assert max(map(len, two.stdout.splitlines())) <= 100


def test_assess_two_fronts_leaves_a_sound_run(two: Done, home: Path) -> None:
    run = twofront.open_run(home / "two")
    assert run.verify() == len(run.manifest["files"])
    policies = load_scenario("two-fronts").policies.values()
    conditions = [p.name for p in policies if p.role == "condition"]
    assert run.policies == [p.name for p in policies if p.name in ("baseline", "pledge-kept", *conditions)]
    frame = run.to_pandas("worlds")
    chances = frame[[name for name in frame if run.columns["worlds"].get(name, {}).get("unit") == "1"]]
    chances = chances.drop(columns=["world", "coordinated"])  # what a call adds may be negative
    assert len(chances.columns) >= 10
    for name, values in chances.items():
        assert values.dropna().between(-1e-4, 1 + 1e-4).all(), name
    parts = frame["coordinated"] + frame["opportunistic"] + frame["coincident"]
    assert (parts - frame["two_fronts"]).abs().max() < 1e-4


def test_run_leaves_a_folder_without_report(one: Done, home: Path) -> None:
    done = call("run", "one-front", "--worlds", "50", "--policies", "rearm", "--seed", "7", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "64 worlds" in done.stdout
    assert "twofront report" in done.stdout
    folder = home / "runs" / "one-front-seed7"
    assert twofront.open_run(folder).policies == ["baseline", "rearm"]
    assert not (folder / "report.html").exists()


@pytest.mark.parametrize(("form", "made"), [("--csv", "out/worlds.csv"), ("--xlsx", "out"), ("--ema", "out")])
def test_export(form: str, made: str, one: Done, home: Path, tmp_path: Path) -> None:
    done = call("export", home / "runs/one-front-seed0", form, "--out", tmp_path / "out", cwd=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(str(tmp_path / "out"))
    assert (tmp_path / made).stat().st_size > 0


@pytest.mark.parametrize("forms", [[], ["--csv", "--xlsx"]])
def test_export_asks_for_one_form(forms: list[str], one: Done, home: Path) -> None:
    done = call("export", "runs/one-front-seed0", *forms, cwd=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "one of --csv, --xlsx, --parquet, --ema" in done.stderr


def test_a_run_tells_its_draws_and_their_error(one: Done, home: Path) -> None:
    manifest = json.loads((home / "runs/one-front-seed0/manifest.json").read_text(encoding="utf-8"))
    assert manifest["draws"] == {"kind": "sobol", "replicates": 16}
    assert re.search(r"An open front by 2030 +\S+% ±[\d.]+ ", one.stdout), one.stdout


def test_report_in_german(two: Done, home: Path) -> None:
    done = call("report", "two", "--lang", "de", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "Keine Vorhersage" in done.stdout
    page = (home / "two" / "bericht.html").read_text(encoding="utf-8")
    assert '<html lang="de"' in page
    assert "Keine Vorhersage" in page
    twofront.open_run(home / "two").verify()


def test_report_into_a_file(one: Done, home: Path, tmp_path: Path) -> None:
    done = call("report", "runs/one-front-seed0", "--out", tmp_path / "new" / "page.html", cwd=home)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "page.html").is_file()


@pytest.mark.parametrize("name", ["one-front", "two-fronts"])
def test_check_prints_the_coverage(name: str, tmp_path: Path) -> None:
    done = call("check", name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    header = next(i for i, line in enumerate(lines) if line.startswith("What the figures rest on"))
    assert re.split(r"\s{2,}", lines[header + 1]) == [
        "part",
        "figures",
        "uncertain",
        "sourced",
        "C3 or better",
        "judgement",
    ]
    rows = [line.split() for line in lines[header + 2 : -1]]
    assert rows[-1][0] == "all"
    for column in range(1, 6):
        assert int(rows[-1][column]) == sum(int(row[column]) for row in rows[:-1])
    assert all(int(row[1]) == int(row[3]) + int(row[5]) for row in rows)
    assert lines[-1] == f"{name}: no errors"


def test_check_says_where_and_what_to_do(bad: Path) -> None:
    done = call("check", "bad", cwd=bad.parent)
    assert done.returncode == 1
    text = (bad / "scenario.toml").read_text(encoding="utf-8").splitlines()
    for word, hint in (("%/yer", "%/yr"), ("chalenger", "challenger")):
        line = next(i for i, content in enumerate(text, start=1) if word in content)
        found = [error for error in done.stderr.splitlines() if f"scenario.toml:{line}:" in error and word in error]
        assert found, done.stderr
        assert re.search(rf"scenario\.toml:{line}:\d+: ", found[0])
        assert hint in found[0]
    assert re.search(r"^\d+ errors in bad$", done.stderr, flags=re.MULTILINE)


@pytest.mark.parametrize("command", ["assess", "run", "show"])
def test_a_bad_scenario_is_refused_by_every_command(command: str, bad: Path) -> None:
    done = call(command, "bad", cwd=bad.parent)
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.search(r"^error: .*scenario\.toml:\d+:\d+: .*chalenger", done.stderr, flags=re.MULTILINE)
    assert not (bad.parent / "runs").exists()


def test_new_passes_its_check_and_runs(one: Done, tmp_path: Path) -> None:
    made = call("new", "my-strait", "--folder", "mine", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    folder = tmp_path / "mine" / "my-strait"
    assert 'title = "my-strait"' in (folder / "scenario.toml").read_text(encoding="utf-8")
    assert call("check", "mine/my-strait", cwd=tmp_path).returncode == 0
    done = call("assess", "mine/my-strait", "--worlds", "16", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("my-strait · 2025 to 2030 · 16 worlds")
    assert (tmp_path / "runs" / "my-strait-seed0" / "report.html").is_file()


def test_other_structures_come_before_any_mean(tmp_path: Path) -> None:
    """A variant that a user wrote is played, stands on the screen before policies and level, and in the report."""
    assert call("new", "mine", cwd=tmp_path).returncode == 0
    with (tmp_path / "mine" / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write('\n[structure.rash]\nname = "best replies"\nconcept = "best"\n')
    done = call("assess", "mine", "--worlds", "32", "--structure", "--structure-worlds", "16", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    order = ("STRUCTURE (how far each line moves: 2 structures, the same 16 worlds", "POLICIES", "LEVEL")
    places = [done.stdout.find(word) for word in order]
    assert -1 not in places
    assert places == sorted(places)
    mean = re.search(r"^ +An open front by 2030 \(mean\) .* best replies$", done.stdout, flags=re.MULTILINE)
    assert mean, "errors make wars that best replies do not, and the other way round"
    folder = tmp_path / "runs" / "mine-seed0"
    variant = twofront.open_run(folder / "structure" / "rash")
    assert (variant.manifest["concept"], variant.manifest["worlds"]) == ("best", 16)
    assert variant.to_pandas("worlds")["opened.strait"].isin([0, 1]).mean() > 0.5, "without errors most worlds are sure"
    assert "best replies" in (folder / "report.html").read_text(encoding="utf-8")


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "scenario.toml").write_text("precious")
    done = call("new", "mine", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: mine is there already: choose another name; nothing was overwritten\n"
    assert (tmp_path / "mine" / "scenario.toml").read_text() == "precious"


def test_schema_is_a_json_schema(tmp_path: Path) -> None:
    done = call("schema", cwd=tmp_path)
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    Draft202012Validator.check_schema(schema)
    assert {"powers", "fronts", "start", "end"} <= schema["properties"].keys()


def test_show_is_one_distribution(two: Done, home: Path) -> None:
    done = call("show", "--json", "--year", "2028", "--world", "3", "--policy", "pledge-kept", cwd=home)
    assert done.returncode == 0, done.stderr
    tree: dict[str, Any] = json.loads(done.stdout)
    assert (tree["year"], tree["world"], tree["policy"]) == (2028, 3, "pledge-kept")
    inner = [node for node in tree["nodes"] if node["stage"] is not None]
    leaves = [node for node in tree["nodes"] if node["stage"] is None]
    for node in inner:
        assert sum(move["probability"] for move in node["moves"]) == pytest.approx(1, abs=1e-5)
    assert sum(node["reach"] for node in leaves) == pytest.approx(1, abs=1e-5)


def test_show_prints_a_tree(one: Done, home: Path) -> None:
    done = call("show", "one-front", cwd=home)
    assert done.returncode == 0, done.stderr
    head, *branches = done.stdout.splitlines()
    assert head.startswith("baseline, world 0, 2027: ")
    assert sum(float(line.split("%")[0].split()[-1]) for line in branches) == pytest.approx(100, abs=0.2)
    assert sum(line.endswith(" *") for line in branches) == 1


def test_show_draws_by_another_design(one: Done, home: Path) -> None:
    def branches(kind: str) -> str:
        return call("show", "one-front", "--draws", kind, "--world", "5", cwd=home).stdout

    shown = {kind: branches(kind) for kind in ("sobol", "monte-carlo", "latin-hypercube")}
    assert len(set(shown.values())) == 3
    assert shown["sobol"] == call("show", "one-front", "--world", "5", cwd=home).stdout


WRONG = [
    (["show", "one-front", "--draws", "sobl"], 'no draws "sobl". Did you mean "sobol"?'),
    (
        ["show", "one-front", "--draws", "latin-hypercube", "--world", "9000"],
        "a Latin hypercube of 4096 worlds cannot be extended",
    ),
    (["assess", "two-front"], 'error: two-front: no such scenario. Did you mean "two-fronts"?'),
    (["check", "nowhere"], "no such scenario. Give a folder, or one of: one-front, two-fronts."),
    (["check", ""], "error: .: the folder has no scenario.toml. twofront new NAME writes one."),
    (["assess", "--policies", "pledge-kep"], 'no policy "pledge-kep" in two-fronts. Did you mean "pledge-kept"?'),
    (["run", "one-front", "--policies", " , "], "no policy is named. Leave the choice out to play all"),
    (["show", "one-front", "--policy", "rearn"], 'no policy "rearn" in one-front. Did you mean "rearm"?'),
    (["show", "one-front", "--year", "2099"], "year 2099 is outside the scenario, which runs 2025 to 2030"),
    (["show", "one-front", "--year", "0"], "year 0 is outside the scenario"),
    (["assess", "--lang", "fr"], 'no language "fr". Choose en or de.'),
    (["report", "nowhere"], "nowhere does not exist. A run folder is made by `twofront assess` or `twofront run`."),
    (["report", "."], ". is not a run: it holds no manifest.json."),
    (["new", "a b"], "'a b' is no name for a scenario: use letters, digits, hyphens"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_wrong_names_are_explained(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = call(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert done.stderr.startswith("error: ")
    assert not list(tmp_path.iterdir()), "a refused command leaves nothing behind"


MISTYPED = [
    (["schem"], "No such command 'schem'.", "twofront --help"),
    (["assess", "--wrolds", "9"], "--worlds", "twofront assess --help"),
    (["assess", "--worlds", "0"], "Invalid value for '--worlds'", "twofront assess --help"),
    (["assess", "--worlds", "many"], "Invalid value for '--worlds'", "twofront assess --help"),
    (["run", "--seed", "-1"], "Invalid value for '--seed'", "twofront run play --help"),
    (["new"], "Missing argument", "twofront new --help"),
    (["check", "one-front", "two-fronts"], "unexpected extra argument", "twofront check --help"),
]


@pytest.mark.parametrize(("arguments", "message", "remedy"), MISTYPED, ids=[" ".join(m[0]) for m in MISTYPED])
def test_a_wrong_command_line_is_one_line(arguments: list[str], message: str, remedy: str, tmp_path: Path) -> None:
    done = call(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert done.stderr.endswith(f"Try: {remedy}\n")
    assert done.stderr.count("\n") == 1


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("dear reader")
    done = call("run", "one-front", "--out", "letters", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "letters exists and is not a run, so nothing is written there: it holds letter.txt" in done.stderr
    assert "Choose a new or empty folder with --out." in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["letters", "letter.txt"]


def test_a_damaged_run_is_not_reported(one: Done, home: Path, tmp_path: Path) -> None:
    assert call("run", "one-front", "--worlds", "2", "--out", tmp_path / "run", cwd=home).returncode == 0
    (drawn,) = (tmp_path / "run" / "draws").iterdir()
    drawn.write_bytes(b"PAR1")
    done = call("report", tmp_path / "run", cwd=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{drawn.name} is damaged: it has 4 bytes instead of " in done.stderr


def test_without_arguments_the_commands_are_listed(tmp_path: Path) -> None:
    done = call(cwd=tmp_path)
    assert done.returncode == 0
    for command in ("assess", "run", "report", "check", "new", "schema", "show"):
        assert re.search(rf"^  {command} ", done.stdout, flags=re.MULTILINE)
    assert call("--version", cwd=tmp_path).stdout == f"twofront {twofront.__version__}\n"


@pytest.mark.parametrize(
    ("happens", "code", "said"),
    [
        ("KeyboardInterrupt", 130, "interrupted: nothing half written was left behind\n"),
        (
            "MemoryError",
            1,
            "error: out of memory. What was recorded is kept; try fewer --workers or a smaller --shard.\n",
        ),
    ],
)
def test_what_happens_while_the_commands_load_is_one_line(happens: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text(f"raise {happens}")  # found before the library that is loaded first
    done = call("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert done.stderr.startswith(said)


def test_a_console_without_the_letters_goes_on(one: Done, home: Path) -> None:
    done = call("show", "one-front", cwd=home, environment={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert "hold" in done.stdout
