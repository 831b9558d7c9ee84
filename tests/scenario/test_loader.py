"""Every way a scenario can be wrong, tested for the text an analyst reads."""

# ruff: noqa: E501 - each case of a table stands in one line

import time
from pathlib import Path

import pytest

from twofront.errors import ScenarioError
from twofront.scenario import bundled, check, load_scenario

from .folder import ALLIES, CAPITAL, POLICIES, SCENARIO, J, errors, fig, place, write

GDP = f"gdp = {fig(1000, 'bn USD2024')}"


def test_the_sample_is_right(tmp_path: Path) -> None:
    assert check(write(tmp_path)).findings == ()


@pytest.mark.parametrize("name", bundled())
def test_the_bundled_scenarios_have_no_findings(name: str) -> None:
    assert check(name).findings == ()


# (what stands in scenario.toml, what is written instead, the word at the place, what the message says)
FIGURES = [
    ("leak = " + fig(0.1), "leak = 0.1", "0.1\n", "a figure needs a unit and a source", 'Write { value = 0.1, unit = "1", source = "claim-id" }, or judgement = "why" as its source.'),
    ("leak = " + fig(0.1), f"leak = {{ value = 0.1, {J} }}", None, "missing unit", 'Write unit = "1".'),
    ("leak = " + fig(0.1), 'leak = { value = 0.1, unit = "1" }', None, "missing source", 'Write source = "claim-id" or judgement = "why".'),
    ("leak = " + fig(0.1), 'leak = { value = 0.1, unit = "1", source = [] }', None, "source names no claim", 'Write source = "claim-id" or judgement = "why".'),
    ("leak = " + fig(0.1), 'leak = { value = 0.1, unit = "1", judgement = " " }', None, "judgement says nothing", 'Write the reason in a sentence: judgement = "why".'),
    ("leak = " + fig(0.1), f'leak = {{ unit = "1", {J} }}', None, "no number", "Write value, or low + mode + high, or between, or mean + sd, or choose + values, or path."),
    ("leak = " + fig(0.1), f'leak = {{ low = 0.3, mode = 0.2, high = 0.4, unit = "1", {J} }}', "0.3, mode", "low is above mode: 0.3 > 0.2", "Write low <= mode <= high."),
    ("leak = " + fig(0.1), f'leak = {{ low = 0.1, mode = 0.5, high = 0.4, unit = "1", {J} }}', "0.5, high", "mode is above high: 0.5 > 0.4", "Write low <= mode <= high."),
    ("leak = " + fig(0.1), f'leak = {{ low = 0.1, mode = 0.1, high = 0.1, unit = "1", {J} }}', None, "low and high are equal: 0.1", "Write value = 0.1."),
    ("leak = " + fig(0.1), f'leak = {{ low = 0.1, high = 0.4, unit = "1", {J} }}', None, "low and high without mode", "Write low + mode + high."),
    ("leak = " + fig(0.1), f'leak = {{ between = [0.4, 0.1], unit = "1", {J} }}', "[0.4", "between is reversed: [0.4, 0.1]", "Write between = [0.1, 0.4]."),
    ("leak = " + fig(0.1), f'leak = {{ between = [0.4], unit = "1", {J} }}', "[0.4", "between takes two numbers", "Write between = [smallest, largest]."),
    ("leak = " + fig(0.1), f'leak = {{ mean = 0.4, sd = 0, unit = "1", {J} }}', None, "sd is not above 0: 0", "Write value = 0.4, or an sd above 0."),
    ("leak = " + fig(0.1), f'leak = {{ mean = 1.4, sd = 0.1, unit = "1", {J} }}', "1.4, sd", "1.4 is above 1, the most that is possible here", ""),
    ("leak = " + fig(0.1), f'leak = {{ value = 0.4, between = [0, 1], unit = "1", {J} }}', None, "two forms at once: value and between", "Keep one of them."),
    ("leak = " + fig(0.1), f'leak = {{ valeu = 0.4, unit = "1", {J} }}', "valeu", 'unknown key "valeu"', 'Did you mean "value"?'),
    ("leak = " + fig(0.1), f'leak = {{ value = "0,4", unit = "1", {J} }}', '"0,4"', 'value is not a number: "0,4"', "Write digits with a decimal point and without quotes, as in 3.5."),
    ("leak = " + fig(0.1), f'leak = {{ value = true, unit = "1", {J} }}', "true", "value is not a number", "Write digits with a decimal point"),
    ("leak = " + fig(0.1), f'leak = {{ value = 3, unit = "1", {J} }}', '3, unit = "1", judgement = "test" }\nsecrecy', "3 is above 1, the most that is possible here", ""),
    ("leak = " + fig(0.1), f'leak = {{ value = -3, unit = "%", {J} }}', "-3", "-0.03 is below 0, the least that is possible here", ""),
    ("leak = " + fig(0.1), f'leak = {{ choose = {{ a = 0.5, b = 0.4 }}, values = {{ a = 0, b = 1 }}, unit = "1", {J} }}', "{ a = 0.5", "the probabilities of choose sum to 0.9, not to 1", "Change them so that they sum to 1."),
    ("leak = " + fig(0.1), f"leak = {{ choose = {{ a = 0.5, b = 0.5 }}, {J} }}", "{ a = 0.5", "choose without values", "Say which number each label means"),
    ("leak = " + fig(0.1), f'leak = {{ choose = {{ a = 1.0 }}, values = {{ b = 0 }}, unit = "1", {J} }}', "{ b = 0 }", "choose and values have different labels", "Give each label of choose one number in values."),
    ("leak = " + fig(0.1), f'leak = {{ path = {{ 2025 = 0.1 }}, unit = "1", {J} }}', "{ 2025 = 0.1", "this figure does not change by year", "Write one value or one distribution."),
    ("2030 = { between = [6, 12] }", "2030 = { between = [12, 6] }", "[12, 6]", "between is reversed: [12, 6]", "Write between = [6, 12]."),
    ("2030 = { between = [6, 12] }", "soon = 6", "6 }, unit", '"soon" is not a year', "The knots of a path are years from 1900 to 2200."),
    (GDP, f"gdp = {fig(1000, 'bn USD2042')}", '"bn USD2042"', 'unknown unit "bn USD2042"', 'Did you mean "bn USD2024"?'),
    (GDP, f"gdp = {fig(1000, 'bn EUR current')}", '"bn EUR current"', 'mixed price bases: "bn EUR current" is at EUR current, "bn USD2024" at USD2024', "Convert the figure with a published deflator or exchange rate"),
    (GDP, f"gdp = {fig(1000, 'bn USD2024 PPP')}", '"bn USD2024 PPP"', 'mixed price bases: "bn USD2024 PPP" is at USD2024 PPP', "Convert the figure"),
    (GDP, f"gdp = {fig(1000, '% GDP')}", '"% GDP", judgement = "test" }\ngrowth', '"% GDP" cannot be read as "bn USD2024": one measures % GDP, the other money at USD2024', 'This figure takes "bn USD2024" or "1".'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "word", "message", "remedy"), FIGURES)
