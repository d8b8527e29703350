"""Address patterns: compiled once, and only when they run in bounded time.

A pattern comes from a record, and its subject from any page of the web: one that can backtrack without bound would let
a single link stop a crawl. Refused are repeats of unknown length around repeats of unknown length, more than two of
them that can share out one stretch of text among themselves (`.*.*.*`), more than some hundred ways through what is
optional, look-around, back-references, and flags inside the pattern, which could change how it is read. What is left
takes at most the square of an address's length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Final

MAX_LENGTH: Final = 600
_MANY: Final = 12
"""A repeat of at most so many times is one of known length."""
_SHARING: Final = 2
_WAYS: Final = 512
"""Ways through optional items, repeats of known length and alternatives that begin alike."""
_TOKEN: Final = re.compile(
    r"(?P<back>\\[1-9])|(?P<nothing>\\[AbBZ]|[\^$])|(?P<one>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^()|*+?{])"
    r"|(?P<open>\((?:\?(?:P[<=]?|<?[=!]|.)?)?)|(?P<close>\))|(?P<or>\|)|(?P<times>[*+?]|\{\d*,?\d*\})|(?P<brace>\{)",
    re.DOTALL,
)
_NAME: Final = re.compile(r"\w+>")
_GROUPS: Final = frozenset(("(", "(?:", "(?P<", "(?>"))
_REFUSED: Final = {
    "(?P=": "a back-reference may run for ever", "(?(": "a back-reference may run for ever",
    "(?=": "look-around is not allowed", "(?!": "look-around is not allowed",
    "(?<=": "look-around is not allowed", "(?<!": "look-around is not allowed",
}  # fmt: skip
_LETTERS: Final = "".join(map(chr, range(128))) + "đệ٣\u00a0"
"""What sets are compared by: all of ASCII, and of each kind of other characters one."""

Chars = frozenset[str]


class UnsafePattern(ValueError):
    """A pattern does not compile, is too long, or may run for ever; the message says which."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A character or a group with its repeat."""

    chars: Chars
    """What it can match any one character of."""
    branches: tuple[tuple[_Item, ...], ...] = ()
    """Of a group; a character has none."""
    least: int = 1
    most: int = 1

    @property
    def open(self) -> bool:
        """Whether it is, or holds, a repeat of unknown length."""
        return self.most > _MANY or any(item.open for branch in self.branches for item in branch)


@lru_cache(maxsize=1024)
def compiled(pattern: str, ignore_case: bool = False) -> re.Pattern[str]:
    """Return the pattern compiled; UnsafePattern says what is wrong with it."""
    if len(pattern) > MAX_LENGTH:
        raise UnsafePattern(f"longer than {MAX_LENGTH} characters")
    flags = re.IGNORECASE if ignore_case else re.NOFLAG
    try:
        result = re.compile(pattern, flags)
        branches = _branches(_tokens(pattern), flags)
        if _ways(branches) > _WAYS:
            raise UnsafePattern(f"more than {_WAYS} ways through what is optional in it")
        for branch in branches:
            _walk(branch, ())
    except (re.error, OverflowError, RecursionError) as error:
        raise UnsafePattern(f"not a regular expression: {error}") from None
    return result


def _tokens(pattern: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            raise UnsafePattern(f"cannot be read from character {at} on")
        if token["back"]:
            raise UnsafePattern("a back-reference may run for ever")
        if token["open"] and token["open"] not in _GROUPS:
            raise UnsafePattern(_REFUSED.get(token["open"], "flags and comments inside a pattern are not allowed"))
        at = token.end()
        name = _NAME.match(pattern, at) if token["open"] == "(?P<" else None
        at = name.end() if name is not None else at
        yield token


def _branches(tokens: Iterator[re.Match[str]], flags: re.RegexFlag) -> tuple[tuple[_Item, ...], ...]:
    """Read up to the end of a group, or of the pattern, which is known to compile."""
    branches: list[list[_Item]] = [[]]
    repeated = False
    for token in tokens:
        here = branches[-1]
        # `?` and `+` behind a repeat only say how it is tried.
        times = None if repeated and token["times"] in ("?", "+") else token["times"]
        repeated = times is not None
        if token["close"]:
            break
        if token["or"]:
            branches.append([])
        elif token["open"]:
            inner = _branches(tokens, flags)
            here.append(_Item(frozenset().union(*(item.chars for branch in inner for item in branch)), inner))
        elif token["one"] or token["brace"]:
            here.append(_Item(_chars(token["one"] or r"\{", flags)))
        elif times and here:
            least, most = _bounds(times)
            one = here.pop()
            if most > _MANY and one.open:
                raise UnsafePattern("a repeat of unknown length stands inside another")
            if most > _MANY and one.branches and _ways(one.branches) > 1:
                raise UnsafePattern("a repeat of unknown length stands around a choice")
            here.append(_Item(one.chars, one.branches, least, most))
    return tuple(map(tuple, branches))


@lru_cache(maxsize=1024)
def _chars(one: str, flags: re.RegexFlag) -> Chars:
    matcher = re.compile(one, flags)
    return frozenset(letter for letter in _LETTERS if matcher.fullmatch(letter))


def _bounds(times: str) -> tuple[int, int]:
    """How often a repeat allows at least and at most; one without bound counts as more than any bound."""
    if times in ("*", "+", "?"):
        return int(times == "+"), 1 if times == "?" else _MANY + 1
    low, comma, high = times.strip("{}").partition(",")
    least = int(low) if low else 0
    return least, (int(high) if high else _MANY + 1) if comma else least


def _ways(branches: Sequence[Sequence[_Item]]) -> int:
    """In how many ways one text may be tried, what repeats of unknown length share out left aside."""
    ways = [prod(_ways_through(item) for item in branch) for branch in branches]
    heads = [branch[0].chars if branch and branch[0].least else None for branch in branches]
    apart = None not in heads and sum(len(head or ()) for head in heads) == len(frozenset().union(*filter(None, heads)))
    return max(ways) if apart else sum(ways)


def _ways_through(item: _Item) -> int:
    if item.most > _MANY:
        return 1
    inner: int = _ways(item.branches) ** item.most if item.branches else 1
    return inner * (item.most - item.least + 1)


def _walk(items: Sequence[_Item], sharing: tuple[Chars, ...]) -> tuple[Chars, ...]:
    """Go over a sequence; `sharing` are the repeats before it that may still reach to where it begins.

    A repeat reaches over whatever it could match itself. Of two ways the one with more repeats that reach on is kept.
    """
    for item in items:
        if item.most > _MANY:
            sharing = (*(one for one in sharing if one & item.chars or not item.least), item.chars)
            if len(sharing) > _SHARING:
                raise UnsafePattern("more than two repeats of unknown length may share out one stretch of text")
        elif not item.branches:
            if item.least:
                sharing = tuple(one for one in sharing if one & item.chars)
        else:
            after = sharing
            for number in range(min(item.most, 2)):
                before = after
                after = max((_walk(branch, before) for branch in item.branches), key=len)
                if number and len(after) > len(before):
                    raise UnsafePattern("a repeated group holds repeats that reach from one round into the next")
            sharing = after if item.least or len(after) > len(sharing) else sharing
    return sharing
