"""English sentences, one difficulty each: who says it, what is said, and to whom; typed by hand."""

# ruff: noqa: E501 (a sentence of an article is one line)
from __future__ import annotations

import pytest

from twofront.evidence.reader import read_text
from twofront.evidence.reader.record import Found, Reading


def _read(text: str) -> Reading:
    return read_text(text, lang="en", date="2025-07-05", outlet="Example")


def _only(text: str) -> tuple[Reading, Found]:
    reading = _read(text)
    said = [found for found in reading.claims[0] if found.form in ("quotation", "indirect")]
    assert len(said) == 1, [found.text(reading.articles[0]) for found in said]
    return reading, said[0]


# sentence; speaker; role; whom it was told; what is said
SAID: list[tuple[str, str, str | None, str | None, str]] = [
    # The subject stands before an apposition between commas; "told" names whom it was said to.
    (
        'Adm. John Marsh, then the head of the northern fleet, told lawmakers in March 2024: "They will be ready."',
        "John Marsh",
        "Adm.",
        "lawmakers",
        '"They will be ready."',
    ),
    (
        'Rep. Gail Norris, a Republican from Texas, praised the vote as "a signal to Beijing".',
        "Gail Norris",
        "Rep.",
        None,
        '"a signal to Beijing"',
    ),
    ("His spokeswoman, Amy Rowe, later said the post was old.", "Amy Rowe", "spokeswoman", None, "the post was old"),
    (
        "A spokesperson for the office, Lin Mei, thanked Congress and said the island was raising its budget.",
        "Lin Mei",
        "spokesperson",
        None,
        "the island was raising its budget",
    ),
    (
        "The vote came two days after Adm. Steve Kerr told the Senate that the fleet was short of missiles.",
        "Steve Kerr",
        "Adm.",
        "the Senate",
        "that the fleet was short of missiles",
    ),
    # Names of institutions with their prepositions, whatever words they are made of.
    ('"It is so," the Center for Policy Analysis wrote.', "Center for Policy Analysis", None, None, '"It is so,"'),
    (
        "The Center for Strategy and Arms Control found that tanks were few.",
        "Center for Strategy and Arms Control",
        None,
        None,
        "that tanks were few",
    ),
    # Roles of several words.
    (
        "NATO Secretary General Jan Vos said the alliance must spend more.",
        "Jan Vos",
        "NATO Secretary General",
        None,
        "the alliance must spend more",
    ),
    (
        "Kremlin spokesman Oleg Belov denied that Moscow had such plans.",
        "Oleg Belov",
        "Kremlin spokesman",
        None,
        "that Moscow had such plans",
    ),
    ("U.S. Defense Secretary Pat Hill said he agreed.", "Pat Hill", "U.S. Defense Secretary", None, "he agreed"),
    # Reported without "that"; what only looks like it.
    ("Lang said Russia could attack.", "Lang", None, None, "Russia could attack"),
    ("Lang said more exercises would follow.", "Lang", None, None, "more exercises would follow"),
    ("Lang warned China may be ready by 2027.", "Lang", None, None, "China may be ready by 2027"),
    (
        "Minister Ann Lang told the BBC Russia was testing the alliance.",
        "Ann Lang",
        "Minister",
        "the BBC",
        "Russia was testing the alliance",
    ),
    (
        "The White House rejected reports that ships would be withdrawn.",
        "White House",
        None,
        None,
        "that ships would be withdrawn",
    ),
    ("Two diplomats who asked not to be named said it was over.", "Two diplomats", None, None, "it was over"),
    # An attribution inside or behind what it reports.
    ("The list, officials said, would be published in April.", "officials", None, None, "The list … would be published in April"),
    ("Exports fell by 3 percent, the ministry said on Monday.", "ministry", None, None, "Exports fell by 3 percent"),
    # One quotation, broken by an insertion.
    ("“We must,” Lang said, “spend more.”", "Lang", None, None, "“We must,” … “spend more.”"),
    ('"If a war begins," Lang told Reuters, "we will be alone."', "Lang", None, "Reuters", '"If a war begins," … "we will be alone."'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "speaker", "role", "told", "words"), SAID)