def test_a_wrong_figure(tmp_path: Path, old: str, new: str, word: str | None, message: str, remedy: str) -> None:
    folder = write(tmp_path, scenario=(old, new))
    text = (folder / "scenario.toml").read_text()
    at = place("scenario.toml", text, word or "leak = ")
    at = at if word else at.rpartition(":")[0]
    assert any(str(f).startswith(f"{at}:") and message in str(f) and remedy in str(f) for f in errors(folder)), [
        str(f) for f in errors(folder)
    ]


TABLES = [
    ("end = 2030", "end = 2020", "2020", "end 2020 lies before start 2025. Write a later end."),
    ("end = 2030", "ende = 2030\nend = 2030", "ende", 'unknown key "ende". Did you mean "end"?'),
    ("growth = ", "grwoth = ", "grwoth", 'unknown key "grwoth". Did you mean "growth"?'),
    ("growth = ", "grwoth = ", "powers.lead]", 'powers.lead.growth: "growth" is missing. Add growth = { value = …, unit = "%/yr", source = "claim-id" }, or another form.'),
    ("[powers.lead]", "[powers.Lead]", "powers.Lead", '"Lead" cannot be an identifier. Use small letters, digits and _'),
    ('title = "test"', 'title = "test"\ncontest = "ration"', '"ration"', "\"ration\" is not possible here. Write one of: 'ratio' or 'difference'."),
    ("start = 2025\nend", 'start = "2025"\nend', '"2025"', "input should be a valid integer. It is '2025' now."),
    ('challenger = "lead"', 'challenger = "laed"', '"laed"', 'no power "laed". Did you mean "lead"?'),
    ("station.strait = ", "station.straits = ", fig(0.5) + "\nstation.flank", 'no front "straits". Did you mean "strait"?'),
    ('good = "chips"', 'good = "chipz"', '"chipz"', 'no good "chipz". Did you mean "chips"?'),
    ("shipped.home", "made.home", "supply.part.cuts.stop", "home has no shipped share of chips, so the cut changes nothing. Add shipped.home to the good."),
    ('source = "drills" }\n[supply', 'source = "drils" }\n[supply', '"drils"', 'practice.exercises.source: no claim "drils" in the ledger. Did you mean "drills"?'),
    (f"station.flank = {fig(0.4)}", f"station.flank = {fig(0.6)}", "station.strait", "the shares can sum to 1.1, more than 1 (strait 0.5 + flank 0.6). Lower the upper ends"),
    (f"shipped.home = {fig(0.2)}", f"shipped.home = {fig(0.4)}", None, "the shares can sum to 1.1, more than 1 (lead 0.7 + home 0.4)"),
    ('station_open."strait+flank"', 'station_open."flank+strait"', None, '"flank+strait" is not in the order of the scenario. Write "strait+flank".'),
    ('station_open."strait+flank"', 'station_open."strait+flunk"', None, 'no front "flunk". Did you mean "flank"?'),
    ('"flank", "guard"]', '"flank"]', "[\"strait\", \"call\"", 'order: guard is missing in the order. Add "guard".'),
    ('"flank", "guard"]', '"flank", "guard", "home"]', '"home"]', 'no stage "home". home has no postures: give it some, or leave it out.'),
    ('"flank", "guard"]', '"flank", "guard", "flank"]', '"flank"]', "flank stands in the order twice. Delete one."),
    ('["strait", "call"', '["call", "strait"', '"call"', "the call comes before the leader's front strait. Put \"call\" behind \"strait\""),
    ('"call", "flank"', '"flank", "call"', '"flank"', "the partner's front flank comes before the call. Put \"call\" before \"flank\""),
    ('partner = "part"', 'partner = "lead"', '"lead"\nleak', "leader and partner are the same power. Name two powers."),
    ('partner = "part"', 'partner = "home"', '"home"\nleak', "the partner home challenges 0 fronts. A partner challenges exactly one front."),
    ('host = "home"', 'host = "home"\nstatus = "atack"', '"atack"', 'unknown status "atack". Did you mean "attack"?'),
    ('host = "home"', 'host = "lead"', '"lead"\nreach', "challenger and host are the same power. Name two powers."),
    ("stakes.lead", "stakes.home", None, "no stake of the challenger lead. Add stakes.lead."),
    ('code = "RUS"', "nuclear = true", "powers.part", "neither capital nor a country code to find published spending. Write capital = { … } or code"),
    ('code = "RUS"', 'code = "XYZ"', '"XYZ"', 'past spending: no row for "XYZ"'),
    (CAPITAL, CAPITAL + '\nmembers = "allies.csv"', '"bn USD2024"', 'gdp of a group scales its members\' figures and has the unit "1". Write value = 1.0, unit = "1".'),
    ('members = "allies.csv"', "nuclear = false", '"1", judgement = "test" }\ngrowth', 'the unit "1" is for groups of members. Write it in "bn USD2024".'),
    ('members = "allies.csv"', 'members = "../allies.csv"', '"../allies.csv"', '"../allies.csv" is no CSV file of this folder. Write members = "allies.csv".'),
    ('title = "test"', 'title = "test"\nsees.flank = ["strait"]', '["strait"]\n', 'flank is moved by part, which knows of the call, but does not see it. Add "call".'),
    ('title = "test"', 'title = "test"\nsees.strait = ["call"]', '["call"]\n', 'strait cannot see "call", which is no earlier stage. Earlier stages: none.'),
    ('title = "test"', 'title = "test"\nsees.call = []', '[]\n', 'lead forgets at call what it did or saw at strait: strait. Add "strait".'),
    ('title = "test"', 'title = "test"\nconcept = "best"', '"best"', 'concept "best" needs every stage to see all earlier ones; guard does not see call.'),
    ("by = 2035", "by = 2020", "2020", "by 2020 is not after start 2025. Write a later year."),
    ("by = 2035", "by = 2035\nreview = 2040", "2040", "the review 2040 lies outside 2025 to 2035."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "word", "message"), TABLES)
