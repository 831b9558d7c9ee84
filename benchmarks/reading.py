"""How well `twofront read` finds quotations and their speakers, and how fast it is.

    python -m benchmarks.reading [dev.jsonl]

The annotated articles are those of Petersen-Frey & Biemann (2024), German News Quotation Attribution, development
part: 150 articles, CC BY-NC-SA 4.0, not part of this project. The word lists and rules were written with all of them,
with half until late: docs/reading.md says what the other half gave before it was opened.

A found span is right where it shares at least half of the characters of both spans together with an annotated one
(`exact`: all of them). A speaker is right where its words touch the annotated speaker's words; quotations whose
speaker was not annotated are not counted there.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twofront.evidence.reader import export, read_text
from twofront.report.article import article_page

Spans = tuple[tuple[int, int], ...]
DATA = Path(__file__).parents[2] / "shared" / "data" / "german_quotation_2024" / "dev.jsonl"
KINDS = {
    "direct": (("Direct",), ("quotation",)),
    "indirect": (("Indirect",), ("indirect",)),
    "indirect and free indirect": (("Indirect", "IndirectFreeIndirect"), ("indirect", "subjunctive")),
}
TO_REACH = {"direct": (0.95, 0.88), "indirect": (0.60, 0.75)}


@dataclass(frozen=True)
class Score:
    """Counts of one kind of speech over some articles."""

    annotated: int
    found: int
    right: int
    exact: int
    speakers: int
    speakers_right: int

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.annotated + self.found)

    @property
    def exact_f1(self) -> float:
        return 2 * self.exact / max(1, self.annotated + self.found)

    @property
    def speaker(self) -> float:
        return self.speakers_right / max(1, self.speakers)


def _characters(spans: Spans) -> set[int]:
    return {k for start, end in spans for k in range(start, end)}


def _alike(a: Spans, b: Spans) -> float:
    first, second = _characters(a), _characters(b)
    return len(first & second) / max(1, len(first | second))


def _touch(spans: Sequence[Sequence[int]], mention: tuple[int, int] | None) -> bool:
    return mention is not None and any(a < mention[1] and mention[0] < b for a, b in spans)


def score(documents: Sequence[Any], types: Sequence[str], forms: Sequence[str]) -> Score:
    """Compares what is found in some articles with their annotations."""
    counts = [0] * 6
    for document in documents:
        gold: dict[Spans, list[Any]] = {}
        for note in document["annotations"]:
            if note["type"] in types:
                spans = tuple((a, b) for a, b in note["quote"]["spans"])
                gold.setdefault(spans, []).append(note["speaker"]["spans"])
        claims = [c for c in read_text(document["text"], lang="de").claims[0] if c.form in forms]
        free = {k: tuple((s.start, s.end) for s in c.spans) for k, c in enumerate(claims)}
        counts[0] += len(gold)
        counts[1] += len(claims)
        for spans, speakers in gold.items():
            best = max(((_alike(spans, mine), k) for k, mine in free.items()), default=(0.0, -1))
            if best[0] < 0.5:
                continue
            mention = claims[best[1]].speaker.mention
            counts[2] += 1
            counts[3] += set(spans) == set(free.pop(best[1]))
            if any(speakers):
                counts[4] += 1
                counts[5] += any(_touch(s, (mention.start, mention.end) if mention else None) for s in speakers)
    return Score(*counts)


def speed(documents: Sequence[Any]) -> dict[str, float]:
    """Seconds of processor time: the mean article, 100 kB, 1 MB, and its lines, table and page."""
    text = "\n\n".join(document["text"] for document in documents)
    read_text(text[:5000], lang="de")
    result = {}
    started = time.process_time()
    for document in documents:
        read_text(document["text"], lang="de")
    result["article"] = (time.process_time() - started) / len(documents)
    for name, size in (("100 kB", 100_000), ("1 MB", 1_000_000)):
        started = time.process_time()
        reading = read_text((text * (1 + size // len(text)))[:size], lang="de")
        result[name] = time.process_time() - started
    started = time.process_time()
    export.jsonl(reading), export.table(reading), article_page(reading)
    result["1 MB written"] = time.process_time() - started
    return result


def main() -> None:
    """Prints one line for each kind."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    if not path.exists():
        sys.exit(f"{path.name}: not here. Give the path of dev.jsonl, the annotated articles.")
    documents = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for kind, (types, forms) in KINDS.items():
        s = score(documents, types, forms)
        goal = TO_REACH.get(kind)
        wanted = f"  to reach {goal[0]:.2f} and {goal[1]:.2f}" if goal else ""
        print(
            f"{kind:27} annotated {s.annotated:4}  F1 {s.f1:.3f}  exact {s.exact_f1:.3f}  "
            f"speaker {s.speaker:.3f} ({s.speakers_right} of {s.speakers}){wanted}"
        )
    for name, seconds in speed(documents).items():
        print(f"{name:13} {seconds:.3f} s")


if __name__ == "__main__":
    main()
