"""The word lists of a language as sets, read once from `lexicon/<lang>.toml`; verb forms are made here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

LANGUAGES = ("de", "en")
VerbKind = Literal["finite", "participle", "infinitive"]


@dataclass(frozen=True)
class Verb:
    """A form of a reporting verb. `weakly`: reports only where a clause or a quotation follows."""

    lemma: str
    kind: VerbKind
    weakly: bool


@dataclass(frozen=True)
class Lexicon:
    """One language. `verbs`: form -> verb; `separable`: form -> the prefixes that make it report; `words`: sets."""

    lang: str
    verbs: Mapping[str, Verb]
    separable: Mapping[str, frozenset[str]]
    words: Mapping[str, frozenset[str]]
    patterns: Mapping[str, re.Pattern[str]]
    page: Mapping[str, tuple[str, ...]]

    def has(self, group: str, word: str) -> bool:
        return word in self.words[group]


@cache
def lexicon(lang: str) -> Lexicon:
    """The lexicon of "de" or "en"."""
    text = files(__package__).joinpath("lexicon").joinpath(f"{lang}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    words = {
        key: frozenset(value.split())
        for table in ("verbs", "prepositions", "nouns", "function", "mood")
        for key, value in data[table].items()
        if isinstance(value, str) and "|" not in value
    }
    if lang == "de":
        words["adverb"] |= _pronominal()
    words["share"] = frozenset(data["page"]["share"].split())
    phrases = {key: tuple(value.split("|")) for key, value in data["page"].items() if key != "share"}
    return Lexicon(lang, _verbs(data["verbs"], lang), _separable(data["verbs"]), words, _patterns(data), phrases)


def _pronominal() -> frozenset[str]:
    """Adverbs made of "da", "hier", "wo" and a preposition: darin, daraufhin, hierzu."""
    after = ["bei", "durch", "für", "gegen", "hinter", "mit", "nach", "neben", "von", "vor", "zu", "zwischen"]
    vowel = ["an", "auf", "aus", "in", "über", "um", "unter"]
    words = {f"da{p}" for p in after} | {f"dar{p}" for p in vowel}
    return frozenset(words | {f"hier{p}" for p in (*after, *vowel)} | {"daraufhin", "dadurch", "hierauf"})


def _patterns(data: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    """The phrases of several words, each as one expression that knows no repetition (hence linear time)."""
    found = {}
    for key in ("verification", "condition_phrase"):
        expression = "|".join(re.escape(part.strip()) for part in data["mood"][key].split("|"))
        found[key] = re.compile(rf"\b(?:{expression})", re.IGNORECASE)
    return found


def _verbs(table: Mapping[str, Any], lang: str) -> dict[str, Verb]:
    weakly = frozenset(table["weakly"].split())
    verbs: dict[str, Verb] = {}

    def add(form: str, lemma: str, kind: VerbKind) -> None:
        if form not in verbs or kind == "finite":
            verbs[form] = Verb(lemma, kind, lemma in weakly)

    for lemma in table["weak"].split():
        for form, kind in (_german if lang == "de" else _english)(lemma):
            add(form, lemma, kind)
    for line in table["strong"]:
        lemma, _, forms = line.partition(": ")
        finite, _, participles = forms.partition(" / ")
        for form in finite.split():
            add(form, lemma, "finite")
        for form in participles.split():
            add(form, lemma, "participle")
    for form in table["joined"].split():
        participle = re.search(r"ge.*(?:en|t)$|angen$", form) is not None and not form.endswith("te")
        add(form, form, "participle" if participle else "finite")
    return verbs


def _german(lemma: str) -> list[tuple[str, VerbKind]]:
    """Forms of a regular German verb: sagen -> sagt, sagte, sagten, sage, sagen, gesagt."""
    stem = lemma[:-2] if lemma.endswith("en") else lemma[:-1]
    link = "e" if stem[-1] in "td" or stem.endswith(("chn", "gn", "ffn")) else ""
    finite = [f"{stem}{link}t", f"{stem}{link}te", f"{stem}{link}ten", f"{stem}e"]
    plain = stem.startswith(("be", "er", "ver", "ent", "unter", "ge", "miss", "wider")) or stem.endswith("ier")
    participle = f"{stem}{link}t" if plain else f"ge{stem}{link}t"
    forms: list[tuple[str, VerbKind]] = [(form, "finite") for form in finite]
    return [(participle, "participle"), (lemma, "finite"), *forms]


def _english(lemma: str) -> list[tuple[str, VerbKind]]:
    """Forms of a regular English verb: deny -> denies, denied, deny."""
    if lemma.endswith("e"):
        return [(lemma, "finite"), (lemma + "s", "finite"), (lemma + "d", "finite")]
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return [(lemma, "finite"), (lemma[:-1] + "ies", "finite"), (lemma[:-1] + "ied", "finite")]
    plural = "es" if lemma.endswith(("s", "sh", "ch", "x")) else "s"
    double = {"admit": "admitted", "recall": "recalled", "slam": "slammed"}.get(lemma, lemma + "ed")
    return [(lemma, "finite"), (lemma + plural, "finite"), (double, "finite")]


def _separable(table: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in table["separable"]:
        forms, _, prefixes = line.partition(": ")[2].partition(" / ")
        for form in forms.split():
            found.setdefault(form, set()).update(prefixes.split())
    return {form: frozenset(prefixes) for form, prefixes in found.items()}
