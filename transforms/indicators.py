"""The province by period panel: which figures state a named indicator, and which of several to use.

Definitions are data (`data/indicators.toml`). A figure enters when it is a level that the text states as fact, its
province is known and its period is: printed with it, given earlier in its paragraph (flag `period_from_paragraph`),
or the day of publication where the sentence speaks of now (flag `as_of_publication`). What conflicts stays, one row
chosen with its reason; copies of one text count once.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

from transforms.provinces import province_at, scheme_on, successor
from warehouse.ids import row_id

Row = Mapping[str, Any]

_NOW: Final = ("hiện ", "hiện nay", "đến nay", "tới nay", "hiện có", "đến thời điểm này")
_WHOLE_PROVINCE: Final = frozenset(
    {
        "toàn tỉnh",
        "tỉnh",
        "cả tỉnh",
        "toàn thành phố",
        "trên địa bàn tỉnh",
        "trên địa bàn toàn tỉnh",
        "địa bàn tỉnh",
        "tỉnh ta",
    }
)
_PROVINCE_SCOPE: Final = "province"
_WINDOW: Final = 160
_LABEL_CUTS: Final = (",", ";", ".", ":", "(")
_TRUST_PRINTED: Final = 1.0
_TRUST_NOW: Final = 0.8
_TRUST_PARAGRAPH: Final = 0.6
_QUALIFIER_ORDER: Final = ("exact", "at_least", "at_most", "over", "under", "about")


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator; the fields are explained at the top of `data/indicators.toml`."""

    key: str
    name_vi: str
    name_en: str
    unit: str
    additive: bool
    kinds: tuple[str, ...]
    nouns: tuple[str, ...] = ()
    not_nouns: tuple[str, ...] = ()
    clause: tuple[tuple[str, ...], ...] = ()
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()
    sentence: tuple[tuple[str, ...], ...] = ()
    paragraph: tuple[tuple[str, ...], ...] = ()
    clause_or_prior: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    not_label: tuple[str, ...] = ()
    change: str = "level"


@dataclass(frozen=True, slots=True)
class Window:
    """The text around one number, in lower case."""

    before: str
    after: str
    prior: str
    """The sentence up to the number."""
    sentence: str
    paragraph: str
    label: str


@dataclass(frozen=True, slots=True)
class _Period:
    start: date | None
    end: date
    flag: str | None
    trust: float


@dataclass(slots=True)
class Article:
    """An article with the rows that hang on it: what indicators are read from."""

    row: Row
    figures: Sequence[Row] = field(default_factory=list)
    places: Sequence[Row] = field(default_factory=list)
    cluster_id: str | None = None


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


@cache
def definitions() -> tuple[Definition, ...]:
    """Return the indicators in the order of the data file; TypeError names a key that no definition has."""
    data = resources.files("transforms").joinpath("data/indicators.toml").read_text(encoding="utf-8")
    return tuple(Definition(**{k: _tuples(v) for k, v in entry.items()}) for entry in tomllib.loads(data)["indicator"])


@cache
def _by_kind() -> Mapping[str, tuple[Definition, ...]]:
    found: dict[str, list[Definition]] = defaultdict(list)
    for definition in definitions():
        for kind in definition.kinds:
            found[kind].append(definition)
    return {kind: tuple(some) for kind, some in found.items()}


@cache
def _labels() -> tuple[str, ...]:
    return tuple(sorted({phrase for d in definitions() for phrase in (*d.label, *d.not_label)}))


def of_article(article: Article) -> Iterator[dict[str, Any]]:
    """Yield candidate rows of `indicators` for one article, `chosen` and `reason` still open."""
    text: str = article.row["text"]
    figures = sorted((f for f in article.figures if f["writing"] == "digits"), key=lambda f: int(f["start"]))
    for index, figure in enumerate(figures):
        if figure["modality"] != "actual" or figure["value"] is None:
            continue
        some = [d for d in _by_kind().get(figure["kind"], ()) if _fits(d, figure)]
        if not some:
            continue
        window = _window(text, figures, index)
        for definition in some:
            if _met(definition, window):
                row = _row(definition, article, figure, figures[:index], window)
                if row is not None:
                    yield row


