"""The reader: exact substrings, hostile files refused, time linear, outputs that are data and nothing else."""

import contextlib
import json
import time
import tomllib
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofront.errors import TwofrontError
from twofront.evidence import load_ledger
from twofront.evidence.audit import references
from twofront.evidence.reader import Reading, read_articles, read_text
from twofront.evidence.reader.export import jsonl, table
from twofront.evidence.reader.into import add_to_ledger
from twofront.evidence.reader.lexicon import lexicon
from twofront.evidence.reader.record import Span
from twofront.report.article import article_page, visible
from twofront.store.cells import neutral

PIECES = st.sampled_from(
    [
        "„Wir kommen“, sagte Anna Berg.",
        "Laut Polizei gab es 3,5 Millionen Euro Schaden.",
        "‚so‘",
        "„",
        "“",
        "»Nein«",
        "Er erklärte, das sei „gut“.",
        "Russlands Wehretat stieg 2024 um 42 Prozent auf 462 Milliarden Dollar.",
        "\n\n",
        "\n",
        "“He said ‘no’,” she added.",
        "According to NATO, it rose 5%.",
        "© Foto: IMAGO",
        "(dpa)",
        ":",
        ",",
        "DruckenTeilen",
        "Heading without end",
        "zwischen 3 und 5 Prozent",
        "\u00ad",
        "\u200b",
        "{{7*7}}",
        "<b>",
        "=1+1",
        "wie die Zeitung schrieb",
        "so der Minister",
        "nach eigenen Angaben",
        "…",
        "1.",
        "24. Juni 2025",
    ]
)


def _spans(reading: Reading) -> list[Span]:
    found = []
    for claim in reading.claims[0]:
        found += [*claim.spans, claim.sentence, *claim.hedges, *claim.verification, *claim.nested]
        found += [s for s in (claim.cue, claim.addressee, claim.conditional, claim.speaker.mention) if s]
        found += [f.span for f in claim.figures] + [r.span for r in claim.relations]
        found += [s for f in claim.figures for s in (f.subject_span, f.quantity_span) if s]
        found += [claim.when.span] if claim.when else []
        found += [link.mention for link in claim.chain if link.mention]
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=14), st.sampled_from(["de", "en"]), st.sampled_from([" ", ""]))
def test_every_span_is_an_exact_substring(pieces: list[str], lang: str, between: str) -> None:
    text = between.join(pieces)
    if not text.strip():
        return
    reading = read_text(text, lang=lang, date="2025-07-01")
    article = reading.articles[0]
    for span in _spans(reading):
        assert 0 <= span.start < span.end <= len(text)
    for claim in reading.claims[0]:
        for span in claim.spans:
            assert article.words(span) == text[span.start : span.end]
            assert not article.words(span)[0].isspace()
        if claim.form == "quotation":
            assert claim.text(article)[0] in '„“»«‚‘›‹"”'
    covered = sum(b.span.end - b.span.start for b in reading.blocks[0])
    assert covered >= sum(not c.isspace() for c in text) - text.count(" ")
    for record in map(json.loads, jsonl(reading).splitlines()):
        for span in record["spans"]:
            assert span["words"] == text[span["start"] : span["end"]]


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=300).filter(lambda t: t.strip() != ""))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    for span in _spans(read_text(text, lang="de")):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "not UTF-8"),
        ("Er sagte:\nein \u202etxet".encode(), r"a.txt:2:5: U\+202E is a mark that turns"),
        (b"text\x00more", r"a.txt:1:5: U\+0000 is a control character"),
        (b"x" * 10_000_000, "larger than 5 MB"),
        (b"x" * 2_000_000, "a.txt:1: a line of 2,000,000 characters"),
        (("Ein Satz.\n" + "„a " * 40 + "und Ende.").encode(), r"a\.txt:2:49: quotation marks nested more than 16 deep"),
        (b"<html><body>" + b"<div>" * 5000 + b"text", "elements nested more than 400 deep"),
        (b"<html><body>" + b"<td><tr>" * 30_000 + b"text", "more than 50,000 tags"),
        (b'<!DOCTYPE html [<!ENTITY a "b">]><html><p>&a;</p></html>', "declares entities"),
        (b"<html><script>alert(1)</script></html>", "a page without text"),
    ],
    ids=["empty", "utf-16", "bidi", "nul", "10 MB", "line", "quotes", "elements", "tags", "entities", "script only"],
)
def test_hostile_files_are_refused_clearly(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(data)
    started = time.perf_counter()
    with pytest.raises(TwofrontError, match=message):
        read_articles([str(file)])
    assert time.perf_counter() - started < 5


def test_missing_file_folder_and_bad_options(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "no.txt", "cannot be read"), (tmp_path, "a folder")):
        with pytest.raises(TwofrontError, match=message):
            read_articles([str(path)])
    with pytest.raises(TwofrontError, match="articles are read in de and en"):
        read_text("text", lang="fr")
    for date, message in (("July", "a date is a year"), ("2025-02-30", "not in the calendar"), ("0000", "calendar")):
        with pytest.raises(TwofrontError, match=f'date "{date}": .*{message}.*Write one such as'):
            read_text("text", date=date)


