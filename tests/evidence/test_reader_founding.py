"""The founding article, where it is at hand: spans, figures, duplicates and audit as a person found them."""

from pathlib import Path

import pytest

from twofront.evidence.reader import Reading, read_articles
from twofront.evidence.reader.record import Found, FoundFigure, Relation
from twofront.scenario import load_scenario

ARTICLE = Path(__file__).parents[3] / "shared" / "articles" / "rutte-two-fronts-2025.txt"
# The first words of the sixteen quotations, in order, typed by hand; the last column is who says it.
QUOTATIONS = [
    ("„Es gibt eine", "Mark Rutte"),
    ("„nicht naiv“", "Mark Rutte"),
    ("„China wurde zum", "CEPA"),
    ("„Das Kremlregime", "HUR"),
    ("„Bis 2035 werden", "Mark Rutte"),
    ("„ehrgeizigen, historischen", "Mark Rutte"),
    ("„Russlands Verteidigungsbudget", "International Institute for Strategic Studies"),
    ("„China versorgt Russland", "CEPA"),
    ("„Die russische Regierung", "HUR"),
    ("„Die gemeinsame Übungspraxis", "CEPA"),
    ("„Alle Anzeichen", "John Aquilino"),
    ("„Wenn Xi Jinping", "Mark Rutte"),
    ("„grenzenlose Partnerschaft“", "CEPA"),
    ("„Obwohl China Russland", "CEPA"),
    ("„Die wachsende Abhängigkeit", "CEPA"),
    ("„Die Bedrohungen, denen", "Mark Rutte"),
]
# value, unit, measure, period, subject, quantity, as the audit of the article lists them
FIGURES = [
    (600, "persons", "level", "2025", "CHN", "troops trained"),
    (2035, "year", "limit", "until 2035", None, None),
    (5, "% GDP", "level", "until 2035", "NATO", "defence share"),
    (42, "%", "change", "2024", "RUS", "military spending"),
    (462, "bn USD", "level", "2024", "RUS", "military spending"),
    (89, "%", "share", "2023", "RUS", "chip imports"),
    (47, "%", "share", "2023", "RUS", "chip-making equipment"),
    (2027, "year", "limit", "until 2027", None, None),
]


@pytest.fixture(scope="module")
def reading() -> Reading:
    if not ARTICLE.exists():
        pytest.skip("the founding article is not here")
    return read_articles([str(ARTICLE)], date="2025-07", ledger=load_scenario("two-fronts").ledger.claims)


def _quoted(reading: Reading) -> list[Found]:
    return [found for found in reading.claims[0] if found.form == "quotation"]


def _claim(reading: Reading, beginning: str) -> Found:
    return next(f for f in reading.claims[0] if f.text(reading.articles[0]).startswith(beginning))


def test_all_sixteen_quotations_and_who_said_them(reading: Reading) -> None:
    texts = [found.text(reading.articles[0]) for found in _quoted(reading)]
    assert len(texts) == 16
    for found, text, (beginning, speaker) in zip(_quoted(reading), texts, QUOTATIONS, strict=True):
        assert text.startswith(beginning)
        assert speaker in found.speaker.name


def test_both_duplicate_pairs_are_merged_and_nothing_else(reading: Reading) -> None:
    article = reading.articles[0]
    groups = [sorted(reading.claim(w).text(article)[:20] for w in group.wordings) for group in reading.same]
    assert groups == [
        sorted(["„Es gibt eine wachse", "„Wenn Xi Jinping Tai"]),
        sorted(["„Das Kremlregime hat", "„Die russische Regie"]),
    ]
    assert "softened" in reading.same[0].differences[0]
    assert "sehr jungen Partner" in reading.same[0].differences[0]


