"""Eighth pass: what the sentence says around a figure: its label, for whom it speaks, and where.

`category` is the label printed before the number (`văn hóa, xã hội 253 mô hình`), `scope` who the number speaks for
(`toàn tỉnh`, `cấp huyện`, `ngành y tế`), `place` the nearest place named before it; label and place as printed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transforms.figures.attach import bounded
from transforms.figures.model import Number, Tokens
from transforms.figures.vocabulary import BOUNDARIES, BRANCHES, HEDGES
from transforms.shadow import listed

_WHOLE: Final = frozenset({"toàn", "cả"})
_WHOLES: Final = listed("tỉnh huyện xã phường quận nước quốc ngành thành thị lực khu vùng đảng hệ thôn khối địa")
_TWO: Final = listed("thành thị lực khu đảng hệ địa")
_LEVELS: Final = listed("tỉnh huyện xã cơ thôn trung")
_PLACE_HEADS: Final = listed("tỉnh huyện xã phường quận thôn bản ấp buôn xóm làng tp tx tt")
_PLACE_PAIRS: Final = frozenset({"thành phố", "thị xã", "thị trấn", "khu phố", "đặc khu"})
_LABEL_TOKENS: Final = 8
_DANGLING: Final = listed("từ đến tới với của cho tại giảm tăng nhất hơn mỗi")
"""Words that neither begin nor end a label."""
_VERB_TOKENS: Final = 4
_PREDICATES: Final = listed("có|đạt|được|còn|mới|đã|hiện|tổ chức|mở|là|chiếm|góp|đóng góp|hỗ trợ", "|")
"""Verbs between a label and its number."""
_OPENING: Final = frozenset({":", "(", "gồm", "đó"})
"""What introduces the list of the parts of a whole; `đó` closes `trong đó`."""
_LABELLING: Final = listed("và trực tiếp gián tổng số mới vốn thu chi khác đầu tự")
"""Words that a label may hold although they end a noun phrase elsewhere."""
_LEAD_IN: Final = listed("và riêng tổng số")
_SUMMARIES: Final = listed("kết cụ như ví theo sau nay vì là")
"""First syllables of what stands before a colon and labels nothing (`Kết quả: …`, `Cụ thể: …`)."""
_BEFORE_VERB: Final = _OPENING | {",", ";"}
"""Before a verb that heads a label."""
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
        elif word == "cấp" and following in _LEVELS:
            end = index + (3 if following in ("cơ", "trung") else 2)
        elif word == "ngành":
            branch = BRANCHES.starting(tokens, index + 1)
            end = branch[0] if branch is not None else 0
        if end and end <= tokens.size:
            found.append((end, _uncapped(text[tokens.start[index] : tokens.end[end - 1]])))
    return found


def _uncapped(phrase: str) -> str:
    """Return a phrase as it stands inside a sentence: one key however the clause begins."""
    return phrase.lower() if phrase.isupper() else phrase[0].lower() + phrase[1:]


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


@dataclass(frozen=True, slots=True)
class _Label:
    """What may be the label of a number: its tokens and how it stands there."""

    start: int
    end: int
    opened: str
    """The sign or word that opens its list; a comma or semicolon inside one."""
    colon: bool
    """A colon stands between label and number."""
    verb: bool
    """A verb stands in or after it (`cấp tỉnh tổ chức 12 cuộc`): only a list shows that it labels."""


def categories(tokens: Tokens, found: Sequence[Number], text: str) -> list[str | None]:
    """Return for each figure of a sentence its label: the few words right before it that name one of several parts.

    A label stands before a colon (`lĩnh vực kinh tế: 40 mô hình`), opens a list that a colon, a bracket, `gồm` or
    `trong đó` introduces, or has a neighbour of its own kind with a label in the same place (`cấp tỉnh 12 cuộc, cấp
    huyện 46 cuộc`). What heads a sentence alone is a subject, no label.
    """
    floors = [-1, *(number.tail for number in found)]
    labels = [_label(tokens, number, floor) for number, floor in zip(found, floors, strict=False)]
    listed_before = False
    named: list[str | None] = []
    for index, label in enumerate(labels):
        before = labels[index - 1] if index and _siblings(tokens, found[index - 1], found[index]) else None
        after = (
            labels[index + 1] if index + 1 < len(found) and _siblings(tokens, found[index], found[index + 1]) else None
        )
        listed_before = label is not None and _stands(tokens, label, before if listed_before else None, before, after)
        named.append(
            text[tokens.start[label.start] : tokens.end[label.end - 1]] if label is not None and listed_before else None
        )
    return named


def _stands(
    tokens: Tokens, label: _Label, listed_one: _Label | None, before: _Label | None, after: _Label | None
) -> bool:
    """Whether a list shows that `label` is one; `listed_one` is the label before it when that has been taken."""
    if label.opened in _OPENING or (label.colon and label.opened != ","):
        return not label.verb or after is not None or listed_one is not None
    following = after if after is not None and after.opened not in _OPENING else None
    if label.verb:
        head = tokens.low[label.start]
        alike = [each for each in (before, following) if each is not None and tokens.low[each.start] == head]
        return listed_one is not None or bool(alike)
    return any(each is not None and not each.verb for each in (before, following)) or listed_one is not None


def _label(tokens: Tokens, number: Number, floor: int) -> _Label | None:
    """Return the words right before a number that may label it; `floor` is where the number before it ends."""
    end = number.first
    colon = tokens.at(end - 1) == ":"
    if colon:
        end -= 1
    hedge = HEDGES.ending(tokens, end)
    if hedge is not None and not colon:
        # `quốc phòng - an ninh trên 198 mô hình`
        end = hedge[0]
    verb = False
    while number.first - end <= _VERB_TOKENS and not number.borrowed:
        length = 2 if f"{tokens.at(end - 2)} {tokens.at(end - 1)}" in _PREDICATES else 1
        if length == 1 and tokens.at(end - 1) not in _PREDICATES:
            break
        end, verb = end - length, True
    start = index = end
    opened: str | None = None
    while end - index <= _LABEL_TOKENS:
        index -= 1
        word = tokens.at(index)
        if word in _OPENING or word in ("", ";"):
            start, opened = index + 1, word
            break
        if word == ",":
            start, opened = index + 1, word
        elif tokens.digit(index) or not (tokens.word(index) or word in "-/&"):
            break
        elif word == "và" and index == floor:
            start, opened = index + 1, ","
            break
        elif _unlabelled(tokens, index) and not number.borrowed:
            # A verb may head a label (`xây dựng hệ thống chính trị 350 mô hình`).
            whole = BOUNDARIES.starting(tokens, index - 1)
            if whole is not None and whole[0] == index + 1:
                index -= 1
            if opened or not (tokens.at(index - 1) in _BEFORE_VERB or index - 1 == floor):
                break
            verb = True
    if opened is None:
        return None
    while start < end and (not tokens.word(start) or tokens.low[start] in _LEAD_IN):
        start += 1
    if start >= end or not tokens.word(end - 1) or (colon and tokens.low[start] in _SUMMARIES):
        return None
    if number.change != "level" or tokens.low[end - 1] in _DANGLING or tokens.low[start] in _DANGLING:
        return None
    return _Label(start, end, opened, colon, verb)


def _unlabelled(tokens: Tokens, index: int) -> bool:
    """Whether a verb or particle that no label holds stands at `index`."""
    return tokens.low[index] not in _LABELLING and bounded(tokens, index)


def _siblings(tokens: Tokens, left: Number, right: Number) -> bool:
    """Whether two numbers next to each other count or measure the same kind of thing."""
    return left.kind == right.kind and (left.kind != "count" or _noun(left) == _noun(right) or right.borrowed)


def _noun(number: Number) -> str:
    return (number.unit.base or "").split(" ")[0].rstrip(",") if number.unit is not None else ""
