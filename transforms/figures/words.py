"""Numbers written out (`hai mươi lăm xã`) and vague magnitudes (`hàng trăm cuộc`): rows of their own writing.

They never mix with the figures in digits: `writing` is `words` or `vague`. A vague magnitude has the lower end of what
it can mean as `value` and the upper end, where there is one, as `value_max`. A number in words counts from two numerals
on (`mười lăm`), or as one numeral right before one of a few nouns that are plainly counted; set phrases (`một cửa`,
`Một là`, `bốn tốt`) never do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from transforms.figures.attach import unit_after
from transforms.figures.model import Figure, Tokens
from transforms.numbers import NUMERALS, read_words
from transforms.shadow import listed

_TRIGGER: Final = re.compile(
    r"(?<![^\W_])(?:hàng (?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)|vài (?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)"
    r"|m(?:ột|ười)|hai|ba|b(?:ốn|ảy|ẩy)|năm|sáu|tám|chín|nửa)(?![^\W_])"
)
_BANDS: Final[dict[str, tuple[int, int]]] = {
    "chục": (10, 99), "trăm": (100, 999), "nghìn": (1000, 9999), "ngàn": (1000, 9999), "vạn": (10**4, 10**5 - 1),
    "triệu": (10**6, 10**7 - 1),
}  # fmt: skip
_SCALE: Final = {
    "chục": 10,
    "trăm": 100,
    "nghìn": 10**3,
    "ngàn": 10**3,
    "vạn": 10**4,
    "triệu": 10**6,
    "tỷ": 10**9,
    "tỉ": 10**9,
}
_COUNTED: Final = listed(
    "tháng xã huyện tỉnh lần người hộ cán mô cuộc đợt tỷ triệu thôn bản phường ngày tuần vụ đơn trường lớp "
    "học đảng em cháu"
)
"""First syllables of the nouns that a single numeral may count."""
_SET_PHRASES: Final = listed(
    "một số|một cửa|một cách|một trong|một phần|một mặt|một bước|một loạt|một là|hai là|ba là|bốn là|năm là|"
    "sáu là|bảy là|tám là|chín là|mười là|hai bên|ba bên|bốn tốt|một lần nữa|một ngày|một người|một lần|"
    "ba miền|một đời|năm châu|một lòng|năm học|năm nay|năm qua|năm tới|năm sau|năm trước|năm tháng|năm ngày",
    "|",
)
_NOT_BEFORE: Final = listed(
    "thứ tháng ngày mùng lần số khóa quý hạng cấp lớp loại trong hằng hàng mỗi cả đầu cuối giữa"
)
"""Words after which a numeral names or orders (`thứ hai`, `tháng ba`), and after which `năm` is a year."""


@dataclass(frozen=True, slots=True)
class _Spelled:
    """One number in words: its tokens and what they say."""

    first: int
    after: int
    writing: str
    low: Decimal
    high: Decimal | None


def find(
    shadowed: str, folded: str, text: str, sentences: Sequence[tuple[int, int]], struck: bytearray
) -> list[Figure]:
    """Return the figures in words and the vague ones, in order; `struck` is the mask of dates and names."""
    found: list[Figure] = []
    ends = [end for _, end in sentences]
    done = -1
    for match in _TRIGGER.finditer(folded):
        at = match.start()
        if at < done or struck[at] or shadowed[at].isupper():
            continue
        index = bisect_right(ends, at)
        if index == len(sentences) or at < sentences[index][0]:
            continue
        start, end = sentences[index]
        tokens = Tokens(shadowed, folded, at, min(end, at + 120))
        before = _WORD_BEFORE.search(folded, max(start, at - 12), at)
        spelled = _spelled(tokens, before.group(1) if before else "")
        if spelled is None:
            continue
        figure = _figure(tokens, spelled, text, (start, end))
        if figure is not None:
            found.append(figure)
            done = figure.end
    return found


_WORD_BEFORE: Final = re.compile(r"([^\W_]+) $")


def _spelled(tokens: Tokens, before: str) -> _Spelled | None:
    """Read the numeral words at the head of `tokens`."""
    first = tokens.low[0]
    if first in ("hàng", "vài"):
        after = 2
        if tokens.at(2) in _SCALE and tokens.low[1] in ("chục", "trăm", "vạn"):
            after = 3
        scale = 1
        for word in tokens.low[2:after]:
            scale *= _SCALE[word]
        unit = tokens.low[1]
        if first == "vài":
            low = Decimal(2 * _SCALE[unit] * scale)
            return _Spelled(0, after, "vague", low, low * Decimal("4.5"))
        if unit not in _BANDS:
            return _Spelled(0, after, "vague", Decimal(_SCALE[unit] * scale), None)
        band = _BANDS[unit]
        return _Spelled(0, after, "vague", Decimal(band[0] * scale), Decimal((band[1] + 1) * scale - 1))
    if before in _NOT_BEFORE or before in NUMERALS:
        return None
    after = 0
    while after < tokens.size and tokens.low[after] in NUMERALS and not tokens.capital(after):
        after += 1
    if first == "nửa" or after == 0 or f"{first} {tokens.at(1)}" in _SET_PHRASES:
        return None
    while after > 1 and tokens.low[after - 1] == "năm":
        # `hai mươi năm`: the last word is the unit, not five.
        after -= 1
    value = read_words(tokens.low[:after])
    if value is None or after >= tokens.size:
        return None
    if after == 1 and (first == "năm" or tokens.at(after) not in _COUNTED):
        return None
    return _Spelled(0, after, "words", value, None)


def _figure(tokens: Tokens, spelled: _Spelled, text: str, sentence: tuple[int, int]) -> Figure | None:
    unit = unit_after(tokens, spelled.after)
    if unit is None or not unit.kind or (unit.kind == "count" and not unit.known):
        return None
    scale = unit.magnitude * (unit.factor or Decimal(1))
    start, end = tokens.start[spelled.first], tokens.end[spelled.after - 1]
    kind = unit.kind if unit.kind not in ("score", "multiple") else "count"
    return Figure(
        start=start,
        end=end,
        surface=text[start:end],
        writing=spelled.writing,
        kind=kind,
        value=float(spelled.low * scale),
        value_max=None if spelled.high is None else float(spelled.high * scale),
        denominator=None,
        unit=unit.base,
        per=list(unit.per),
        qualifier="about" if spelled.writing == "vague" else "exact",
        change="level",
        period_start=None,
        period_end=None,
        modality="actual",
        alt_value=None,
        category=None,
        scope=None,
        place=None,
        sentence_start=sentence[0],
        sentence_end=sentence[1],
        confidence=0.5 if spelled.writing == "vague" else 0.8,
        flags=[spelled.writing],
    )