def test_no_boilerplate_is_a_claim(reading: Reading) -> None:
    article = reading.articles[0]
    kinds = {block.kind: article.words(block.span) for block in reading.blocks[0] if block.kind != "body"}
    assert kinds["boilerplate"] == "DruckenTeilen"
    assert kinds["teaser"].startswith("Deutschland nicht in den Top 3")
    assert kinds["caption"].endswith("Wladimir Putin.")
    assert kinds["lost table"].startswith("Schlüsselfaktoren")
    claims = " ".join(found.text(article) for found in reading.claims[0])
    for words in ("Drucken", "Top 3", "IMAGO", "Im Fokus", "Schlüsselfaktoren", "chnnn", "New York/Peking"):
        assert words not in claims
    headings = [article.words(block.span) for block in reading.blocks[0] if block.kind == "heading"]
    assert "Nato-Gipfel und Rüstungsspirale" in headings
    assert "Chinas Beitrag zum russischen Krieg – und eigene Ziele" in headings


def test_all_figures_with_unit_period_and_subject(reading: Reading) -> None:
    def row(f: FoundFigure) -> tuple[object, ...]:
        return f.value, f.unit, f.measure, f.period, f.subject, f.quantity

    assert [row(f) for found in reading.claims[0] for f in found.figures] == FIGURES
    relations: list[Relation] = [r for found in reading.claims[0] for r in found.relations]
    assert [(r.left, r.sign, r.right, r.quantity) for r in relations] == [("RUS", ">", "EUR", "military spending")]


def test_audit_names_the_basis(reading: Reading) -> None:
    article = reading.articles[0]
    audit = {article.words(v.span): v for v in reading.verdicts}
    assert (audit["462 Milliarden Dollar"].outcome, audit["462 Milliarden Dollar"].basis) == ("holds", "PPP")
    assert "146 bn USD at market rates" in audit["462 Milliarden Dollar"].finding
    assert (audit["42 Prozent"].outcome, audit["42 Prozent"].basis) == ("holds", "real")
    joined = audit["42 Prozent auf 462 Milliarden Dollar"]
    assert (joined.outcome, joined.basis) == ("mixed bases", "real with PPP")
    europe = next(v for words, v in audit.items() if "übersteigt" in words)
    assert (europe.outcome, europe.basis) == ("mixed bases", "PPP against market")
    assert "668" in europe.finding
    pledge = audit["fünf Prozent ihres BIP"]
    assert (pledge.outcome, pledge.basis) == ("mixed bases", "core + related")
    assert audit["89 Prozent"].outcome == "holds"
    assert "not made in" in audit["89 Prozent"].finding
    assert audit["47 Prozent"].outcome == "cannot be checked"
    assert audit["600 chinesische Soldaten"].outcome == "cannot be checked"
    assert "own root" in audit["600 chinesische Soldaten"].finding


def test_chains_dates_hedges_and_conditions(reading: Reading) -> None:
    article = reading.articles[0]
    spokesman = _claim(reading, "„Das Kremlregime")
    assert [link.kind for link in spokesman.chain] == ["institution", "media", "article"]
    assert spokesman.chain[1].name == "The Defense Post"
    pledge = _claim(reading, "„Bis 2035")
    assert pledge.when is not None
    assert (pledge.when.value, pledge.when.precision) == ("2025-06-24", "day")
    call = _claim(reading, "„Es gibt")
    assert call.conditional is not None
    assert "New York Times" in call.chain[1].name
    admiral = _claim(reading, "„Alle Anzeichen")
    assert admiral.chain[1].name.endswith("Newsweek")
    could = _claim(reading, "könnte China")
    assert [article.words(span) for span in could.hedges] == ["könnte"]
    assert _claim(reading, "Unabhängige Belege").verification
    assert spokesman.verification == _claim(reading, "Unabhängige Belege").verification


def test_natos_own_phrase_comes_back_as_an_echo(reading: Reading) -> None:
    article = reading.articles[0]
    echoes = {reading.claim(e.wording).text(article)[:16]: e.ledger_id for e in reading.echoes}
    assert echoes["„China wurde zum"] == "nato-washington-2024-enabler"
