"""The province by period panel: which figures state a named indicator, and which of several to use.

Definitions are data (`data/indicators.toml`). A figure enters when it is a level that the text states as fact, its
province is known and its period is: printed with it; the only one of its sentence (flag `period_from_sentence`); the
day of publication where the sentence speaks of now (`as_of_publication`); the one told before it in its paragraph
(`period_from_paragraph`); or the year told last, where it says `trong năm` (`period_from_article`). What conflicts
stays, one row chosen with its reason; copies of one text count once.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

from transforms.provinces import MERGER, province_at, scheme_on, successor
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
_STOPS: Final = (",", ";", ":", "(")
_UNIT_REACH: Final = 12
"""How far behind a number its unit may begin (`1,2 triệu lượt`)."""
_SISTERS: Final = 60
"""Longest stretch, in code points, between the two numbers of `giảm từ 32,13% (năm 2010) xuống còn 19,56%`."""
_TO: Final = ("xuống", "lên", "còn ", "đến ")
_PART: Final = ("trong đó", "trong số", "riêng ")
"""Words in front of a part of a whole."""
_TRUST_PRINTED: Final = 1.0
_TRUST_SENTENCE: Final = 0.8
_TRUST_NOW: Final = 0.8
_TRUST_PARAGRAPH: Final = 0.6
_TRUST_ARTICLE: Final = 0.5
_OWN_UNIT: Final = re.compile(
    r"(?<!các )(?<!cấp )(?<!mỗi )(?<!từng )(?<!\d )\b"
    r"([Xx]ã|[Pp]hường|[Hh]uyện|[Tt]hị trấn|[Tt]hị xã|[Tt]hôn|[Bb]ản|Chi bộ) "
    r"(?=(?:đã|có|tổ chức|đặt|hiện|được|vận động|huy động|xây dựng|triển khai|thành lập|tiếp)\b)"
)
"""The writer's own commune or district, not named because the reader knows it: `xã tổ chức 14 hội nghị`."""
_NEAR: Final = 28
"""How far in front of a number a word that makes it a newcomer may begin (`công nhận mới được`)."""
_NEWCOMERS: Final = re.compile(
    r"\b(?:thêm|bổ sung|đăng ký|còn thiếu|(?:công nhận|xây dựng|thành lập|phát triển|nhân rộng|ra mắt|đăng ký) mới"
    r"|mới (?:được )?(?:công nhận|xây dựng|thành lập))(?: (?:được|là|cho|khoảng|trên|hơn|gần))?\s*$"
)
_SURPLUS: Final = re.compile(r"\b(?:vượt|hụt|thấp hơn|cao hơn|nhiều hơn|ít hơn)\s*$")
_NEW_ONES: Final = re.compile(
    r"^\s*(?:xã|mô hình|sản phẩm|khu dân cư|vườn mẫu)(?: [“\"]?dân vận khéo[”\"]?| ocop)?"
    r" (?:mới\b|(?:được )?đăng ký\b|chưa |(?:được )?(?:công nhận|xây dựng|thành lập) mới\b|mới (?:được )?công nhận)"
)
"""Units that came or are to come, which say nothing of how many there are."""
_SAME_OF: Final = re.compile(
    r"\s{0,2}%?\s{0,2}[;,]\s{0,2}(?:còn |và )?(?:của |ở |tại )?(?:tỉnh|thành phố) [^\d,;:()%]{2,30} "
    r"(?:là|đạt|còn|có)\s{1,2}(?:hơn |gần |trên |khoảng )?"
)
"""Between two numbers of one thing in two provinces: `của tỉnh A là 3%; của tỉnh B là 4%`."""
_SHARE_OF: Final = re.compile(
    r" [^\d,;:.%]{1,20}, (?:đạt|bằng|chiếm|tương đương|tương ứng)(?: tỷ lệ)? (?:hơn |gần |trên |khoảng )?"
)
"""Between a number and its share: `số xã đạt chuẩn là 105/150 xã, bằng 70%`."""
_LISTED: Final = (",", " và", ", và")
"""All that stands between two units with one predicate: `91 xã, 139 thôn đạt chuẩn`."""
_NOUNS: Final = re.compile(r" [^,;:(\d]{1,24}(?:, \w{1,12}){1,3}(?= (?:đạt|về đích|được|hoàn thành)\b)")
"""Nouns with one predicate behind the last unit of a list (`139 thôn, làng đạt chuẩn`)."""
_DECEMBER: Final = 12


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
    said: tuple[tuple[str, ...], ...] = ()
    sentence: tuple[tuple[str, ...], ...] = ()
    paragraph: tuple[tuple[str, ...], ...] = ()
    subject: tuple[tuple[str, ...], ...] = ()
    prior: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    whole: bool = False
    stock: bool = False
    near: bool = False
    label: tuple[str, ...] = ()
    not_label: tuple[str, ...] = ()
    change: str = "level"


