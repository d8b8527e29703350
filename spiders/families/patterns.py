"""Address patterns: compiled once, and only when they run in linear time.

A pattern comes from a record, and its subject from any page of the web: one that can backtrack without bound would let
a single link stop a crawl. Refused are repeats of unknown length around repeats of unknown length,
look-around, and back-references.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

MAX_LENGTH: Final = 600
_MANY: Final = 12
"""A bounded repeat up to this many times may hold unbounded ones: the cost stays a small power."""


class UnsafePattern(ValueError):
    """A pattern does not compile, is too long, or may run for ever; the message says which."""


@lru_cache(maxsize=1024)
def compiled(pattern: str, ignore_case: bool = False) -> re.Pattern[str]:
    """Return the pattern compiled; UnsafePattern says what is wrong with it."""
    if len(pattern) > MAX_LENGTH:
        raise UnsafePattern(f"longer than {MAX_LENGTH} characters")
    try:
        tree: Any = re._parser.parse(pattern)  # type: ignore[attr-defined]
        result = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnsafePattern(f"not a regular expression: {error}") from None
    _check(tree, inside=False)
    return result


def _check(tree: Any, inside: bool) -> None:
    for operation, argument in tree:
        name = str(operation)
        if name in ("GROUPREF", "GROUPREF_EXISTS"):
            raise UnsafePattern("a back-reference may run for ever")
        if name in ("ASSERT", "ASSERT_NOT"):
            raise UnsafePattern("look-around is not allowed")
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _, highest, body = argument
            unbounded = int(highest) > _MANY
            if unbounded and inside:
                raise UnsafePattern("a repeat of unknown length stands inside another")
            _check(body, inside or (unbounded and _repeats_more_than_one(body)))
        elif name == "SUBPATTERN":
            _check(argument[3], inside)
        elif name == "BRANCH":
            for branch in argument[1]:
                _check(branch, inside)


def _repeats_more_than_one(body: Any) -> bool:
    """Whether what is repeated is more than one character class (a class repeats in linear time)."""
    return not (len(body) == 1 and str(body[0][0]) in ("IN", "LITERAL", "NOT_LITERAL", "ANY", "CATEGORY"))
