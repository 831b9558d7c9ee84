"""What a claim must not become: its opposite, somebody else's, or a figure about something else."""

from pathlib import Path

import pytest

from twofront.evidence.reader import read_articles, read_text
from twofront.evidence.reader.reading import read
from twofront.evidence.reader.record import Article


@pytest.mark.parametrize(
    ("sentence", "lang", "expected"),
    [
        ("China spent $314 billion on its military in 2024, or 1.7 percent of GDP.", "en",
         [("military spending", "CHN", "holds"), ("military spending", "CHN", "holds")]),
        ("Russia's GDP grew 4.3 percent in 2024 while its military budget grew 38 percent.", "en",
         [("GDP", "RUS", "holds"), ("military spending", "RUS", "holds")]),
        ("China spent $314 billion on its military in 2024, while the United States spent 3.4 percent of GDP.", "en",
         [("military spending", "CHN", "holds"), ("military spending", "USA", "holds")]),
        ("Russland gab 2024 149 Milliarden Dollar für sein Militär aus.", "de",
         [("military spending", "RUS", "holds")]),
        ("Handel und Schulden wuchsen 2024 in Russland, um 90 Prozent, sagte er.", "de",
         [(None, "RUS", "cannot be checked")]),
    ],
)  # fmt: skip
def test_a_figure_is_about_what_its_clause_names(
    sentence: str, lang: str, expected: list[tuple[str, str, str]]
) -> None:
    reading = read_text(sentence, lang=lang, date="2025-07-14")
    figures = [figure for claim in reading.claims[0] for figure in claim.figures]
    outcomes = {verdict.span: verdict.outcome for verdict in reading.verdicts}
    assert [(f.quantity, f.subject, outcomes[f.span]) for f in figures] == expected


def test_percent_more_is_a_change() -> None:
    claims = read_text("Das Budget lag 28 Prozent höher als im Vorjahr.", lang="de").claims[0]
    assert [(f.measure, f.direction) for f in claims[0].figures] == [("change", "up")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("„China wird Taiwan im Jahr 2027 mit großer Flotte angreifen“, sagte Mark Rutte.",
         "„China wird Taiwan im Jahr 2027 nicht mit großer Flotte angreifen“, sagte Mark Rutte."),
        ("„Russland produziert jedes Jahr 300 neue Panzer für die Armee“, sagte Mark Rutte.",
         "„Russland produziert jedes Jahr 1500 neue Panzer für die Armee“, sagte Mark Rutte."),
        ("„Chinas Wirtschaft ist 2025 um 4,9 Prozent kräftig gewachsen“, sagte Mark Rutte.",
         "„Chinas Wirtschaft ist 2025 um 5,1 Prozent kräftig gewachsen“, sagte Mark Rutte."),
        ("„Russland produziert jedes Jahr neue Panzer für die Armee“, sagte Mark Rutte.",
         "„Russland produziert jedes Jahr neue Panzer für die Armee“, sagte Friedrich Merz."),
    ],
)  # fmt: skip
def test_not_one_statement(first: str, second: str) -> None:
    assert not read_text(f"{first} {second}", lang="de").same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("„Russland produziert jedes Jahr rund 300 neue Panzer für die Armee“, sagte Mark Rutte.",
         "„Russland produziert jedes Jahr 312 neue Panzer für die Armee“, sagte Mark Rutte."),
        ("„Chinas Wirtschaft ist 2025 um 4,9 Prozent kräftig gewachsen“, sagte Mark Rutte.",
         "„Chinas Wirtschaft ist 2025 um 5 Prozent kräftig gewachsen“, sagte Rutte."),
    ],
)  # fmt: skip
def test_a_rounded_figure_is_still_one_statement(first: str, second: str) -> None:
    assert [len(group.wordings) for group in read_text(f"{first} {second}", lang="de").same] == [2]


@pytest.mark.parametrize("copies", [2, 61, 200])
def test_any_number_of_copies_is_one_statement(copies: int) -> None:
    text = "„Russland produziert jedes Jahr neue Panzer für die Armee“, sagte Mark Rutte."
    articles = [(Article(f"a{k}", text, "de", "2025", None), ()) for k in range(copies)]
    reading = read(articles, {})
    assert [len(group.wordings) for group in reading.same] == [copies]
    assert set(reading.same[0].differences) == {"same words"}