def _fits(definition: Definition, figure: Row) -> bool:
    if (figure["change"] == "level") != (definition.change == "level"):
        return False
    unit = (figure["unit"] or "").casefold()
    if definition.nouns and not unit.startswith(definition.nouns):
        return False
    return not (definition.not_nouns and unit.startswith(definition.not_nouns))


def _window(text: str, figures: Sequence[Row], index: int) -> Window:
    figure = figures[index]
    start, end = figure["start"], figure["end"]
    first, last = figure["sentence_start"], figure["sentence_end"]
    left = max(first, figures[index - 1]["end"] if index else 0, start - _WINDOW)
    right = min(last, figures[index + 1]["start"] if index + 1 < len(figures) else last, end + _WINDOW)
    before, after = text[left:start].casefold(), text[end:right].casefold()
    semicolon = after.find(";")
    after = after[:semicolon] if semicolon >= 0 else after
    before = before[before.rfind(";") + 1 :]
    line = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    paragraph = text[line : line_end if line_end >= 0 else len(text)].casefold()
    cuts = [cut for mark in _LABEL_CUTS if (cut := after.find(mark)) >= 0]
    behind = after[: min(cuts)] if cuts else after
    label = behind if any(phrase in behind for phrase in _labels()) else before
    category = (figure["category"] or "").casefold()
    return Window(
        before, after, text[first:start].casefold(), text[first:last].casefold(), paragraph, category or label
    )


def _met(definition: Definition, window: Window) -> bool:
    clause = window.before + " " + window.after
    return (
        _all(definition.clause, clause)
        and _all(definition.before, window.before)
        and _all(definition.after, window.after)
        and _all(definition.sentence, window.sentence)
        and _all(definition.paragraph, window.paragraph)
        and _all(definition.clause_or_prior, window.prior + " " + window.after)
        and not any(phrase in clause for phrase in definition.none)
        and (not definition.label or any(phrase in window.label for phrase in definition.label))
        and not any(phrase in window.label for phrase in definition.not_label)
    )


def _all(groups: Sequence[Sequence[str]], text: str) -> bool:
    return all(any(phrase in text for phrase in group) for group in groups)


def _row(
    definition: Definition, article: Article, figure: Row, earlier: Sequence[Row], window: Window
) -> dict[str, Any] | None:
    period = _period(article.row, figure, earlier, window)
    if period is None:
        return None
    province, scope = _whose(article, figure, period.end)
    if province is None:
        return None
    scheme = scheme_on(period.end)
    flags = [*(figure["flags"] or ()), *([period.flag] if period.flag else ())]
    return {
        "indicator_row_id": row_id(
            definition.key, province, scope, str(period.start), str(period.end), figure["figure_id"]
        ),
        "indicator": definition.key,
        "name_vi": definition.name_vi,
        "name_en": definition.name_en,
        "unit": "/".join([definition.unit, *figure["per"]]),
        "province": province,
        "province_now": successor(province) or province,
        "scheme": scheme,
        "scope": scope,
        "period_start": period.start,
        "period_end": period.end,
        "value": -figure["value"]
        if definition.change != "level" and figure["change"] == "decrease"
        else figure["value"],
        "denominator": figure["denominator"],
        "qualifier": figure["qualifier"],
        "chosen": False,
        "reason": "",
        "additive": definition.additive,
        "figure_id": figure["figure_id"],
        "article_id": article.row["article_id"],
        "portal": article.row["portal"],
        "sentence": article.row["text"][figure["sentence_start"] : figure["sentence_end"]].strip(),
        "published_on": article.row["published_on"],
        "cluster_id": article.cluster_id,
        "confidence": round(period.trust * (figure["confidence"] or 0.0), 4),
        "flags": flags,
    }


