"""A small scenario with every table, written for tests: two fronts, a partnership, a group, supply, a ledger."""

from pathlib import Path

from twofront.errors import Finding
from twofront.scenario import check

J = 'judgement = "test"'


def fig(number: object, unit: str = "1") -> str:
    return f'{{ value = {number}, unit = "{unit}", {J} }}'


def power(name: str, *extra: str, gdp: str = fig(1000, "bn USD2024"), share: str = fig(3, "% GDP")) -> str:
    lines = [
        f"[powers.{name}]",
        f'name = "{name}"',
        f"gdp = {gdp}",
        f"growth = {fig(2.0, '%/yr')}",
        f"share = {share}",
        f"ageing = {fig(0.08, '1/yr')}",
        f"investment = {fig(0.3)}",
        f"patience = {fig(0.9)}",
        *extra,
    ]
    return "\n".join(lines)


PRECISION = f"precision_loss = {fig(1.0, '% GDP')}"
CAPITAL = f"capital = {fig(100, 'bn USD2024')}"


def front(name: str, challenger: str, host: str, *extra: str) -> str:
    return "\n".join(
        [
            f"[fronts.{name}]",
            f'name = "{name}"',
            f'challenger = "{challenger}"',
            f'host = "{host}"',
            f"reach = {fig(0.5)}",
            f"host_reach = {fig(0.8)}",
            f"opening_rate = {fig(0.05, '1/yr')}",
            f"demonstration_rate = {fig(0.2, '1/yr')}",
            f"course_rate = {fig(0.3, '1/yr')}",
            f"demonstration = {fig(0.1, '% GDP')}",
            f"backdown = {fig(1.0, '% GDP')}",
            f"stakes.{challenger} = {fig(10, '% GDP')}",
            *extra,
            f"[fronts.{name}.options.attack]",
            'name = "Attack"',
            f"strength = {fig(1.0)}",
            f"advantage = {fig(1.5)}",
            f"decisiveness = {fig(1.5)}",
            f"settles = {fig(0.6, '1/yr')}",
            f"prize = {fig(1.0)}",
            f"loss = {fig(5, '% GDP')}",
            f"war_cost.{challenger} = {fig(2, '% GDP/yr')}",
        ]
    )


PARTNERSHIP = "\n".join(
    [
        "[partnership]",
        'leader = "lead"',
        'partner = "part"',
        *(f"{name} = {fig(0.1)}" for name in ("leak", "secrecy", "warning", "synergy", "lesson", "half")),
        "[partnership.leverage]",
        f"credibility = {fig(0.3)}",
        f"wartime_value = {fig(2.0)}",
        f"trade = {fig(1.0, '% GDP/yr')}",
        f"duration = {fig(2.0, 'yr')}",
        f"exports = {fig(0.5, '% GDP/yr')}",
    ]
)

SCENARIO = "\n".join(
    [
        'title = "test"',
        "start = 2025",
        "end = 2030",
        'order = ["strait", "call", "flank", "guard"]',
        f"regime_change = {fig(0.03, '1/yr')}",
        power("lead", PRECISION, CAPITAL),
        power("part", PRECISION, 'code = "RUS"'),
        power(
            "guard",
            PRECISION,
            CAPITAL,
            f"swing = {fig(0.3)}",
            f"station.strait = {fig(0.5)}",
            f"station.flank = {fig(0.4)}",
            f'station_open."strait+flank".strait = {fig(0.5)}',
            f"postures.west.strait = {fig(0.9)}",
            "postures.out = {}",
        ),
        power("home", CAPITAL),
        power("union", 'members = "allies.csv"', gdp=fig(1.0), share=fig(1.0)),
        front("strait", "lead", "home", f"defenders.guard.reach = {fig(1.0)}"),
        front("flank", "part", "union", f"defenders.guard.reach = {fig(1.0)}"),
        PARTNERSHIP,
        "[commitments.pledge]",
        'name = "Pledge"',
        'powers = ["union"]',
        f"core = {fig(3.5, '% GDP')}",
        "start = 2025",
        "by = 2035",
        f"compliance = {fig(0.8)}",
        "[practice]",
        f"level = {fig(0.2)}",
        f"gain = {fig(0.1, '1/yr')}",
        f"forgetting = {fig(0.1, '1/yr')}",
        f"scale = {fig(8, 'count/yr')}",
        'exercises = { path = { 2025 = 8, 2030 = { between = [6, 12] } }, unit = "count/yr", source = "drills" }',
        "[supply.part]",
        f"need = {fig(0.5)}",
        f"elasticity = {fig(0.3)}",
        "[supply.part.goods.chips]",
        'name = "Chips"',
        f"weight = {fig(1.0)}",
        f"dependence = {fig(0.8)}",
        f"shipped.lead = {fig(0.7)}",
        f"shipped.home = {fig(0.2)}",
        f"cover = {fig(0.5, 'yr')}",
        f"substitution = {fig(0.4, '1/yr')}",
        "[supply.part.cuts.stop]",
        'good = "chips"',
        'power = "home"',
        'link = "shipped"',
        f"year = {fig(2027, 'year')}",
        f"share = {fig(0.5)}",
    ]
)

ALLIES = """name,name_de,code,gdp,growth,share,target,personnel,ppp,status,source
Poland,Polen,POL,944,2.8,4.48,,216,,pledged,drills
Spain,Spanien,ESP,1780,1.7,2.00,2.1,,1.5,exempt,drills
"""

POLICIES = """[policies.kept]
title = "Kept"
judgement = "test"
changes = [{ path = "commitments.pledge.compliance", set = 1.0 }]
[policies.early]
extends = "kept"
judgement = "test"
changes = [{ path = "practice.exercises", scale = 0.5 }]
[verdict]
integration = [{ path = "practice.level", set = { between = [0.7, 0.9], unit = "1", judgement = "test" } }]
obligation = [{ path = "partnership.secrecy", add = 0.2, judgement = "test" }]
"""

LEDGER = """[[claims]]
id = "drills"
text = "Eight exercises."
text_de = "Acht Übungen."
speaker = "a ministry"
role = "ministry"
outlet = "report"
chain = ["ministry"]
date = "2025-01"
seen = "primary"
rating = { source = "B", credibility = 2 }
audit = "confirmed"
reference = "Report 2025"
"""

TEXTS = {
    "scenario.toml": SCENARIO,
    "allies.csv": ALLIES,
    "policies.toml": POLICIES,
    "ledger.toml": LEDGER,
}


def write(folder: Path, **changes: tuple[str, str]) -> Path:
    """The scenario in a folder; `scenario=(old, new)` replaces the first place of a text."""
    for file, text in TEXTS.items():
        if change := changes.get(file.split(".")[0]):
            assert change[0] in text, change[0]
            text = text.replace(*change, 1)
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    return folder


def errors(folder: Path) -> list[Finding]:
    """The errors that a check of the folder finds."""
    return [finding for finding in check(folder).findings if finding.severity == "error"]


def place(file: str, text: str, word: str) -> str:
    """The place that a message has to name: "scenario.toml:12:8" of the first time the word stands in the text."""
    before = text[: text.index(word)]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