@dataclass(frozen=True, slots=True)
class Window:
    """The text around one number, in lower case."""

    near: str
    """What stands right in front of it, behind the number before, whose clause it may be."""
    before: str
    after: str
    subject: str
    """What the number is said of; see `_subject`."""
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
                row = _row(definition, article, figure, figures, window)
                if row is not None:
                    yield row


def _fits(definition: Definition, figure: Row) -> bool:
    if (figure["change"] == "level") != (definition.change == "level"):
        return False
    unit = (figure["unit"] or "").casefold()
    if definition.nouns and not _begins(unit, definition.nouns):
        return False
    return not _begins(unit, definition.not_nouns)


def _begins(unit: str, nouns: Sequence[str]) -> bool:
    """Whether a unit is one of `nouns` or begins with one, whole words only (`vụ việc` begins with `vụ`)."""
    return any(unit == noun or unit.startswith((noun + " ", noun + ",")) for noun in nouns)


def _window(text: str, figures: Sequence[Row], index: int) -> Window:
    figure = figures[index]
    start, end = figure["start"], figure["end"]
    first, last = figure["sentence_start"], figure["sentence_end"]
    left = max(first, figures[index - 1]["end"] if index else 0, start - _WINDOW)
    right = min(last, figures[index + 1]["start"] if index + 1 < len(figures) else last, end + _WINDOW)
    before, after = text[left:start].casefold(), text[end:right].casefold()
    # What stands between two numbers belongs to the left one up to the first stop, and to the right one behind it.
    if index and figures[index - 1]["end"] == left:
        before = before[_first_stop(before, figures[index - 1]) :]
    after = _predicate(text, figures, index, after)
    line = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    paragraph = text[line : line_end if line_end >= 0 else len(text)].casefold()
    label = after if any(phrase in after for phrase in _labels()) else before
    category = (figure["category"] or "").casefold()
    prior = text[first:start].casefold()
    near = text[max(left, start - _NEAR) : start].casefold()
    subject = _subject(text, figures, index)
    return Window(near, before, after, subject, prior, text[first:last].casefold(), paragraph, category or label)


def _predicate(text: str, figures: Sequence[Row], index: int, gap: str) -> str:
    """Return what follows a number up to the first stop; in a bare list (`91 xã, 139 thôn đạt chuẩn`) of the next."""
    figure = figures[index]
    unit = (figure["unit"] or "").casefold()
    if unit and index + 1 < len(figures) and gap.startswith(" " + unit) and gap[1 + len(unit) :].rstrip() in _LISTED:
        following = figures[index + 1]
        last = figures[index + 2]["start"] if index + 2 < len(figures) else following["sentence_end"]
        if following["sentence_start"] == figure["sentence_start"]:
            right = min(last, following["sentence_end"], following["end"] + _WINDOW)
            more = text[following["end"] : right].casefold()
            nouns = _NOUNS.match(more)
            if nouns:
                return gap + re.split(r"[,;:(]", more[nouns.end() :])[0]
            return gap + more[: _first_stop(more, following)]
    return gap[: _first_stop(gap, figure)]


