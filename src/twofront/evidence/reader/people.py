"""Who is meant: from a pronoun, a role or a surname to the name that the article gave once."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from twofront.evidence.reader import english
from twofront.evidence.reader.lexicon import Lexicon, lexicon
from twofront.evidence.reader.record import Kind, Source, Span
from twofront.evidence.reader.text import Sentence, Token

_WOMAN = ("in", "woman")
_PARTICLES = ("van", "de", "al", "bin", "el", "da", "dos", "la", "le")
_GENITIVE = re.compile(r"(?<=\w\w)(?:’s|'s|s)$")
_POSSESSIVE = re.compile(r"(?:sein|ihr)e[rnm]?$")
_OWN_NAME = re.compile(r"[Tt]he [a-z ]{3,30}, ([A-Z][^,]*)")
_SHORT = re.compile(r" \([A-Z]{2,}\)$")
_HONORIFIC = frozenset(["mr.", "mrs.", "ms.", "dr.", "prof.", "sir", "dame"])
_AGED = ("jährige", "jährigen", "jähriger")  # der 34-Jährige
_OTHER_GENDER = {"er": ("die", "eine", "das"), "sie": ("das", "dem", "des", "ein", "einem", "eines")}
_FEMALE = {"er": False, "sie": True, "he": False, "she": True}  # whom a pronoun may mean


@dataclass(frozen=True, slots=True)
class Person:
    """A full name, the role it came with and where it stood."""

    name: str
    role: str | None
    female: bool | None
    at: int


class People:
    """The names of one article, and who was spoken of last. Built once; `resolve` reads it from left to right."""

    def __init__(self, text: str, sentences: list[Sentence], lex: Lexicon) -> None:
        self.text, self.lex = text, lex
        self.by_surname: dict[str, list[Person]] = {}
        self.by_role: dict[str, list[Person]] = {}
        self.acronyms: dict[str, str] = {}
        self.bodies: dict[str, str] = {}  # "center" -> the last institution named that is one
        self.full_names: set[str] = set()
        self.last: Source | None = None
        self.recent: list[Source] = []  # persons spoken of, the last one at the end
        self.named: dict[int, Span] = {}  # where a pronoun begins -> the words that name whom it means
        for sentence in sentences:
            self._names(sentence.tokens)
            self._acronyms(sentence.tokens)

    def _names(self, toks: list[Token]) -> None:
        i = 0
        while i < len(toks):
            if not toks[i].capital:
                i += 1
                continue
            end = _run(toks, i)
            if end - i >= 2:
                self._name(toks, i, end)
            i = max(end, i + 1)

    def _name(self, toks: list[Token], i: int, end: int) -> None:
        """A run of capitalised words: a role in front, then first and family name."""
        words = self.lex.words
        if self.lex.lang == "en":
            first, role = self._titled(toks, i, end)
        else:
            roles = [k for k in range(i, end - 1) if _role(toks[k].low, self.lex)]
            first, role = (roles[-1] + 1, toks[roles[-1]].text) if roles else (i, None)
        while first < end - 2 and role is None and toks[first].low in words["article"] | words["preposition"]:
            first += 1  # "Sein Gegner Jens Ott": the capital opens the sentence
        given = words["male_first"] | words["female_first"]
        described = self.lex.lang == "de" and role is None and first < end - 2 and toks[first].low not in given
        if described and toks[first + 1].low in given:
            first, role = first + 1, toks[first].text
        known = toks[first].low in given
        if role is None:
            role = self._role_after(toks, end) or self._role_before(toks, first)
        personal = known or self._personal(toks, first, end) or self._apposed(toks, first, end)
        alone = self.lex.lang == "en" and end - first == 1 and role is not None and self._surname(toks, first, end)
        if not (alone or (end - first > 1 and (role or personal))):
            return
        unlikely = words["media"] | words["article"] | words["months"] | words["preposition"]
        if any(_institution(t.low, self.lex) or t.low in unlikely for t in toks[first:end]):
            return
        female = True if toks[first].low in words["female_first"] or (role or "").lower().endswith(_WOMAN) else None
        female = False if toks[first].low in words["male_first"] else female
        person = Person(self.text[toks[first].start : toks[end - 1].end], role, female, toks[first].start)
        self.full_names.add(person.name)
        namesakes = self.by_surname.setdefault(_bare(toks[end - 1].text), [])
        if len(namesakes) < 40 and all((p.name, p.role) != (person.name, person.role) for p in namesakes):
            namesakes.append(person)
        if role:
            self.by_role.setdefault(_role_key(role, self.lex), []).append(person)

    def _titled(self, toks: list[Token], i: int, end: int) -> tuple[int, str | None]:
        """Where an English name begins, and the words of the role before it: "NATO Secretary General Mark Rutte"."""
        words = self.lex.words
        found = english.title(toks, i, end, self.lex)
        first = i if found is None else max(found[1], i)
        role = self.text[toks[found[0]].start : toks[found[1] - 1].end] if found else None
        skipped = _HONORIFIC if role else _HONORIFIC | words["weekdays"] | words["months"]
        while first < end - 1 and toks[first].low in skipped:
            first += 1
        return first, role

    def _surname(self, toks: list[Token], first: int, end: int) -> bool:
        """English: "President Xi said": one name behind a title."""
        groups = ("role", "institution", "media", "anonymous", "weekdays", "months")
        known = any(toks[first].low in self.lex.words[group] for group in groups)
        return not known and self._personal(toks, first, end)

    def _role_after(self, toks: list[Token], end: int) -> str | None:
        """ ", ehemaliger Chef …" and ", the governor of …" after a name."""
        if end < len(toks) and toks[end].text == ",":
            for k in range(end + 1, min(end + 5, len(toks))):
                if toks[k].text == ",":
                    break
                if _role(toks[k].low, self.lex):
                    return self._whole_role(toks, k)
        return None

    def _role_before(self, toks: list[Token], first: int) -> str | None:
        """ "der Vorstandschef des Herstellers Nordstahl, Emil Krause": the role before the comma before a name."""
        if first < 2 or toks[first - 1].text != ",":
            return None
        for k in range(first - 2, max(0, first - 9) - 1, -1):
            if not toks[k].word or toks[k].low in self.lex.verbs:
                break
            if _role(toks[k].low, self.lex):
                return self._whole_role(toks, k)
        return None

    def _whole_role(self, toks: list[Token], k: int) -> str:
        """The role at token k; in English with the words before it: "finance minister"."""
        found = english.title(toks, k + 1, 0, self.lex) if self.lex.lang == "en" else None
        return self.text[toks[found[0] if found else k].start : toks[k].end]

    def _personal(self, toks: list[Token], first: int, end: int) -> bool:
        """Beside a reporting verb a run of two or three capitals is taken for a name."""
        if first and toks[first - 1].low in self.lex.words["link"] | {"for", "of", "the"}:
            return False
        if self.lex.lang == "en" and english.inside_body(toks, first, self.lex):
            return False
        while first and toks[first - 1].low in _HONORIFIC:
            first -= 1
        near = [t.low for t in (*toks[max(0, first - 1) : first], *toks[end : end + 1])]
        verbs = self.lex.words["auxiliaries"] if self.lex.lang == "en" else frozenset()
        return end - first <= 3 and any(
            low in self.lex.verbs or low in self.lex.separable or low in verbs for low in near
        )

    def _apposed(self, toks: list[Token], first: int, end: int) -> bool:
        """ "Jana Nowak, eine Anwohnerin, …": two names without an article, then who that is."""
        bare = not first or toks[first - 1].low not in self.lex.words["article"] | self.lex.words["link"]
        opener = [t.low for t in toks[end : end + 2]]
        return bare and end - first <= 3 and opener in ([",", "ein"], [",", "eine"], [",", "der"], [",", "die"])

    def _acronyms(self, toks: list[Token]) -> None:
        """ "Center for European Policy Analysis (CEPA)"."""
        for k in range(1, len(toks) - 2):
            if (
                toks[k].text == "("
                and toks[k + 2].text == ")"
                and toks[k + 1].text.isupper()
                and len(toks[k + 1].text) > 1
            ):
                start = k - 1
                small = set(self.lex.words["link"]) | {"for", "of", "the", "and", "für", "und", "on"}
                while start > 0 and (toks[start - 1].capital or toks[start - 1].low in small) and k - start < 8:
                    start -= 1
                while start < k and not toks[start].capital:
                    start += 1
                if start < k and toks[start].low not in self.lex.words["article"]:
                    self.acronyms[toks[k + 1].text] = self.text[toks[start].start : toks[k - 1].end]

    def resolve(self, mention: Span, toks: list[Token], *, remember: bool = True) -> Source:
        """Who the words of a mention stand for; a pronoun is whoever spoke or was spoken of last.

        remember: this is somebody whom a later pronoun may mean; not so for whom a statement is addressed to.
        """
        inside = [t for t in toks if mention.start <= t.start and t.end <= mention.end]
        words = self.text[mention.start : mention.end]
        if not inside:
            return Source(mention, words.strip('„“”"»«'), None, "institution")
        lows = [t.low for t in inside]
        pronouns = self.lex.words["pronoun"] | self.lex.words["relative"]
        if lows[0] in pronouns and (len(inside) == 1 or (len(inside) == 2 and not inside[1].capital)):
            return self._pronoun(mention, words)
        owned = self.lex.lang == "de" and len(inside) == 2 and _POSSESSIVE.match(lows[0]) is not None
        if owned and self.last is not None and lows[1].endswith(tuple(self.lex.words["nach"])):
            return self._pronoun(mention, "er" if lows[0].startswith("sein") else "sie")  # "seiner Meinung nach"
        if self.lex.lang == "en" and lows[:2] == ["one", "of"] and lows[2:] == ["them"] and self.last is not None:
            return replace(self.last, mention=mention)
        found = self._person(mention, inside) or self._by_role(mention, inside)
        if found is None:
            found = Source(
                mention,
                self._expanded(_bare_name(words.split(", ")[0] if inside[0].capital else words, self.lex)),
                _role_of(inside, self.lex),
                kind_of(lows, inside, self.lex),
            )
            found = self._body(found, inside) if found.kind == "institution" and self.lex.lang == "en" else found
        if remember and found.kind != "media":
            self.remember(found)
        return found

    def remember(self, source: Source) -> None:
        """This is somebody whom a later pronoun may mean."""
        self.last = source
        if source.kind == "person" and self.speaks(source):
            self.recent = [*self.recent[-5:], source]

    def speaks(self, source: Source) -> bool:
        """Whether this is known to be somebody: by name, by role, as an institution, or as people without a name."""
        return source.kind != "person" or source.role is not None or source.name in self.full_names

    def may_speak(self, source: Source) -> bool:
        """Whether this is no thing: somebody known, or a bare name ("Israel", but not "die Nähe")."""
        first = self.text[source.mention.start : source.mention.end].split()[:1] if source.mention else []
        return self.speaks(source) or bool(first and first[0].lower() not in self.lex.words["article"])

    def spelled(self, source: Source) -> Source:
        """The same source with the words that name it, where its own words are a pronoun."""
        words = self.named.get(source.mention.start) if source.mention is not None else None
        return replace(source, mention=words) if words is not None else source

    def _female(self, name: str) -> bool | None:
        people = self.by_surname.get(_bare(name.split()[-1]), []) if name else []
        return next((p.female for p in people if p.name == name and p.female is not None), None)

    def _agrees(self, pronoun: str, meant: Source) -> bool:
        """German: "er" is no "die Annahme", "sie" no "das Gespräch"."""
        article = (
            self.text[meant.mention.start : meant.mention.end].split(maxsplit=1)[0].lower() if meant.mention else ""
        )
        return article not in _OTHER_GENDER.get(pronoun, ())

    def _pronoun(self, mention: Span, words: str) -> Source:
        low = words.lower()
        wanted = _FEMALE.get(low)
        person = next((s for s in reversed(self.recent) if self._female(s.name) in (wanted, None)), None)
        last = self.last if self.last is not None and self._agrees(low, self.last) else None
        if self.lex.lang == "en" and low in _FEMALE and last is not None and self._several(last):
            last = None
        meant = (person if low in _FEMALE else None) or last
        if meant is not None and meant.mention is not None:
            self.named[mention.start] = self.named.get(meant.mention.start, meant.mention)
        if meant is None:
            named = [p for people in self.by_surname.values() for p in people if p.at < mention.start]
            named = [p for p in named if self.lex.lang == "de" or p.female in (wanted, None)]
            if not named or low not in _FEMALE:
                return Source(mention, words, None, "nowhere")
            nearest = max(named, key=lambda p: p.at)
            return Source(mention, nearest.name, nearest.role, "person")
        return Source(mention, meant.name, meant.role, meant.kind)

    def _person(self, mention: Span, inside: list[Token]) -> Source | None:
        for token in reversed(inside):
            people = self.by_surname.get(_bare(token.text))
            if people and token.capital:
                earlier = [p for p in people if p.at <= token.start] or people
                role = next((p.role for p in reversed(people) if p.role), None)
                fullest = max(earlier, key=lambda p: (len(p.name.split()), p.at))
                return Source(mention, fullest.name, role, "person")
        return None

    def _by_role(self, mention: Span, inside: list[Token]) -> Source | None:
        """ "der Minister": the last person who was given that role, where the article says "the", not "a"."""
        if inside[0].low in ("ein", "eine", "einem", "einer", "a", "an", "another"):
            return None
        if self.lex.lang == "en":
            return self._by_title(mention, inside)
        role = next((t for t in inside if _role(t.low, self.lex)), None)
        if role is None or any(_institution(t.low, self.lex) for t in inside):
            return None
        people = self.by_role.get(_role_key(role.text, self.lex), [])
        k = bisect_left(people, mention.start, key=lambda p: p.at)
        return Source(mention, people[k - 1].name, people[k - 1].role, "person") if k else None

    def _by_title(self, mention: Span, inside: list[Token]) -> Source | None:
        """English: "the finance minister" is the last minister whose own title, where it says more, agrees."""
        words = [t.low for t in inside if t.low not in self.lex.words["article"]]
        if not words or not _role(words[-1], self.lex) or len(words) == len(inside):
            return None
        for person in reversed(self.by_role.get(_role_key("-".join(words), self.lex), [])):
            own = set((person.role or "").lower().split()[:-1])
            if person.at < mention.start and (not own or own.issuperset(words[:-1]) or own.issubset(words[:-1])):
                return Source(mention, person.name, person.role, "person")
        return None

    def _several(self, source: Source) -> bool:
        """English: no "he" or "she", but officials without a name, an institution, or a paper."""
        words = self.text[source.mention.start : source.mention.end].lower().split() if source.mention else []
        plural = source.kind == "anonymous" and words[:1] != ["the"] and any(w.endswith("s") for w in words)
        return plural or source.kind in ("institution", "media")

    def _body(self, source: Source, inside: list[Token]) -> Source:
        """English: "The Pentagon" without its article; "the center" is the last institution of that kind by name."""
        lows = [t.low for t in inside]
        if len(lows) == 2 and lows[0] == "the" and inside[1].text.islower():
            return replace(source, name=self.bodies.get(lows[1], source.name))
        words = self.text[source.mention.start : source.mention.end] if source.mention else ""
        own = _OWN_NAME.match(words)  # "The company, Volta Motors,"
        name = own.group(1) if own else _SHORT.sub("", re.sub(r"^The (?=[A-Z])", "", source.name))
        self.bodies.update({t.low: name for t in inside if len(inside) > 1 and _institution(t.low, self.lex)})
        return replace(source, name=name)

    def _expanded(self, words: str) -> str:
        """An acronym with the name it stands for."""
        for short in re.findall(r"\b[A-ZÄÖÜ]{2,}\b", words):
            long = self.acronyms.get(short)
            if long and long not in words:
                return f"{words} ({long})"
        return words


def kind_of(lows: list[str], inside: list[Token], lex: Lexicon) -> Kind:
    """What kind of source these words name."""
    if any(low in lex.words["media"] or low.endswith(("zeitung", "magazin", "-anzeiger")) for low in lows):
        return "media"
    if _named_organisation(inside, lex):
        return "institution"
    if any(
        low in lex.words["anonymous"] or low.endswith(("kreisen", "kreise", "berichten", "experten")) for low in lows
    ):
        return "anonymous"
    if any(_institution(low, lex) for low in lows):
        return "institution"
    if any(_role(low, lex) for low in lows):
        return "person" if sum(t.capital for t in inside) > 2 else "anonymous"
    names = [t for t in inside if t.capital and t.low not in lex.words["article"]]
    return (
        "institution" if any(t.text.isupper() and len(t.text) > 1 for t in names) else "person" if names else "nowhere"
    )


def _named_organisation(inside: list[Token], lex: Lexicon) -> bool:
    """ "ein Sprecher des HUR": an unnamed person, but a named organisation."""
    return any(t.text.isupper() and len(t.text) > 1 and t.low not in lex.words["media"] for t in inside)


def _run(toks: list[Token], i: int) -> int:
    """The end of a run of capitalised words, small particles inside."""
    j = i
    while j < len(toks) and toks[j].word and (toks[j].capital or _inner_particle(toks, i, j)):
        j += 1
    return j


def _inner_particle(toks: list[Token], i: int, j: int) -> bool:
    return j > i and toks[j].low in _PARTICLES and j + 1 < len(toks) and toks[j + 1].capital and toks[j - 1].capital


def _role(low: str, lex: Lexicon) -> bool:
    return _is_role(low, lex.lang)


@lru_cache(maxsize=65536)
def _is_role(low: str, lang: str) -> bool:
    return low in lexicon(lang).words["role"] or (lang == "de" and low.endswith(_role_ends(lang) + _AGED))


@cache
def _role_ends(lang: str) -> tuple[str, ...]:
    """Endings that make a compound a role: Nato-Generalsekretär, Regierungssprecherin."""
    return tuple(r + end for r in lexicon(lang).words["role"] if len(r) > 3 for end in ("", "in", "s"))


def _role_key(role: str, lex: Lexicon) -> str:
    return _role_stem(role.lower(), lex.lang)


@lru_cache(maxsize=65536)
def _role_stem(low: str, lang: str) -> str:
    """The longest known role at the end of a word, whatever stands before it."""
    roles = lexicon(lang).words["role"]
    if lang == "en":
        low = low.replace(" ", "-")
        for short, long in _RANKS.items():
            low = low.replace(short, long)
    return max((r for r in roles if low.endswith((r, r + "in", r + "s"))), key=len, default=low)


_RANKS = {
    "adm.": "admiral", "gen.": "general", "col.": "colonel", "sen.": "senator", "rep.": "representative",
    "gov.": "governor",
}  # fmt: skip


def _role_of(inside: list[Token], lex: Lexicon) -> str | None:
    return next((t.text for t in inside if _role(t.low, lex)), None)


def _institution(low: str, lex: Lexicon) -> bool:
    names = lex.words["institution"]
    return low in names or (lex.lang == "de" and low.endswith(_INSTITUTION_ENDS))


_INSTITUTION_ENDS = (
    "ministerium", "ministeriums", "regierung", "behörde", "polizei", "institut", "partei", "gewerkschaft", "verband",
    "kommission", "agentur", "gericht",
    "geheimdienst", "geheimdienstes", "gesellschaft", "anwaltschaft", "bank", "fraktion",
    "streitkräfte", "parlament",
)  # fmt: skip


def _bare_name(words: str, lex: Lexicon) -> str:
    """A name without its definite article: "die Newsweek" is Newsweek, but The Defense Post keeps its own."""
    first, _, rest = words.partition(" ")
    definite = ("der", "die", "das", "dem", "den", "des") if lex.lang == "de" else ("the",)
    small = first.lower() if lex.lang == "de" else first
    return rest if small in definite and rest[:1].isupper() else words


def _bare(surname: str) -> str:
    """A surname without the s of a genitive: Ruttes, Rutte’s -> Rutte."""
    return _GENITIVE.sub("", surname)
