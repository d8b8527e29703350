"""Second pass: the numeric expressions of a sentence, before anyone knows what they count.

Digits with separators, two numbers around a slash (`16/18`), two around a hyphen or `đến` (`5 - 7`, `250 đến 300`),
digits grouped by blanks (`1 115`). What is glued to letters or to more slashes is a code.
"""

from __future__ import annotations

import re
from typing import Final

from transforms.figures.model import Number, Tokens, Unit

_DIGITS: Final = frozenset("0123456789")
_MAX_GROUPS: Final = 5
_METRES_AND: Final = re.compile(r"m([0-9]{1,2})")
"""After digits: metres and what is over (`1m78`)."""


def numbers(tokens: Tokens, struck: bytearray) -> list[Number]:
    """Return the numeric expressions of a sentence in order; those under the mask are left out."""
    found: list[Number] = []
    low = tokens.low
    index = 0
    while index < tokens.size:
        if low[index][0] not in _DIGITS:
            index += 1
            continue
        if struck[tokens.start[index]]:
            index += 1
            continue
        number = _expression(tokens, index, struck)
        found.append(number)
        index = number.after
    return found


def _free(tokens: Tokens, index: int, struck: bytearray) -> bool:
    return tokens.digit(index) and not struck[tokens.start[index]]


def _expression(tokens: Tokens, index: int, struck: bytearray) -> Number:
    low = tokens.low
    after = index + 1
    digits = low[index]
    joint = low[after] if after < tokens.size else ""
    over = _METRES_AND.fullmatch(joint) if tokens.glued(after) and len(digits) <= 2 else None
    if over is not None and joint not in ("m2", "m3"):
        unit = Unit(after + 1, "length", "m", noun_start=after)
        return Number(index, after + 1, "single", (f"{digits},{over[1]}",), unit=unit)
    if joint == "/" and _free(tokens, after + 1, struck):
        end = after + 2
        if tokens.at(end) in ("/", "-") and tokens.digit(end + 1) and tokens.glued(end) and tokens.glued(end + 1):
            return _code(tokens, index)
        if index >= 2 and low[index - 1] in ("/", "-") and tokens.glued(index) and tokens.digit(index - 2):
            return _code(tokens, index)
        return Number(index, end, "ratio", (digits, low[after + 1]))
    if joint in ("-", "đến", "tới") and _free(tokens, after + 1, struck):
        end = after + 2
        if joint == "-" and tokens.at(end) in ("-", "/") and tokens.digit(end + 1) and tokens.glued(end):
            return _code(tokens, index)
        return Number(index, end, "range", (digits, low[after + 1]))
    if len(low[index]) <= 3 and low[index][0] != "0" and _group(tokens, after, struck):
        while _group(tokens, after, struck) and after - index < _MAX_GROUPS:
            digits += low[after]
            after += 1
        if not _group(tokens, after, struck):
            return Number(index, after, "single", (digits,), spaced=True)
        return Number(index, index + 1, "single", (low[index],))
    return Number(index, after, "single", (digits,))


def _group(tokens: Tokens, index: int, struck: bytearray) -> bool:
    return (
        _free(tokens, index, struck)
        and len(tokens.low[index]) == 3
        and tokens.low[index].isdigit()
        and tokens.start[index] == tokens.end[index - 1] + 1
    )


def _code(tokens: Tokens, index: int) -> Number:
    """Take a run of numbers joined by slashes and hyphens as one code."""
    after = index + 1
    while (
        tokens.at(after) in ("/", "-", ".")
        and tokens.digit(after + 1)
        and tokens.glued(after)
        and tokens.glued(after + 1)
    ):
        after += 2
    return Number(index, after, "code", (tokens.low[index],))