def _first_stop(gap: str, figure: Row) -> int:
    """Return where the first comma, semicolon, colon or bracket behind `figure` and its unit stands in `gap`.

    The unit's own commas (`cuộc tiếp xúc, đối thoại`) do not count; without a stop the length of `gap` is returned.
    """
    unit = (figure["unit"] or "").casefold()
    start = (
        gap.find(unit, 0, len(unit) + _UNIT_REACH) + len(unit) if unit and unit in gap[: len(unit) + _UNIT_REACH] else 0
    )
    found = [place for mark in _STOPS if (place := gap.find(mark, start)) >= 0]
    return min(found, default=len(gap))


def _subject(text: str, figures: Sequence[Row], index: int) -> str:
    """Return what the number is said of: the words before it, and before its sisters.

    Sisters are the numbers of `giảm từ A xuống còn B`, of `của tỉnh A là 3%; của tỉnh B là 4%` and of
    `105/150 xã, bằng 70%`.
    """
    said = ""
    while True:
        figure = figures[index]
        left = max(figure["sentence_start"], figures[index - 1]["end"] if index else 0, figure["start"] - _WINDOW)
        before = text[left : figure["start"]].casefold()
        said = before + said
        goes_on = index > 0 and figures[index - 1]["end"] == left and len(before) <= _SISTERS
        moves = ";" not in before and any(word in before for word in _TO)
        if not goes_on or not (moves or _SAME_OF.fullmatch(before) or _SHARE_OF.fullmatch(before)):
            return said
        index -= 1


def _met(definition: Definition, window: Window) -> bool:
    clause = window.before + " " + window.after
    if definition.near:
        clause += " " + re.split(r"[,;:(]", window.near)[-1]
    banned = clause
    if definition.subject:
        banned += " " + window.subject.rpartition(";")[2]
    if definition.stock and _is_newcomer(window):
        return False
    return (
        _all(definition.clause, clause)
        and _all(definition.before, window.before)
        and (_all(definition.after, window.after) or (definition.said != () and _all(definition.said, window.before)))
        and _all(definition.sentence, window.sentence)
        and _all(definition.paragraph, window.paragraph)
        and _all(definition.subject, window.subject + " " + window.after)
        and _all(definition.prior, window.prior)
        and (
            any(phrase in clause for phrase in definition.unless)
            or not any(phrase in banned for phrase in definition.none)
        )
        and not (definition.whole and any(phrase in window.before for phrase in _PART))
        and (not definition.label or any(phrase in window.label for phrase in definition.label))
        and not any(phrase in window.label for phrase in definition.not_label)
    )


def _is_newcomer(window: Window) -> bool:
    """Whether the number counts what came, is to come or was more than planned, and not how many there are."""
    return (
        _NEWCOMERS.search(window.near) is not None
        or _NEW_ONES.match(window.after) is not None
        or ("so với" in window.after and _SURPLUS.search(window.near) is not None)
    )


def _all(groups: Sequence[Sequence[str]], text: str) -> bool:
    return all(any(phrase in text for phrase in group) for group in groups)


def _row(
    definition: Definition, article: Article, figure: Row, others: Sequence[Row], window: Window
) -> dict[str, Any] | None:
    period = _period(article.row, figure, others, window)
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


def _period(article: Row, figure: Row, others: Sequence[Row], window: Window) -> _Period | None:
    period = _printed(article, figure, others, window)
    known: date | None = article["published_on"] or article.get("published_before")
    if period is None or (known is not None and period.end.year > known.year):
        return None  # what is told of a year to come is no level
    return period