def test_one_statement(text: str, speaker: str, role: str | None, told: str | None, words: str) -> None:
    reading, found = _only(text)
    article = reading.articles[0]
    assert found.text(article) == words
    assert found.speaker.name.removeprefix("the ") == speaker
    assert role is None or found.speaker.role == role
    assert (article.words(found.addressee) if found.addressee else None) == told


NOTHING = [
    "Marsh said the same in 2021.",
    "The minister declined to say how many tanks had been delivered.",
    "Asked whether he would resign, Prime Minister Ivo Krall said no.",
    "The officials asked not to be named because the assessment is classified.",
    "The government rejected that view.",
    "Lang announced plans for new exercises in Poland.",
]


@pytest.mark.parametrize("text", NOTHING)
def test_no_clause_no_claim_of_somebody(text: str) -> None:
    assert [found.form for found in _read(text).claims[0]] == ["editorial"]


# sentence; the names of the chain, from the root to the article
CHAINS = [
    (
        "Chancellor Jan Merk said Russia could attack by 2029, Bild reported, citing a classified paper.",
        ["Jan Merk", "a classified paper", "Bild", "Example"],
    ),
    (
        "Russia has moved two divisions, Bloomberg reported on Saturday, citing a report by British intelligence.",
        ["a report by British intelligence", "Bloomberg", "Example"],
    ),
    (
        "Bloomberg quoted an aide to the president as saying the troops were only training.",
        ["an aide to the president", "Bloomberg", "Example"],
    ),
    (
        "According to two people briefed on the talks, Jan Merk had warned the president.",
        ["two people briefed on the talks", "Example"],
    ),
]


@pytest.mark.parametrize(("text", "names"), CHAINS)
def test_chains_begin_at_the_root(text: str, names: list[str]) -> None:
    assert [link.name for link in _only(text)[1].chain] == names


# text; the speaker of its last statement
LED_BACK = [
    ("Defence Minister Hugo Lang went to Kyiv. Finance Minister Eva Roth stayed. The defence minister said it was late.", "Hugo Lang"),
    ("Kremlin spokesman Oleg Belov denied it was so. The spokesman said it was fiction.", "Oleg Belov"),
    ("President Xi said trade would grow. The president told reporters he was not worried.", "Xi"),
    ("Lawmakers asked Gen. Ann Clark how many jets she had. “Not enough,” she replied.", "Ann Clark"),
    ("Foreign Minister Wang Tao met Igor Petrov. He said that ties were stable.", "Wang Tao"),
    ("Two officials said it was late. “Nothing is decided,” said one of them.", "Two officials"),
    ("The Center for Northern Studies wrote that ice melts. The center said ships would follow.", "Center for Northern Studies"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "speaker"), LED_BACK)
def test_pronouns_and_roles_are_led_back(text: str, speaker: str) -> None:
    said = [found for found in _read(text).claims[0] if found.form in ("quotation", "indirect")]
    assert said[-1].speaker.name == speaker


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Adm. John Marsh told lawmakers that it was late.", None),
        ("Sen. Ann Roe said it was late.", None),
        ("U.S. officials said it was late.", None),
        ("WARSAW — The ministry said it was late.", "WARSAW —"),
        ("TALLINN, Estonia (AP) — The ministry said it was late.", "TALLINN, Estonia (AP) —"),
        ("PARIS, Sept 9 (Reuters) - The ministry said it was late.", "PARIS, Sept 9 (Reuters) -"),
    ],
)
def test_titles_are_no_datelines(text: str, place: str | None) -> None:
    reading = _read(text)
    found = [reading.articles[0].words(block.span) for block in reading.blocks[0] if block.kind == "dateline"]
    assert found == ([place] if place else [])


def test_a_day_without_a_year_is_the_last_one_before_publication() -> None:
    for day, value in (("March 6", "2025-03-06"), ("December 6", "2024-12-06")):
        when = _only(f"Ann Lang told the Senate on {day} that banks had been warned.")[1].when
        assert when is not None
        assert when.value == value