def _period(article: Row, figure: Row, earlier: Sequence[Row], window: Window) -> _Period | None:
    published: date | None = article["published_on"]
    if figure["period_end"] is not None:
        return _Period(figure["period_start"], figure["period_end"], None, _TRUST_PRINTED)
    if figure["period_start"] is not None:
        # "từ 2015 đến nay" is open: it ends when the article came out.
        return _Period(figure["period_start"], published, "open_end_at_publication", _TRUST_NOW) if published else None
    if published is not None and any(word in window.prior[-_WINDOW:] + window.after for word in _NOW):
        return _Period(None, published, "as_of_publication", _TRUST_NOW)
    line = article["text"].rfind("\n", 0, figure["start"])
    for other in reversed(earlier):
        if other["start"] <= line:
            break
        if other["period_end"] is not None:
            return _Period(other["period_start"], other["period_end"], "period_from_paragraph", _TRUST_PARAGRAPH)
    return None


def _whose(article: Article, figure: Row, day: date) -> tuple[str | None, str]:
    """Return the province that the figure speaks for and what part of it: `province`, or the part as printed."""
    home = province_at(article.row["province"], day) or article.row["province"]
    # The clause decides: in `huyện A có 9 mô hình; tỉnh B có 7 mô hình` the second number is not of huyện A.
    clause = article.row["text"].rfind(";", figure["sentence_start"], figure["start"]) + 1
    first = max(clause, figure["sentence_start"])
    near = [p for p in article.places if first <= p["start"] < figure["start"]]
    provinces = {p["province"] for p in near if p["level"] == "province" and p["province"]}
    if len(provinces) == 1:
        home = province_at(provinces.pop(), day)
    scope = (figure["scope"] or "").casefold()
    if scope and scope not in _WHOLE_PROVINCE:
        return home, figure["scope"]
    if scope:
        return home, _PROVINCE_SCOPE
    units = [p for p in near if p["level"] != "province"]
    if units:
        owner = units[-1]["province"]
        return (province_at(owner, day) if owner else home), units[-1]["place_id"] or units[-1]["surface"]
    return home, _PROVINCE_SCOPE


def choose(candidates: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every candidate with `chosen` and `reason` set, by indicator, province, scope, period and id.

    Of the rows for one indicator, province, scope and period the first in this order is chosen: a period printed with
    the number before one inferred, an exact number before a hedged one, the value that more texts (clusters counted
    once) state, the newer article, the id.
    """
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in candidates:
        groups[row["indicator"], row["province"], row["scope"], str(row["period_start"]), row["period_end"]].append(row)
    for _, rows in sorted(groups.items(), key=lambda item: tuple(map(str, item[0]))):
        texts: dict[float, set[str]] = defaultdict(set)
        for row in rows:
            texts[row["value"]].add(row["cluster_id"] or row["article_id"])
        ranked = sorted(rows, key=lambda r: _rank(r, len(texts[r["value"]])))
        ranked[0]["chosen"] = True
        for place, row in enumerate(ranked):
            row["reason"] = _reason(row, ranked[0], place, len(rows), len(texts[row["value"]]))
        yield from sorted(rows, key=lambda r: str(r["indicator_row_id"]))


def _rank(row: Row, texts: int) -> tuple[Any, ...]:
    inferred = any(flag in ("period_from_paragraph", "as_of_publication") for flag in row["flags"])
    published = row["published_on"]
    newest = -published.toordinal() if published is not None else 0
    return inferred, _QUALIFIER_ORDER.index(row["qualifier"]), -texts, newest, str(row["indicator_row_id"])


def _reason(row: Row, chosen: Row, place: int, rows: int, texts: int) -> str:
    if place == 0:
        if rows == 1:
            return "only_statement"
        return f"chosen_of_{rows}: stated by {texts} text{'s' if texts > 1 else ''}"
    if row["cluster_id"] is not None and row["cluster_id"] == chosen["cluster_id"]:
        return "same_text_as_chosen"
    if row["value"] == chosen["value"]:
        return "agrees_with_chosen"
    return "differs_from_chosen"
