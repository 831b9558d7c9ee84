"""The report: order, safety, both languages, size and time."""

from __future__ import annotations

import html.parser
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from twofront.report import write_report
from twofront.report.html import SECTIONS, policy, stylesheet
from twofront.store import Run, open_run

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">{{ 7*7 }}{0}</a>&\u202e'
FORBIDDEN = (
    "probability of war",
    "kriegswahrscheinlichkeit",
    "very likely",
    "unlikely",
    "sehr wahrscheinlich",
)


class Page(html.parser.HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def having(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def report_run(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_run(sample.write_sample(tmp_path_factory.mktemp("run"), worlds=256))


@pytest.fixture(scope="module", params=["en", "de"])
def report(request: pytest.FixtureRequest, report_run: Run) -> str:
    return write_report(report_run, lang=request.param).read_text(encoding="utf-8")


def test_sections_stand_in_the_promised_order(report: str) -> None:
    found = [a["id"] for a in Page(report).having("section")]
    assert found == [
        "use",
        "argument",
        "unknown",
        "policies",
        "mechanism",
        "drivers",
        "world",
        "history",
        "evidence",
        "limits",
    ]
    assert tuple(found) == SECTIONS


def test_differences_come_before_levels(report: str) -> None:
    assert report.index('id="fig-verdict"') < report.index('id="fig-propositions"') < report.index('id="fig-paired"')
    assert report.index('id="fig-paired"') < report.index('id="fig-tree"') < report.index('id="fig-worlds"')


def test_policy_forbids_everything_but_the_one_style_sheet(report: str) -> None:
    policies = [a["content"] for a in Page(report).having("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [policy(stylesheet())]
    assert str(policies[0]).startswith("default-src 'none'")
    assert "unsafe" not in str(policies[0])
    assert re.findall(r"<style>(.*?)</style>", report, re.S) == [stylesheet()]


def test_the_file_loads_and_runs_nothing(report: str) -> None:
    page = Page(report)
    loading = {"script", "link", "iframe", "object", "embed", "img", "image", "use", "base", "form"}
    assert not [tag for tag, _ in page.tags if tag in loading]
    for _, attrs in page.tags:
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on") or name == "src"]
        assert (attrs.get("href") or "#").startswith("#")
    assert "url(" not in stylesheet()
    assert "@import" not in stylesheet()


def test_links_lead_to_sections_and_ids_are_unique(report: str) -> None:
    page = Page(report)
    ids = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for a in page.having("a")} <= set(ids)


def test_every_drawing_has_a_name_and_every_table_heads(report: str) -> None:
    page = Page(report)
    drawings = [a for a in page.having("svg") if a.get("role") == "img"]
    assert len(drawings) == len(page.having("figure")) == len(page.having("figcaption")) >= 14
    assert all(a.get("aria-label") for a in drawings)
    assert len(page.having("caption")) == len(page.having("table"))
    assert all(a.get("scope") for a in page.having("th"))


def test_every_figure_is_conditional_and_no_bare_probability_is_named(report: str) -> None:
    assert "Conditional on this scenario" in report or "Bedingt durch dieses Szenario" in report
    for words in FORBIDDEN:
        assert words not in report.lower()
    assert not re.search(r"\bnan\b|undefined|>None<", report, re.I)


def test_hostile_texts_stay_texts(sample: ModuleType, tmp_path: Path) -> None:
    run = open_run(sample.write_sample(tmp_path / "evil", worlds=160, evil=EVIL))
    for lang in ("en", "de"):
        text = write_report(run, lang=lang).read_text(encoding="utf-8")
        page = Page(text)
        assert not page.having("script")
        assert not page.having("img")
        assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
        assert all(str(a.get("href")).startswith("#") for a in page.having("a"))
        assert "{{ 7*7 }}" in text  # shown, not evaluated


def test_numbers_are_written_as_the_language_does(report_run: Run, tmp_path: Path) -> None:
    english = write_report(report_run, tmp_path / "a.html", "en").read_text(encoding="utf-8")
    german = write_report(report_run, tmp_path / "b.html", "de").read_text(encoding="utf-8")
    assert '<html lang="en">' in english
    assert '<html lang="de">' in german
    value = re.search(r'<b class="value">(\d\.\d)%</b>', english)
    assert value is not None
    assert f'<b class="value">{value[1].replace(".", ",")}\N{NO-BREAK SPACE}%</b>' in german


def test_a_scenario_without_partnership_has_a_report(sample: ModuleType, tmp_path: Path) -> None:
    run = open_run(sample.write_sample(tmp_path / "alone", worlds=160, partnership=False))
    page = Page(write_report(run).read_text(encoding="utf-8"))
    assert [a["id"] for a in page.having("section")] == list(SECTIONS)


def test_report_is_small_and_whole(report_run: Run, tmp_path: Path) -> None:
    path = write_report(report_run, tmp_path / "r.html")
    assert path.stat().st_size < 3_000_000
    assert not list(tmp_path.glob("*.part"))


def test_default_name_and_refused_language(report_run: Run) -> None:
    assert write_report(report_run) == report_run.path / "report.html"
    assert write_report(report_run, lang="de") == report_run.path / "bericht.html"
    with pytest.raises(ValueError, match=r'no report in "fr".*en \(English\) and de \(German\)'):
        write_report(report_run, lang="fr")


def test_a_browser_shows_it_light_dark_and_in_print(report_run: Run, tmp_path: Path) -> None:
    sync_api: Any = pytest.importorskip("playwright.sync_api")
    chromium = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)
    if chromium is None:
        pytest.skip("needs chromium")
    path = write_report(report_run, tmp_path / "r.html")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for scheme, dark in (("light", False), ("dark", True)):
            page = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)
            seen: list[str] = []
            page.on("console", lambda message, seen=seen: seen.append(message.text))
            page.on("request", lambda request, seen=seen: seen.append(request.url))
            page.goto(path.as_uri())
            assert seen == [path.as_uri()]  # nothing else is fetched, the policy has nothing to complain of
            colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            assert (max(map(int, re.findall(r"\d+", colour)[:3])) < 80) is dark
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            if dark:
                page.emulate_media(media="print")
                colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
                assert min(map(int, re.findall(r"\d+", colour)[:3])) > 240
        browser.close()