def test_a_wrong_table(tmp_path: Path, old: str, new: str, word: str | None, message: str) -> None:
    folder = write(tmp_path, scenario=(old, new))
    found = [str(finding) for finding in errors(folder)]
    matching = [text for text in found if message in text]
    assert matching, found
    if word is not None:
        assert matching[0].startswith(place("scenario.toml", (folder / "scenario.toml").read_text(), word)), matching


def test_all_errors_come_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        scenario=("end = 2030", "end = 2020"),
        allies=("944", "n/a"),
        policies=('path = "practice.level"', 'path = "practice.levle"'),
    )
    assert {finding.file for finding in errors(folder)} >= {"allies.csv", "policies.toml"}
    with pytest.raises(ScenarioError) as caught:
        load_scenario(folder)
    assert caught.value.findings == check(folder).findings
    assert str(caught.value.findings[0]) in str(caught.value)


def test_duplicate_keys_name_both_places(tmp_path: Path) -> None:
    folder = write(tmp_path, scenario=("end = 2030", "end = 2030\nstart = 2026"))
    assert [str(f) for f in errors(folder)] == [
        "scenario.toml:4:1: start: given twice; first at 2:1. Keep one of the two."
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("two-front", 'no such scenario. Did you mean "two-fronts"?'),
        ("nowhere at all", "no such scenario. Give a folder, or one of: one-front, two-fronts."),
        ("x" * 5000, "no such scenario"),
        ("\0", "no such scenario"),
    ],
)
def test_an_unknown_name(name: str, message: str) -> None:
    result = check(name)
    assert result.coverage is None
    assert message in str(result.findings[0])


