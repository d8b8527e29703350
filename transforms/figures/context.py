"""Eighth pass: what the sentence says around a figure: its label, for whom it speaks, and where.

`category` is the label printed before the number (`văn hóa, xã hội 253 mô hình`), `scope` who the number speaks for
(`toàn tỉnh`, `cấp huyện`), `place` the nearest place named before it, all as printed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from transforms.figures.attach import bounded
from transforms.figures.model import Number, Tokens
from transforms.figures.vocabulary import NOUNS
from transforms.shadow import listed

_WHOLE: Final = frozenset({"toàn", "cả"})
_WHOLES: Final = listed("tỉnh huyện xã phường quận nước quốc ngành thành thị lực khu vùng đảng hệ thôn khối địa")
_TWO: Final = listed("thành thị lực khu đảng hệ địa")
_LEVELS: Final = listed("tỉnh huyện xã cơ thôn trung")
_PLACE_HEADS: Final = listed("tỉnh huyện xã phường quận thôn bản ấp buôn xóm làng tp tx tt")
_PLACE_PAIRS: Final = frozenset({"thành phố", "thị xã", "thị trấn", "khu phố", "đặc khu"})
_LABEL_TOKENS: Final = 8
_NAME_TOKENS: Final = 5


Mark = tuple[int, str]
"""Index of the first token after a phrase, and the phrase as printed."""


def scopes(tokens: Tokens, text: str) -> list[Mark]:
    """Return the phrases of a sentence that say for whom its numbers speak."""
    found: list[Mark] = []
    low = tokens.low
    for index, word in enumerate(low[:-1]):
        following = low[index + 1]
        end = 0
        if word in _WHOLE and following in _WHOLES:
            end = index + (3 if following in _TWO else 2)
        elif (word == "cấp" and following in _LEVELS) or (
            word in ("ngành", "lực") and tokens.word(index + 1) and word == "ngành"
        ):
            end = index + (3 if following in ("cơ", "trung") or word == "ngành" else 2)
        if end and end <= tokens.size:
            found.append((end, text[tokens.start[index] : tokens.end[end - 1]]))
    return found


def places(tokens: Tokens, text: str) -> list[Mark]:
    """Return the places that a sentence names: a head such as `huyện` and the capitalised name after it."""
    found: list[Mark] = []
    low = tokens.low
    for index, word in enumerate(low):
        at = 0
        if word in _PLACE_HEADS:
            at = index + 1
            if tokens.at(at) == "." and word in ("tp", "tx", "tt"):
                at += 1
        elif index + 1 < tokens.size and f"{word} {low[index + 1]}" in _PLACE_PAIRS:
            at = index + 2
        if not at or not tokens.capital(at):
            continue
        end = at
        while end < tokens.size and end - at < _NAME_TOKENS and tokens.capital(end) and tokens.word(end):
            end += 1
        found.append((end, text[tokens.start[index] : tokens.end[end - 1]]))
    return found


def nearest(marks: Sequence[Mark], before: int) -> str | None:
    """Return the last phrase that ends at or before token `before`."""
    index = bisect_right(marks, (before, "\U0010ffff"))
    return marks[index - 1][1] if index else None


def category(tokens: Tokens, number: Number, text: str) -> str | None:
    """Return the label that stands right before the number, null when a verb or another clause does."""
    index = number.first - 1
    while index >= 0 and number.first - index <= _LABEL_TOKENS:
        word = tokens.low[index]
        if word in ";:(":
            break
        if word == "đó" and tokens.at(index - 1) == "trong":
            break
        if word == "gồm":
            break
        if (
            tokens.digit(index)
            or word in ')."'
            or (bounded(tokens, index) and word not in ("và", "trực", "tiếp", "gián"))
        ):
            if word == "," or tokens.digit(index):
                return None
            return None
        index -= 1
    if number.first - index > _LABEL_TOKENS:
        return None
    start = index + 1
    while start < number.first and tokens.low[start] in (",", "và", "-", "riêng"):
        start += 1
    if start >= number.first or not tokens.word(start):
        return None
    if number.first - start == 1 and not tokens.capital(start) and NOUNS.starting(tokens, start) is None:
        return None
    return text[tokens.start[start] : tokens.end[number.first - 1]]
