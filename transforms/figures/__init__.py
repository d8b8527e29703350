"""Figures: every number in the running text that states a quantity about the world.

`find` runs small passes over one text, each a module of its own that can be used and tested alone:

1. `mask` strikes out what holds digits and states nothing (dates, documents, phones, names in quotes, furniture),
2. `lex` reads the numeric expressions that are left, sentence by sentence,
3. `attach` finds the unit or counted noun after each,
4. `join` makes one figure of sums and ranges and lends a noun printed once to its neighbours,
5. `decide` refuses what names, orders, grades or dates something, and settles kind and value,
6. `qualify` reads hedges, rises and falls, and plans,
7. `reach` gives each number the period that the sentence gives it,
8. `context` adds label, scope and place; `words` reads numbers written out and vague magnitudes.

Time is linear in the length of the text: what a pass looks at around a number is bounded. Offsets count code points of
the NFC form of the text; nothing in it makes `find` raise.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from transforms import citations as cited
from transforms import dates as dated
from transforms.figures import context, words
from transforms.figures.attach import attach, unit_after
from transforms.figures.decide import decide, follows
from transforms.figures.join import Counted, counted, join
from transforms.figures.lex import numbers
from transforms.figures.mask import mask
from transforms.figures.model import Figure, Number, Tokens
from transforms.figures.qualify import modality, planned, qualify
from transforms.figures.reach import reach
from transforms.figures.vocabulary import NOUNS, PROVINCE_NAMES, REGIONS
from transforms.numbers import Habits, habit
from transforms.sentences import split_shadow
from transforms.shadow import fold, shadow

__all__ = ["Figure", "find", "separators"]

MAX_SENTENCE: Final = 8000
"""Code points; a longer "sentence" is a list or noise and is read in pieces."""
_SEPARATED: Final = re.compile(r"(?<![0-9])[0-9]++[.,][0-9]+(?:[.,][0-9]+)*")
_ONE_GROUP: Final = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_LOOK: Final = 48
_RATIO_REST: Final = re.compile(r"/[0-9]")
"""After a bare number: `hướng dẫn 312/345 doanh nghiệp` cites nothing."""
_VERB_BEFORE: Final = re.compile(r"(?:hướng dẫn|kết luận|quyết định|quy định|thông báo|báo cáo) $")
"""Types of documents that are verbs as well, when they are not written with a capital."""
_YEAR_NEXT: Final = re.compile(r" (?:năm|ngày|tháng) [0-9]")
_DAY_MONTH: Final = re.compile(r"[0-9]{1,2}/[0-9]{1,2}")
_DIGIT: Final = re.compile(r"[0-9]")


def find(
    text: str,
    *,
    dates: Sequence[dated.DateSpan] | None = None,
    citations: Sequence[cited.Citation] | None = None,
    published: date | None = None,
    region: str | None = None,
    sentences: Sequence[tuple[int, int]] | None = None,
) -> list[Figure]:
    """Return the figures of `text` in order of their offsets.

    `dates` and `citations` are those of the same text where the caller has them. `region` (`bac`, `trung`, `nam`)
    settles the units of area that differ by region; without it the first province named in the text does. Figures
    written in digits come with `writing` `digits`; those in words and the vague ones stand among them with `words` and
    `vague`. `published` tells plans from facts where a period lies ahead.
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    shadowed = shadow(text)
    folded = fold(shadowed)
    if dates is None:
        dates = dated.find(text)
    if citations is None:
        citations = cited.find(text, dates=dates)
    spans = [(span.start, span.end) for span in dates if not _fraction(span, folded)]
    spans.extend(span for span in cited.document_masks(text) if not _counted(span, shadowed, folded))
    struck = mask(shadowed, folded, spans)
    bounds = split_shadow(shadowed) if sentences is None else sentences
    starts = [span.start for span in dates]
    printed = _habits(shadowed, folded, struck)
    digits = [match.start() for match in _DIGIT.finditer(folded)]
    issued = frozenset(each.date for each in citations if each.date is not None)
    months = frozenset(
        span.surface.split(maxsplit=1)[0].lstrip("0") for span in dates if span.kind in ("part_year", "half")
    )
    figures: list[Figure] = []
    before: list[Counted] = []
    read_to = 0
    for bound in bounds:
        for start, end in _slices(folded, bound):
            at = bisect_left(digits, start)
            if at == len(digits) or digits[at] >= end:
                continue
            tokens = Tokens(shadowed, folded, start, end)
            found = numbers(tokens, struck)
            if not found:
                continue
            attach(tokens, found)
            found = join(tokens, found, before if folded.find("\n", read_to, start) < 0 else ())
            before, read_to = counted(found), end
            money: Number | None = None
            for number in found:
                if region is None and number.unit is not None and number.unit.factor is None:
                    region = _region(text)
                decide(tokens, number, printed, region, money, months)
                if number.reason is None and number.kind == "money":
                    money = number
            kept = [number for number in found if number.reason is None]
            if not kept:
                continue
            qualify(tokens, kept)
            inside = dates[bisect_left(starts, start) : bisect_right(starts, end)]
            horizon = reach(tokens, kept, inside, issued)
            scopes = context.scopes(tokens, text)
            places = context.places(tokens, text)
            plans = planned(tokens)
            labels = context.categories(tokens, kept, text)
            for number, label in zip(kept, labels, strict=True):
                ahead = horizon.get(number.first, False) and _ahead(number, published)
                figures.append(_figure(text, tokens, number, bound, scopes, places, label, plans, ahead))
    figures.extend(words.find(shadowed, folded, text, bounds, struck))
    figures.sort(key=lambda figure: (figure.start, figure.end))
    return figures