def test_a_folder_without_scenario(tmp_path: Path) -> None:
    assert "the folder has no scenario.toml. twofront new NAME writes one." in str(check(tmp_path).findings[0])


def test_the_path_of_scenario_toml_names_its_folder(tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path) / "scenario.toml").folder == tmp_path.resolve()


HOSTILE = {
    "5 MB": ("# " + "x" * 5_000_000, "the file has 5.0 MB, more than 2 MB. Keep what the model reads."),
    "nested tables": ("".join(f"[{'.'.join(['a'] * n)}]\n" for n in range(1, 200)), "nested more than 32 deep"),
    "one long header": ("[" + ".".join(["a"] * 10_000) + "]", "nested more than 32 deep"),
    "nested arrays": ("a = " + "[" * 10_000 + "]" * 10_000, "nested more than 32 deep"),
    "nested inline tables": ("a = " + "{a=" * 10_000 + "1" + "}" * 10_000, "nested more than 32 deep"),
    "10,000 tables": ("".join(f"[t{n}]\n" for n in range(10_000)), "more findings are not shown"),
    "5000 digits": ("start = " + "9" * 5000, "a number of 5000 characters. Write at most 60."),
    "nan": ("start = nan", "scenario.toml:1:9: nan is not a finite number. Write an ordinary number."),
    "inf": ("start = -inf", "-inf is not a finite number"),
    "1e400": ("start = 1e400", "1e400 is not a finite number"),
    "bidi": ('title = "Tai\u202ewan"', "scenario.toml:1:13: an invisible character that can hide text, U+202E. Delete it."),
    "NUL": ('title = "a\0b"', "scenario.toml:1:11: a control character, U+0000. Delete it."),
    "not TOML": ("title = yes", "scenario.toml:1:9: not readable as TOML: invalid value"),
    "unclosed": ('title = "a', "not readable as TOML"),
    "empty": ("", 'title: "title" is missing'),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_quickly(tmp_path: Path, name: str) -> None:
    text, message = HOSTILE[name]
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    began = time.perf_counter()
    found = [str(finding) for finding in check(tmp_path).findings]
    assert time.perf_counter() - began < 2
    assert any(message in finding for finding in found), found[:5]


def test_utf16_is_named(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_bytes(SCENARIO.encode("utf-16"))
    assert str(errors(tmp_path)[0]) == "scenario.toml:1:1: the file is UTF-16. Save it as UTF-8."


def test_latin_1_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_bytes('# a\ntitle = "Straße"'.encode("latin-1"))
    assert str(errors(tmp_path)[0]).startswith("scenario.toml:2:14: the file is not UTF-8. Save it as UTF-8")


def test_bom_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    write(tmp_path)
    for file in ("scenario.toml", "allies.csv", "policies.toml", "ledger.toml"):
        text = (tmp_path / file).read_text(encoding="utf-8")
        (tmp_path / file).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert check(tmp_path).findings == ()


def test_the_folders_own_past_spending_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path, scenario=('code = "RUS"', 'code = "XYZ"'))
    (folder / "past_spending.csv").write_text("code,year,spending,source,note\nXYZ,2000,10,drills,\n")
    assert dict(load_scenario(folder).past["XYZ"]) == {2000: 10.0}
    (folder / "past_spending.csv").write_text("code,year,spending,source,note\nXYZ,2000,ten,drills,\n")
    assert any(str(f).startswith("past_spending.csv:2: spending") for f in errors(folder))


def test_the_hash_follows_the_texts(tmp_path: Path) -> None:
    first = load_scenario(write(tmp_path)).hash
    assert first == load_scenario(tmp_path).hash
    assert first != load_scenario(write(tmp_path, scenario=("end = 2030", "end = 2031"))).hash


def test_texts_hold_every_file_that_was_read(tmp_path: Path) -> None:
    texts = load_scenario(write(tmp_path)).texts
    assert texts["allies.csv"] == ALLIES
    assert texts["policies.toml"] == POLICIES