@pytest.mark.parametrize("unit", ["<", "<!--", "<script>", "„", '"', "(", "1.", "&amp;", "a ", "sagte, ", "von Der "])
def test_repeated_pieces_take_linear_time(unit: str, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("<html><p>Anfang. " + unit * (40_000 // len(unit)), encoding="utf-8")
    started = time.process_time()
    with contextlib.suppress(TwofrontError):
        read_articles([str(file)])
    assert time.process_time() - started < 6


ORDINARY = (
    "Der Minister sagte am Montag, die Lage sei ernst. „Wir brauchen {n} Millionen Euro“, erklärte er. Nach Angaben "
    "der Polizei kamen {n} Menschen. Die Ausgaben stiegen 2024 um {n} Prozent.\n\n"
)


def test_a_megabyte_takes_ten_times_as_long_as_a_tenth() -> None:
    def cost(size: int) -> float:
        text = "".join(ORDINARY.format(n=n) for n in range(2 + size // len(ORDINARY)))[:size]
        started = time.process_time()
        read_text(text, lang="de")
        return time.process_time() - started

    cost(5_000)
    small, large = cost(40_000), cost(400_000)
    assert large < 16 * small


HOSTILE = (
    "Er sagte: „<script>alert(1)</script> =cmd()“. Sie sagte, das sei <img src=x onerror=alert(1)> {{7*7}} [red].\n"
    "„=HYPERLINK(1) ist das Ende der Welt“, sagte Anna Berg.\n"
)


def test_markup_in_a_text_stays_text() -> None:
    page = article_page(read_text(HOSTILE, lang="de", name="<b>x</b>.txt"))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert "49" not in page.split("<body")[1]
    assert "default-src 'none'" in unescape(page)
    assert "<b>x</b>" not in page
    assert visible("a\u200bb\u00ad") == "a[U+200B]b[U+00AD]"


def test_formulas_in_a_table_are_neutralised() -> None:
    assert neutral("=1+1") == "'=1+1"
    assert neutral("@a")[0] == neutral("-a")[0] == neutral("+a")[0] == "'"
    for line in table(
        read_text("=1+1 sagte er, das sei so.\n+49 Menschen kamen gestern nach Berlin.", lang="de")
    ).splitlines():
        assert not any(cell.startswith(("=", "+", "@")) for cell in line.split(","))


def test_html_offsets_lead_back_to_the_file(tmp_path: Path) -> None:
    html = "<p>Der Chef sagte: &bdquo;Gr&uuml;n ist gut f&uuml;r alle Menschen&ldquo; und ging.</p>"
    (tmp_path / "a.html").write_text(html, encoding="utf-8")
    reading = read_articles([str(tmp_path / "a.html")], lang="de")
    article = reading.articles[0]
    quote = next(f for f in reading.claims[0] if f.form == "quotation")
    assert quote.text(article) == "„Grün ist gut für alle Menschen“"
    assert html[article.in_file(quote.start) :].startswith("&bdquo;Gr&uuml;n")
    assert html[article.in_file(quote.spans[0].end - 1) :].startswith("&ldquo;")


TEXT = "„Wir brauchen 100 Milliarden Euro“, sagte Anna Berg. Laut Polizei kamen 600 Menschen.\n"


def test_ledger_keeps_comments_and_what_a_person_changed(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.toml"
    reading = read_text(TEXT, lang="de", date="2025-07-05", name="rede.txt")
    assert add_to_ledger(reading, ledger) == (2, 0)
    text = ledger.read_text(encoding="utf-8")
    edited = text.replace("credibility = 6", "credibility = 3 ", 1).replace('source = "F"', 'source = "B"', 1)
    edited = edited.replace("[[claims]]", "# checked by hand\n[[claims]]", 1)
    ledger.write_text(edited, encoding="utf-8")
    assert add_to_ledger(reading, ledger) == (0, 2)
    assert ledger.read_text(encoding="utf-8") == edited
    more = read_text("Die Ministerin sagte, das sei falsch.", lang="de", date="2025", name="mehr.txt")
    assert add_to_ledger(more, ledger) == (1, 0)
    after = ledger.read_text(encoding="utf-8")
    assert after.startswith(edited.rstrip("\n"))
    first = next(iter(load_ledger(ledger).claims.values()))
    assert str(first.rating) == "B3"
    assert first.date == "2025-07-05"
    assert first.figures[0].value == 100
    assert [c["id"].split("-")[0] for c in tomllib.loads(after)["claims"]] == ["rede", "rede", "mehr"]


def test_ledger_needs_a_date(tmp_path: Path) -> None:
    with pytest.raises(TwofrontError, match="Give it with --date"):
        add_to_ledger(read_text(TEXT, lang="de"), tmp_path / "ledger.toml")
    assert not (tmp_path / "ledger.toml").exists()


def test_every_reference_of_the_audit_has_a_source() -> None:
    for reference in references():
        assert reference.source
        assert reference.measure in ("level", "change", "share", "pledge")


@pytest.mark.parametrize(
    ("sentence", "outcome", "basis"),
    [
        ("Russia's military spending was $149 billion in 2024.", "holds", "market"),
        ("Russia's military spending was $300 billion in 2024.", "contradicted", ""),
        ("China's military budget reached $247 billion in 2025.", "holds", "official budget"),
        ("NATO members will spend 3.5% of GDP by 2035.", "holds", "core"),
        ("NATO members will spend 7% of GDP by 2035.", "contradicted", ""),
        ("The military spending of Atlantis was $3 billion in 2024.", "cannot be checked", ""),
        ("China's economy grew 5% in 2024.", "holds", "real"),
    ],
)
def test_audit_of_single_figures(sentence: str, outcome: str, basis: str) -> None:
    verdicts = [v for v in read_text(sentence, lang="en").verdicts if "date" not in v.finding]
    assert [(v.outcome, v.basis) for v in verdicts] == [(outcome, basis)]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_word_lists_are_small_letters_and_words_have_forms(lang: str) -> None:
    lex = lexicon(lang)
    for name, words in lex.words.items():
        assert all(word == word.lower() for word in words), name
    assert (
        {"sagte", "teilt"} <= set(lex.verbs) | set(lex.separable)
        if lang == "de"
        else {"said", "warned"} <= set(lex.verbs)
    )
