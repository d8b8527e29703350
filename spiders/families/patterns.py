"""Address patterns: compiled once, and only when they run in linear time.

A pattern comes from a record, and its subject from any page of the web: one that can backtrack without bound would let
a single link stop a crawl. Refused are repeats of unknown length around repeats of unknown length, look-around,
back-references, and flags inside the pattern, which could change how it is read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

MAX_LENGTH: Final = 600
_MANY: Final = 12
"""A bounded repeat up to this many times may hold unbounded ones: the cost stays a small power."""
_TOKEN: Final = re.compile(
    r"(?P<back>\\[1-9])|(?P<escape>\\.)|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<open>\((?:\?(?:P[<=]?|<?[=!]|.)?)?)|(?P<close>\))"
    r"|(?P<times>[*+?]|\{\d*,?\d*\})(?P<how>[?+])?|(?P<other>.)",
    re.DOTALL,
)
_GROUPS: Final = frozenset(("(", "(?:", "(?P<", "(?>"))
_REFUSED: Final = {
    "(?P=": "a back-reference may run for ever", "(?(": "a back-reference may run for ever",
    "(?=": "look-around is not allowed", "(?!": "look-around is not allowed",
    "(?<=": "look-around is not allowed", "(?<!": "look-around is not allowed",
}  # fmt: skip


class UnsafePattern(ValueError):
    """A pattern does not compile, is too long, or may run for ever; the message says which."""


@lru_cache(maxsize=1024)
def compiled(pattern: str, ignore_case: bool = False) -> re.Pattern[str]:
    """Return the pattern compiled; UnsafePattern says what is wrong with it."""
    if len(pattern) > MAX_LENGTH:
        raise UnsafePattern(f"longer than {MAX_LENGTH} characters")
    try:
        result = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnsafePattern(f"not a regular expression: {error}") from None
    _check(pattern)
    return result


def _check(pattern: str) -> None:
    """Refuse what may run for ever; `pattern` is known to compile."""
    repeats = [False]
    """For each open group, whether a repeat of unknown length stands in it."""
    inner = False
    """Whether one stands in the group that has just been closed, which a repeat may follow."""
    for token in _TOKEN.finditer(pattern):
        if token["back"]:
            raise UnsafePattern("a back-reference may run for ever")
        if token["open"]:
            if token["open"] not in _GROUPS:
                raise UnsafePattern(_REFUSED.get(token["open"], "flags and comments inside a pattern are not allowed"))
            repeats.append(False)
        if token["times"] and _highest(token["times"]) > _MANY:
            if inner:
                raise UnsafePattern("a repeat of unknown length stands inside another")
            repeats[-1] = True
        inner = False
        if token["close"]:
            inner = repeats.pop()
            repeats[-1] = repeats[-1] or inner


def _highest(times: str) -> int:
    """How often a repeat allows at most; one without bound counts as more than any bound."""
    if times in ("*", "+"):
        return _MANY + 1
    if times == "?":
        return 1
    low, comma, high = times.strip("{}").partition(",")
    if not comma:
        return int(low) if low else 0
    return int(high) if high else _MANY + 1