@pytest.mark.parametrize(
    ("sentence", "lang", "word"),
    [
        ("Dmitri Peskow bestritt, dass Russland einen Angriff auf die Nato plane.", "de", "bestritt"),
        ("Das Ministerium dementierte, dass 600 Soldaten ausgebildet werden.", "de", "dementierte"),
        ("Mark Rutte sagte nicht, dass China angreifen werde.", "de", "nicht"),
        ("Es stimme nicht, dass Russland 462 Milliarden Dollar ausgegeben habe, sagte Dmitri Peskow.", "de", "nicht"),
        ("Dmitry Peskov denied that Moscow was planning to attack NATO.", "en", "denied"),
        ("Mark Rutte did not say that China would attack Taiwan.", "en", "not"),
        ("The Pentagon rejected reports that China had 600 soldiers in Russia.", "en", "rejected"),
        ("Analysts doubt that China will be ready to attack by 2027.", "en", "doubt"),
        ("Mark Rutte sagte, dass China nicht angreifen werde.", "de", None),
        ("Mark Rutte warnte davor, dass Russland die Nato angreifen könne.", "de", None),
        ("Mark Rutte said that Russia would not attack NATO.", "en", None),
    ],
)  # fmt: skip
def test_a_denial_is_no_claim(sentence: str, lang: str, word: str | None) -> None:
    reading = read_text(sentence, lang=lang, date="2025-07-14")
    (claim,) = reading.claims[0]
    assert (reading.articles[0].words(claim.denied) if claim.denied else None) == word
    assert any("denied, not claimed" in remark for remark in claim.remarks) == (word is not None)


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("„Hätte China mehr Schiffe gehabt, wäre es bereit“, sagte Merz.", "Hätte China mehr Schiffe gehabt"),
        ("Sollte Chinas Wirtschaft stark wachsen, werde man sich fürchten, sagte Merz.",
         "Sollte Chinas Wirtschaft stark wachsen"),
        ("Nach Einschätzung von Mark Rutte könnte China angreifen, wie er sagte.", None),
    ],
)  # fmt: skip
def test_a_condition_without_if(sentence: str, condition: str | None) -> None:
    reading = read_text(sentence, lang="de")
    found = reading.claims[0][0].conditional
    assert (reading.articles[0].words(found) if found else None) == condition


@pytest.mark.parametrize(
    ("sentence", "date"),
    [
        ("2024 stieg das russische Verteidigungsbudget um 42 Prozent, wie das Institut für Weltwirtschaft feststellte.",
         None),
        ("„Wir handeln jetzt“, sagte Mark Rutte 2024.", "2024"),
        ("„Wir handeln jetzt“, sagte Mark Rutte auf der großen Pressekonferenz der Nato in Den Haag am 24. Juni 2025.",
         "2025-06-24"),
    ],
)  # fmt: skip
def test_the_date_of_a_statement_is_not_that_of_its_figures(sentence: str, date: str | None) -> None:
    when = read_text(sentence, lang="de").claims[0][0].when
    assert (when.value if when else None) == date


@pytest.mark.parametrize(
    ("sentence", "lang", "right", "outcome", "words"),
    [
        ("In 2024 Russia spent more on defense than Germany, France and Britain combined.", "en", "DEU+FRA+GBR",
         "cannot be checked", "No figure for Germany + France + United Kingdom at purchasing power"),
        ("Russlands Militärausgaben waren 2024 höher als die von Deutschland, Frankreich und Polen zusammen.", "de",
         "DEU+FRA+POL", "holds", "Germany + France + Poland 184.2 bn USD"),  # 86.1 + 63.6 + 34.5
        ("Japans Militärausgaben waren 2024 höher als die von Deutschland und Frankreich zusammen.", "de", "DEU+FRA",
         "contradicted", "Germany + France 149.7 bn USD"),
    ],
)  # fmt: skip
def test_more_than_several_together(sentence: str, lang: str, right: str, outcome: str, words: str) -> None:
    reading = read_text(sentence, lang=lang, date="2025-07-14")
    assert [relation.right for claim in reading.claims[0] for relation in claim.relations] == [right]
    (verdict,) = reading.verdicts
    assert verdict.outcome == outcome
    assert words in verdict.finding


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("Chinas Wirtschaft ist 2025 um 5 Prozent gewachsen.", "holds"),  # 4.8, IMF
        ("Chinas Wirtschaft ist 2025 um 5,2 Prozent gewachsen.", "contradicted"),
        ("Chinas Wirtschaft ist 2025 um 4 Prozent gewachsen.", "contradicted"),
    ],
)
def test_a_percentage_may_be_rounded_to_its_last_digit(sentence: str, outcome: str) -> None:
    assert [v.outcome for v in read_text(sentence, lang="de", date="2026-01").verdicts] == [outcome]


def test_lines_that_end_in_a_carriage_return(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("Es war ruhig.\r„Wir müssen jetzt handeln“, sagte Anna Weber.\rDer Regen fiel.".encode())
    reading = read_articles([str(file)], lang="de")
    (spoken,) = (found for found in reading.claims[0] if found.form == "quotation")
    assert spoken.speaker.name == "Anna Weber"
    assert reading.articles[0].place(spoken.start) == (2, 1)
