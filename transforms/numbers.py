"""What a printed number says: separators decided, magnitudes multiplied, the other reading kept.

Vietnamese writes a dot after thousands and a comma before decimals, but newspapers mix in the English way. `read`
follows one table of decisions; what only the rest of the article can decide (`1,250 ha`, `5.953 tỷ`) is decided by the
article's own habits. Values are exact decimals turned into floats once, at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Follows = Literal["count", "magnitude", "money", "percent", "points", "measure", "nothing"]
"""What stands after the number; it decides what three digits after a separator mean."""

MAX_DIGITS: Final = 18
"""Longer runs of digits are identifiers, not quantities (and beyond what a float keeps)."""

_PLAIN: Final = re.compile(r"\d+")
_DOT_GROUPS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+")
_DOT_GROUPS_COMMA: Final = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+")
_COMMA_GROUPS: Final = re.compile(r"\d{1,3}(?:,\d{3})+")
_COMMA_GROUPS_DOT: Final = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+")
_COMMA_DECIMAL: Final = re.compile(r"\d+,\d+")
_DOT_DECIMAL: Final = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Habits:
    """How an article writes its numbers: how often each unambiguous form occurs in it."""

    comma_decimal: int = 0
    dot_decimal: int = 0
    dot_group: int = 0
    comma_group: int = 0

    @property
    def english(self) -> bool:
        """Commas group and dots divide, and nothing says otherwise."""
        return (self.comma_group > 0 or self.dot_decimal > 0) and self.comma_decimal == 0 and self.dot_group == 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One number as read; `value` is null when the digits make no number."""

    value: Decimal | None
    style: str
    alternative: Decimal | None = None
    confidence: float = 1.0
    flags: tuple[str, ...] = ()


def habit(surface: str, follows: Follows) -> str | None:
    """Return which field of `Habits` this number is unambiguous evidence for, if any."""
    if "." not in surface and "," not in surface:
        return None
    if _DOT_GROUPS_COMMA.fullmatch(surface):
        return "comma_decimal"
    if _COMMA_GROUPS_DOT.fullmatch(surface):
        return "dot_decimal"
    if _DOT_GROUPS.fullmatch(surface):
        several = surface.count(".") > 1
        return "dot_group" if several or follows in ("count", "money") else None
    if _COMMA_GROUPS.fullmatch(surface):
        if surface.startswith("0"):
            return None
        several = surface.count(",") > 1
        return "comma_group" if several or follows in ("count", "money") else None
    if _COMMA_DECIMAL.fullmatch(surface):
        return "comma_decimal"
    if _DOT_DECIMAL.fullmatch(surface):
        return "dot_decimal"
    return None


def read(surface: str, follows: Follows = "nothing", habits: Habits | None = None) -> Reading:
    """Read digits with separators (`1.115`, `5,953`, `12.345,6`).

    `follows` is what stands after the number, `habits` the article's. Digits that make no number (`1.23.4`, or more
    than `MAX_DIGITS`) give a null value and the flag `unparsed_number`.
    """
    habits = habits or Habits()
    if len(surface) > MAX_DIGITS * 2 or sum(map(str.isdigit, surface)) > MAX_DIGITS:
        return Reading(None, "none", confidence=0.0, flags=("unparsed_number",))
    if _PLAIN.fullmatch(surface):
        padded = len(surface) > 1 and surface[0] == "0"
        return Reading(Decimal(surface), "plain", flags=("leading_zero",) if padded else ())
    if _DOT_GROUPS_COMMA.fullmatch(surface):
        return Reading(_decimal(surface.replace(".", ""), ","), "dot_group_comma")
    if _COMMA_GROUPS_DOT.fullmatch(surface):
        return Reading(_decimal(surface.replace(",", ""), "."), "comma_group_dot", confidence=0.95, flags=_ODD)
    if surface.count(".") > 1 or surface.count(",") > 1:
        if _DOT_GROUPS.fullmatch(surface) and surface[0] != "0":
            return Reading(_grouped(surface), "dot_group")
        if _COMMA_GROUPS.fullmatch(surface) and surface[0] != "0":
            return Reading(_grouped(surface), "comma_group", confidence=0.95, flags=_ODD)
        return Reading(None, "none", confidence=0.0, flags=("unparsed_number",))
    if _DOT_DECIMAL.fullmatch(surface):
        return _one_dot(surface, follows, habits)
    if _COMMA_DECIMAL.fullmatch(surface):
        return _one_comma(surface, follows, habits)
    return Reading(None, "none", confidence=0.0, flags=("unparsed_number",))


_ODD: Final = ("nonstandard_sep",)
_DOUBT: Final = ("ambiguous_sep",)


def _one_dot(surface: str, follows: Follows, habits: Habits) -> Reading:
    grouped = _DOT_GROUPS.fullmatch(surface) is not None and surface[0] != "0"
    decimal = _decimal(surface, ".")
    if not grouped:
        return Reading(decimal, "dot_decimal", confidence=0.95, flags=_ODD)
    thousands = _grouped(surface)
    if follows in ("percent", "points"):
        return Reading(decimal, "dot_decimal", thousands, 0.7, _DOUBT)
    if follows == "magnitude":
        if habits.dot_decimal and not habits.comma_decimal:
            return Reading(decimal, "dot_decimal", thousands, 0.6, _DOUBT)
        sure = 0.9 if habits.comma_decimal or habits.dot_group else 0.8
        return Reading(thousands, "dot_group", decimal, sure, _DOUBT)
    if follows == "measure" and habits.english:
        return Reading(decimal, "dot_decimal", thousands, 0.6, _DOUBT)
    return Reading(thousands, "dot_group", confidence=0.99)