def _printed(article: Row, figure: Row, others: Sequence[Row], window: Window) -> _Period | None:
    published: date | None = article["published_on"]
    if figure["period_end"] is not None:
        return _Period(figure["period_start"], figure["period_end"], None, _TRUST_PRINTED)
    if figure["period_start"] is not None:
        # "từ 2015 đến nay" is open: it ends when the article came out.
        return _Period(figure["period_start"], published, "open_end_at_publication", _TRUST_NOW) if published else None
    ended = [other for other in others if other["period_end"] is not None]
    mine = figure["sentence_start"]
    together = {(o["period_start"], o["period_end"]) for o in ended if o["sentence_start"] == mine}
    if len(together) == 1:
        return _Period(*together.pop(), "period_from_sentence", _TRUST_SENTENCE)
    if published is not None and any(word in window.prior[-_WINDOW:] + window.after for word in _NOW):
        return _Period(None, published, "as_of_publication", _TRUST_NOW)
    line = article["text"].rfind("\n", 0, figure["start"])
    earlier = [other for other in ended if other["start"] < figure["start"]]
    if earlier and earlier[-1]["start"] > line:
        return _Period(
            earlier[-1]["period_start"], earlier[-1]["period_end"], "period_from_paragraph", _TRUST_PARAGRAPH
        )
    if earlier and "trong năm" in window.prior:
        last = earlier[-1]
        if last["period_end"].month == _DECEMBER:  # "trong năm" speaks of the year told last
            return _Period(
                date(last["period_end"].year, 1, 1), last["period_end"], "period_from_article", _TRUST_ARTICLE
            )
    return None


def _whose(article: Article, figure: Row, day: date) -> tuple[str | None, str]:
    """Return the province that the figure speaks for and what part of it: `province`, or the part as printed."""
    home = _home(article, day)
    # The clause decides: in `huyện A có 9 mô hình; tỉnh B có 7 mô hình` the second number is not of huyện A.
    sentence = [p for p in article.places if figure["sentence_start"] <= p["start"] < figure["start"]]
    semicolon = article.row["text"].rfind(";", figure["sentence_start"], figure["start"])
    first_of_clause = max(semicolon + 1, figure["sentence_start"])
    near = [p for p in sentence if p["start"] >= first_of_clause]
    provinces = {p["province"] for p in near or sentence if p["level"] == "province" and p["province"]}
    if len(provinces) == 1:
        home = province_at(provinces.pop(), day)
    scope = (figure["scope"] or "").casefold()
    if scope and scope not in _WHOLE_PROVINCE:
        return home, figure["scope"]
    if scope:
        return home, _PROVINCE_SCOPE
    units = [p for p in near if p["level"] != "province"]
    unnamed = _OWN_UNIT.search(article.row["text"], first_of_clause, figure["start"])
    if not units and not provinces and unnamed is not None:
        return home, unnamed[1].casefold()
    if units:
        unit = _innermost(units)
        owner = unit["province"]
        return (province_at(owner, day) if owner else home), unit["place_id"] or unit["surface"]
    return home, _PROVINCE_SCOPE


def _innermost(units: Sequence[Row]) -> Row:
    """Return the unit named last, but in `xã Lũng Phìn (Đồng Văn)` the commune and not the district around it."""
    last = units[-1]
    if len(units) > 1 and last["place_id"] and str(units[-2]["place_id"] or "").startswith(f"{last['place_id']}/"):
        return units[-2]
    return last


def _home(article: Article, day: date) -> str | None:
    """Return the province that the article speaks for, as it was on `day`.

    An article of after the merger that tells of a year before it means the old province that its title names.
    """
    province: str | None = province_at(article.row["province"], day) or article.row["province"]
    title = len(article.row["title"])
    old = {p["province"] for p in article.places if p["level"] == "province" and p["end"] <= title and p["province"]}
    if day < MERGER and len(old) == 1 and successor(name := old.pop()) == successor(province):
        return str(name)
    return province
