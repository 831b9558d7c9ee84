"""Numbers, units, powers and quantities as look-ups, read once from `lexicon/figures.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from twofront.evidence.reader.text import Token

Tag = tuple[str, str]  # kind ("group", "power", "quantity") and name
_FIRST_OF_TWO = frozenset(["military", "defence", "defense", "semiconductor", "chip", "für", "on", "into", "for"])

_UNITED = frozenset(["united", "vereinigte", "vereinigten", "vereinigtes"])
_STATES = {"state": "USA", "staat": "USA", "kingdom": "GBR", "königreich": "GBR"}


@dataclass(frozen=True)
class Vocabulary:
    """Everything `figures` and `relations` look up. `exact`: word -> tags; `stems`: three letters -> (stem, tag)."""

    numbers: Mapping[str, float]
    fractions: Mapping[str, float]
    magnitudes: Mapping[str, Mapping[str, float]]
    currencies: Mapping[str, str]
    durations: Mapping[str, str]
    times: Mapping[str, float]
    exact: Mapping[str, list[Tag]]
    stems: Mapping[str, list[tuple[str, Tag]]]

    def power(self, word: str) -> str | None:
        """The power that a word names ("russische" -> "RUS"), or None."""
        return _tags(word)[1]

    def power_at(self, toks: list[Token], k: int) -> str | None:
        """The power named at token k, which may have a name of two words: "United States"."""
        if toks[k].low in _UNITED and k + 1 < len(toks):
            return next((code for stem, code in _STATES.items() if toks[k + 1].low.startswith(stem)), None)
        return self.power(toks[k].low)

    def quantity(self, toks: list[Token], k: int) -> tuple[str, int] | None:
        """The quantity named at token k and how many tokens it takes up."""
        low = toks[k].low
        if k + 1 < len(toks) and low in _FIRST_OF_TWO:
            pair = _tags(f"{low}-{toks[k + 1].low}")[2]
            if pair is not None:
                return pair, 2
        name = _tags(low)[2]
        return (name, 1) if name is not None else None

    def tags(self, word: str) -> frozenset[str]:
        """The groups that a word belongs to."""
        return _tags(word)[0]

    def has(self, group: str, word: str) -> bool:
        return group in _tags(word)[0]


@lru_cache(maxsize=65536)
def _tags(word: str) -> tuple[frozenset[str], str | None, str | None]:
    """The groups, the power and the quantity of a word: each word is looked up once."""
    voc = vocabulary()
    found = [*voc.exact.get(word, ()), *(tag for stem, tag in voc.stems.get(word[:3], ()) if word.startswith(stem))]
    groups = frozenset(name for kind, name in found if kind == "group")
    power = next((name for kind, name in found if kind == "power"), None)
    return groups, power, next((name for kind, name in found if kind == "quantity"), None)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of figures."""
    text = files(__package__).joinpath("lexicon").joinpath("figures.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    both = data["magnitudes"]["both"]
    exact: dict[str, list[Tag]] = {}
    stems: dict[str, list[tuple[str, Tag]]] = {}
    for tag, words in _lists(data):
        for word in words.split():
            if word.endswith("*"):
                stems.setdefault(word[:3], []).append((word[:-1], tag))
            else:
                exact.setdefault(word, []).append(tag)
    return Vocabulary(
        numbers=data["numbers"]["words"] | data["numbers"]["dozen"],
        fractions=data["numbers"]["fractions"],
        magnitudes={lang: both | data["magnitudes"][lang] for lang in ("de", "en")},
        currencies=data["units"]["currencies"],
        durations=data["units"]["durations"],
        times=data["context"]["times"],
        exact=exact,
        stems=stems,
    )


def _lists(data: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[Tag, str]]:
    """Every list of words with the tag that its words get."""
    units = {key: data["units"][key] for key in ("percent", "points", "gdp", "persons")}
    for kind, table in (
        ("group", {**data["context"], **units}),
        ("power", data["powers"]),
        ("quantity", data["quantities"]),
    ):
        for name, words in table.items():
            if isinstance(words, str):
                yield (kind, name), words
