"""Figures and citations against the annotated texts of `tests/data/figures`, and the traps that hold no figure."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import Any

import pytest
from scoring import Row, Score, found_citations, found_figures, read, score_texts

KINDS = {
    "count", "money", "percent", "percent_point", "ratio", "score", "rank",
    "multiple", "area", "length", "mass", "volume", "duration", "other",
}  # fmt: skip
QUALIFIERS = {"exact", "about", "over", "under", "at_least", "at_most"}
TRAPS = read("traps")


@pytest.fixture(scope="module")
def tune() -> Score:
    return score_texts(read("tune"), found_figures, found_citations)


def test_values_kinds_and_units_are_read_right(tune: Score) -> None:
    assert tune.strict.f1 >= 0.97, "\n".join(tune.errors)


def test_whole_rows_are_read_right(tune: Score) -> None:
    assert tune.whole.f1 >= 0.93, "\n".join(tune.errors)


@pytest.fixture(scope="module")
def articles() -> Score:
    return score_texts(read("articles_tune"), found_figures, found_citations)


def test_whole_articles_are_read_right(articles: Score) -> None:
    assert articles.strict.f1 >= 0.98, "\n".join(articles.errors)
    assert articles.whole.f1 >= 0.96, "\n".join(articles.errors)
    assert articles.period.share >= 0.96, "\n".join(articles.errors)


@pytest.fixture(scope="module", params=["fresh_tune", "fresh_held", "fresh2"])
def fresh(request: pytest.FixtureRequest) -> Score:
    return score_texts(read(request.param), found_figures, found_citations)


def test_texts_of_other_registers_are_read_right(fresh: Score) -> None:
    assert fresh.strict.f1 >= 0.98, "\n".join(fresh.errors)
    assert fresh.whole.f1 >= 0.97, "\n".join(fresh.errors)
    assert fresh.period.share >= 0.97, "\n".join(fresh.errors)
    assert (fresh.key.f1, fresh.type.share, fresh.date.share) == (1, 1, 1), "\n".join(fresh.errors)


def test_citations_are_read_right(tune: Score) -> None:
    assert tune.key.f1 >= 0.98, "\n".join(tune.errors)
    assert tune.type.share >= 0.98, "\n".join(tune.errors)
    assert tune.date.share >= 0.98, "\n".join(tune.errors)


@pytest.mark.parametrize("trap", TRAPS, ids=[trap["id"] for trap in TRAPS])
def test_a_trap_holds_no_figure(trap: dict[str, str]) -> None:
    assert [row["surface"] for row in found_figures(trap["text"])] == []


@pytest.mark.parametrize(
    "name", ["tune", "held_out", "articles_tune", "articles_held", "fresh_tune", "fresh_held", "fresh2"]
)
def test_annotations_are_sound(name: str) -> None:
    for text in read(name):
        composed = unicodedata.normalize("NFC", text["text"])
        for row in [*text["figures"], *text["citations"]]:
            assert composed[row["start"] : row["end"]] == row["surface"], (text["id"], row)
        for row in text["figures"]:
            assert row["kind"] in KINDS, (text["id"], row)
            assert row["qualifier"] in QUALIFIERS, (text["id"], row)
            assert (row["denominator"] is not None) >= (row["kind"] in {"ratio", "rank"}), (text["id"], row)
            assert row["value_max"] is None or row["value_max"] > row["value"], (text["id"], row)
        spans = sorted((row["start"], row["end"]) for row in [*text["figures"], *text["citations"]])
        assert all(left[1] <= right[0] for left, right in pairwise(spans)), text["id"]


@pytest.mark.parametrize("name", ["tune", "held_out"])
def test_each_file_covers_every_construct(name: str) -> None:
    texts = read(name)
    rows = [row for text in texts for row in text["figures"]]
    assert {row["kind"] for row in rows} == KINDS
    assert {row["qualifier"] for row in rows} == QUALIFIERS
    assert {row["change"] for row in rows} == {"level", "increase", "decrease"}
    assert {len(row["per"]) for row in rows} == {0, 1, 2}
    assert {(bool(row["period_start"]), bool(row["period_end"])) for row in rows} == {
        (False, False), (False, True), (True, False), (True, True),
    }  # fmt: skip
    assert any(text["text"] != unicodedata.normalize("NFC", text["text"]) for text in texts)
    assert any("\N{NO-BREAK SPACE}" in text["text"] for text in texts)


def test_the_files_share_no_sentence() -> None:
    tune_sentences, held_sentences = (
        {part.strip() for text in read(name) for part in text["text"].split(". ")} for name in ("tune", "held_out")
    )
    assert not tune_sentences & held_sentences


# The comparison itself: it must be able to fail.


def _figure(**changes: Any) -> dict[str, Any]:
    row = {
        "start": 0, "end": 2, "surface": "12", "kind": "count", "value": 12, "value_max": None, "denominator": None,
        "unit": "hộ nghèo", "per": [], "qualifier": "exact", "change": "level",
        "period_start": "2023-01-01", "period_end": "2023-12-31",
    }  # fmt: skip
    return row | changes


@pytest.mark.parametrize(
    ("found", "strict", "whole"),
    [
        ([_figure()], 1, 1),
        ([_figure(unit="Hộ")], 1, 1),
        ([_figure(unit="hộ dân")], 0, 0),
        ([_figure(unit=None)], 0, 0),
        ([_figure(value=12.5)], 0, 0),
        ([_figure(denominator=12)], 0, 0),
        ([_figure(kind="ratio")], 0, 0),
        ([_figure(qualifier="over")], 1, 0),
        ([_figure(per=["năm"])], 1, 0),
        ([_figure(period_start=None)], 1, 0),
        ([_figure(start=2, end=4)], 0, 0),
        ([_figure(), _figure(start=5, end=7)], 2 / 3, 2 / 3),
        ([], 0, 0),
    ],
)
def test_the_comparison_of_figures(found: list[Row], strict: float, whole: float) -> None:
    score = score_texts(
        [{"id": "x", "text": "", "figures": [_figure()], "citations": []}], lambda _: found, lambda _: []
    )
    assert score.strict.f1 == pytest.approx(strict)
    assert score.whole.f1 == pytest.approx(whole)
    assert bool(score.errors) == (whole < 1)


def test_a_period_is_judged_only_where_one_is_annotated() -> None:
    bare = _figure(period_start=None, period_end=None)
    score = score_texts(
        [{"id": "x", "text": "", "figures": [bare], "citations": []}], lambda _: [_figure()], lambda _: []
    )
    assert score.whole.f1 == 1


@pytest.mark.parametrize(
    ("changes", "key", "type_", "date"),
    [
        ({}, 1, 1, 1),
        ({"key": "25-NQ/TU"}, 0, 1, 1),
        ({"type": "Chỉ thị"}, 1, 0, 1),
        ({"date": None}, 1, 1, 0),
    ],
)
def test_the_comparison_of_citations(changes: dict[str, Any], key: float, type_: float, date: float) -> None:
    wanted = {
        "start": 0, "end": 8, "surface": "25-NQ/TW", "type": "Nghị quyết", "key": "25-NQ/TW", "date": "2013-06-03",
    }  # fmt: skip
    score = score_texts(
        [{"id": "x", "text": "", "figures": [], "citations": [wanted]}], lambda _: [], lambda _: [wanted | changes]
    )
    assert (score.key.f1, score.type.share, score.date.share) == (key, type_, date)
