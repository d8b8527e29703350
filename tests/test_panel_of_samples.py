"""The panel of the bundled sample articles, against rows that were read from their sentences by hand."""

from __future__ import annotations

import csv
import tomllib
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import flows.demo
from transforms import indicators, places, provinces
from transforms.analysis import analyse
from transforms.panel import choose

ARTICLES = Path(flows.demo.__file__).parent / "articles"
MORE = Path(__file__).parent / "data" / "panel" / "demo_more.tsv"
VIEWED = date(2025, 11, 20)
"""The day of viewing that the undated sample pages print."""
Key = tuple[str, str, int, float]


def samples() -> list[dict[str, Any]]:
    return [
        {"site": path.stem, **article}
        for path in sorted(ARTICLES.glob("*.toml"))
        for article in tomllib.loads(path.read_text(encoding="utf-8"))["article"]
    ]


def panel(number: int, sample: dict[str, Any]) -> list[dict[str, Any]]:
    text = "\n".join(filter(None, [sample["title"], sample.get("lead"), *sample["paragraphs"]]))
    published = sample["published_at"].date() if sample.get("published_at") else None
    home = sample.get("province")
    figures = [
        {**figure.row(), "figure_id": f"{number}-{i}"}
        for i, figure in enumerate(analyse(text, province=home, published=published).figures)
    ]
    row = {
        "article_id": f"a{number}",
        "portal": sample["site"],
        "title": sample["title"],
        "text": text,
        "province": provinces.province_at(home, published),
        "published_on": published,
        "published_before": published or VIEWED,
    }
    mentions = [place.row() for place in places.find(text, province=home, on=published)]
    return list(indicators.of_article(indicators.Article(row, figures, mentions)))


def key(row: dict[str, Any]) -> Key:
    return row["indicator"], row["province"], row["period_end"].year, row["value"]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return [row for number, sample in enumerate(samples()) for row in panel(number, sample)]


def noted() -> set[Key]:
    return {
        (told["indicator"], told.get("province", sample.get("province")), told["year"], float(told["value"]))
        for sample in samples()
        for told in sample.get("indicators", [])
    }


def more() -> dict[Key, str]:
    lines = [line for line in MORE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {
        (row["indicator"], row["province"], int(row["year"]), float(row["value"])): row["scope"]
        for row in csv.DictReader(lines, delimiter="\t")
    }


def test_every_row_that_a_person_reads_is_found(found: list[dict[str, Any]]) -> None:
    expected = noted() | set(more())
    assert expected - {key(row) for row in found} == set()


def test_no_row_is_made_up(found: list[dict[str, Any]]) -> None:
    assert {key(row) for row in found} - noted() - set(more()) == set()


def test_scopes(found: list[dict[str, Any]]) -> None:
    told = more()
    assert {(key(row), row["scope"]) for row in found if key(row) in told and row["scope"] != told[key(row)]} == set()


def test_one_row_is_chosen_for_each_cell(found: list[dict[str, Any]]) -> None:
    chosen = [row for row in choose(found) if row["chosen"]]
    cells = [(r["indicator"], r["province"], r["scope"], r["period_start"], r["period_end"]) for r in chosen]
    assert len(cells) == len(set(cells))
    assert {key(row) for row in found} == {key(row) for row in chosen}


PHRASINGS = tomllib.loads((MORE.parent / "phrasings.toml").read_text(encoding="utf-8"))["article"]


@pytest.mark.parametrize("article", PHRASINGS, ids=lambda article: article["title"])
def test_other_phrasings_say_the_same(article: dict[str, Any]) -> None:
    day = article["published_on"]
    sample = {"site": "phrasings", "published_at": datetime(day.year, day.month, day.day, tzinfo=UTC), **article}
    rows = {
        (r["indicator"], r["province"], str(r["period_start"] or ""), str(r["period_end"]), r["value"], r["scope"])
        for r in panel(0, sample)
    }
    assert rows == {tuple(row) for row in article["rows"]}


SEEDS = Path(__file__).resolve().parents[1].parent / "shared" / "seeds"
ABOUT: dict[str, tuple[str, date | None]] = {
    "000": ("ha-giang", date(2024, 4, 24)),
    "001": ("vinh-phuc", date(2022, 4, 5)),
    "002": ("an-giang", None),
    "003": ("bac-kan", None),
    "004": ("hoa-binh", date(2023, 12, 26)),
}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the real articles are not at hand")
@pytest.mark.parametrize("article", ABOUT)
def test_the_panel_of_real_articles(article: str) -> None:
    home, published = ABOUT[article]
    text = unicodedata.normalize("NFC", next(SEEDS.glob(f"{article}_*.txt")).read_text(encoding="utf-8"))
    title, *paragraphs = text.split("\n")
    sample = {"site": "seed", "title": title, "paragraphs": paragraphs, "province": home, "published_at": None}
    if published is not None:
        sample["published_at"] = datetime(published.year, published.month, published.day, tzinfo=UTC)
    lines = (MORE.parent / "seeds.tsv").read_text(encoding="utf-8").splitlines()
    told = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    expected = {
        (row["indicator"], row["province"], int(row["year"]), float(row["value"]))
        for row in told
        if row["article"] == article
    }
    assert {key(row) for row in panel(0, sample)} == expected