def _one_comma(surface: str, follows: Follows, habits: Habits) -> Reading:
    grouped = _COMMA_GROUPS.fullmatch(surface) is not None and surface[0] != "0"
    decimal = _decimal(surface, ",")
    if not grouped:
        return Reading(decimal, "comma_decimal")
    thousands = _grouped(surface)
    if follows in ("count", "money"):
        return Reading(thousands, "comma_group", confidence=0.9, flags=_ODD)
    if habits.english:
        return Reading(thousands, "comma_group", decimal, 0.8, (*_ODD, *_DOUBT))
    if follows in ("magnitude", "percent", "points"):
        return Reading(decimal, "comma_decimal", confidence=0.97)
    if habits.comma_group > habits.comma_decimal:
        return Reading(thousands, "comma_group", decimal, 0.6, (*_ODD, *_DOUBT))
    return Reading(decimal, "comma_decimal", thousands, 0.6, _DOUBT)


def _grouped(surface: str) -> Decimal:
    return Decimal(surface.replace(".", "").replace(",", ""))


def _decimal(surface: str, point: str) -> Decimal:
    whole, _, rest = surface.partition(point)
    return Decimal(whole + rest).scaleb(-len(rest))


# ---------------------------------------------------------------------------------------------- numbers in words

_UNITS: Final = {
    "không": 0, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_AFTER_TENS: Final = {**_UNITS, "mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
_SCALES: Final = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
SCALES: Final[dict[str, int]] = {"chục": 10, "trăm": 100, **_SCALES}
"""Words that multiply the number before them."""
NUMERALS: Final = frozenset({*_UNITS, "mười", "tư", "lăm", "nhăm", "mốt", "mươi", "linh", "lẻ", "rưỡi", *SCALES})
"""Every word that can stand in a number written in words."""


def read_words(words: list[str]) -> Decimal | None:
    """Read a number written out (`["mười", "lăm", "nghìn"]` is 15000); null when the words make none.

    `rưỡi` adds half of the magnitude before it; a single digit after a magnitude counts the next lower power of ten,
    as spoken (`một triệu hai` is 1200000).
    """
    total = Decimal(0)
    last_scale = 0
    section: list[str] = []
    for word in words:
        if word in _SCALES:
            amount = _below_thousand(section)
            if amount is None or (last_scale and _SCALES[word] >= last_scale):
                return None
            last_scale = _SCALES[word]
            total += amount * last_scale
            section = []
        elif word == "rưỡi":
            if section and section[-1] in SCALES and section[-1] not in _SCALES:
                amount = _below_thousand(section)
                if amount is None:
                    return None
                return total + amount + Decimal(SCALES[section[-1]]) / 2
            if section:
                amount = _below_thousand(section)
                return None if amount is None else total + amount + Decimal(1) / 2
            return total + Decimal(last_scale) / 2 if last_scale else None
        else:
            section.append(word)
    if section:
        amount = _below_thousand(section)
        if amount is None:
            return None
        spoken = last_scale >= 1000 and len(section) == 1 and amount < 10
        total += amount * last_scale / 10 if spoken else amount
    elif not last_scale:
        return None
    return total


def _below_thousand(words: list[str]) -> Decimal | None:
    """Read what stands before a magnitude: hundreds, tens and units, or nothing (null)."""
    rest = list(words)
    if not rest:
        return None
    total = 0
    if "trăm" in rest:
        at = rest.index("trăm")
        if at != 1 or rest[0] not in _UNITS:
            return None
        total += _UNITS[rest[0]] * 100
        rest = rest[2:]
        if rest and rest[0] in ("linh", "lẻ"):
            rest = rest[1:]
            if len(rest) != 1:
                return None
        elif len(rest) == 1 and rest[0] in _UNITS:
            return Decimal(total + _UNITS[rest[0]] * 10)
    if not rest:
        return Decimal(total)
    if rest[0] == "mười":
        if len(rest) == 1:
            return Decimal(total + 10)
        if len(rest) == 2 and rest[1] in _AFTER_TENS:
            return Decimal(total + 10 + _AFTER_TENS[rest[1]])
        return None
    if len(rest) == 1:
        return Decimal(total + _AFTER_TENS[rest[0]]) if rest[0] in _AFTER_TENS else None
    if rest[0] in _UNITS and rest[1] in ("mươi", "chục"):
        total += _UNITS[rest[0]] * 10
        if len(rest) == 2:
            return Decimal(total)
        return Decimal(total + _AFTER_TENS[rest[2]]) if len(rest) == 3 and rest[2] in _AFTER_TENS else None
    if len(rest) == 2 and rest[0] in _UNITS and rest[1] in _AFTER_TENS:
        return Decimal(total + _UNITS[rest[0]] * 10 + _AFTER_TENS[rest[1]])
    return None