def _fraction(span: dated.DateSpan, folded: str) -> bool:
    """Whether what looks like a feast day counts something (`10/10 huyện`)."""
    if span.kind != "holiday" or _DAY_MONTH.fullmatch(span.surface) is None:
        return False
    after = Tokens(folded, folded, span.end, span.end + 24)
    return NOUNS.starting(after, 0) is not None


def _counted(span: tuple[int, int], shadowed: str, folded: str) -> bool:
    """Whether what looks like the bare number of a document counts something (`kết luận 371 tổ chức có vi phạm`)."""
    start, end = span
    if _RATIO_REST.match(folded, end) is not None:
        return True
    if not folded[start:end].replace(".", "").isdigit():
        return False
    verb = _VERB_BEFORE.search(folded, max(0, start - 12), start)
    if verb is None or not shadowed[verb.start()].islower():
        return False
    unit = unit_after(Tokens(shadowed, folded, end, min(len(folded), end + _LOOK)), 0)
    if unit is None or (unit.kind == "duration" and _YEAR_NEXT.search(folded, end, end + _LOOK)):
        return False
    return unit.magnified or (unit.known if unit.kind == "count" else bool(unit.kind))


def separators(text: str) -> Habits:
    """Return which unambiguous ways of writing numbers occur in `text`, and how often.

    Dots in single groups (`1.115 mô hình`) are what the law prescribes: one is evidence enough and counted once.
    """
    text = unicodedata.normalize("NFC", text)
    shadowed = shadow(text)
    folded = fold(shadowed)
    spans = [(span.start, span.end) for span in dated.find(text)]
    spans.extend(cited.document_masks(text))
    return _habits(shadowed, folded, mask(shadowed, folded, spans))


def _habits(shadowed: str, folded: str, struck: bytearray) -> Habits:
    """Count the unambiguous forms; what follows a number is looked at only where its digits leave a doubt."""
    seen: Counter[str] = Counter()
    for match in _SEPARATED.finditer(folded):
        if struck[match.start()]:
            continue
        printed = match.group()
        form = habit(printed, "nothing")
        if form is None and _ONE_GROUP.fullmatch(printed) and ("," in printed or not seen["dot_group"]):
            after = Tokens(shadowed, folded, match.end(), min(len(folded), match.end() + _LOOK))
            form = habit(printed, follows(unit_after(after, 0)))
        if form is not None:
            seen[form] += 1
    return Habits(**seen)


def _slices(folded: str, bound: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield a sentence whole, or in pieces at blanks when it is far too long to be one."""
    start, end = bound
    while end - start > MAX_SENTENCE:
        cut = folded.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
        cut = start + MAX_SENTENCE if cut < 0 else cut
        yield start, cut
        start = cut
    yield start, end


def _ahead(number: Number, published: date | None) -> bool:
    """Whether a horizon lies after the day of publication (or that day is unknown)."""
    last = number.period[1]
    return published is None or last is None or last > published


def _region(text: str) -> str | None:
    """Return the part of the country of the province that the text names first."""
    best, found = len(text) + 1, None
    for name, slug in PROVINCE_NAMES.items():
        at = text.find(name)
        if 0 <= at < best and slug in REGIONS:
            best, found = at, REGIONS[slug]
    return found


def _figure(
    text: str,
    tokens: Tokens,
    number: Number,
    sentence: tuple[int, int],
    scopes: Sequence[context.Mark],
    places: Sequence[context.Mark],
    category: str | None,
    plans: bool,
    ahead: bool,
) -> Figure:
    start, end = tokens.start[number.first], tokens.end[number.after - 1]
    unit = number.unit
    base = unit.base if unit is not None else None
    if number.kind == "rank" and unit is None:
        base = None
    return Figure(
        start=start,
        end=end,
        surface=text[start:end],
        writing="digits",
        kind=number.kind,
        value=_float(number.value),
        value_max=_float(number.value_max),
        denominator=_float(number.denominator),
        unit=base,
        per=list(unit.per) if unit is not None else [],
        qualifier=number.qualifier,
        change=number.change,
        period_start=number.period[0],
        period_end=number.period[1],
        modality=modality(tokens, number, plans, ahead),
        alt_value=_float(number.alternative),
        category=category,
        scope=context.nearest(scopes, number.first),
        place=context.nearest(places, number.first),
        sentence_start=sentence[0],
        sentence_end=sentence[1],
        confidence=round(number.sure, 3),
        flags=list(number.flags),
    )


def _float(value: Decimal | None) -> float | None:
    if value is None:
        return None
    return float(value)
