"""First pass: what holds digits and can state no quantity is struck out before any number is read.

Dates, document numbers and articles of law come from their own modules; here are addresses, phones, posts of roads,
list markers, the names of things in quotes, and the furniture under an article. Every pattern starts with a literal
or a digit and has bounded repeats, so the pass is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from transforms.figures.model import Tokens
from transforms.figures.vocabulary import FURNITURE, QUOTED_NAMES

_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s\"<>]{1,500}")
_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,100}")
_PHONE: Final = re.compile(
    r"\(?(?:\+84|\(84\)|(?<![0-9.,/])(?<![0-9][ ])0)\)?[ .-]?\(?[1-9]\)?(?:[ .-]?\(?[0-9]\)?){6,9}(?![0-9]|[.,/][0-9])"
    r"|(?<![0-9.,/])1[89]00[ .-]?[0-9](?:[ .-]?[0-9]){1,5}(?![0-9]|[.,/][0-9])"
)
_MARKER: Final = re.compile(
    r"\n *(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}(?:[.)]|\.\)|/-|[/-](?= ))(?= *[^\s0-9%.,/-])"
    r"|[0-9]{1,2}(?:\.[0-9]{1,2}){1,3} (?=[^\W\d_]))"
)
_POST: Final = re.compile(r"km ?[0-9]+ ?\+ ?[0-9.]+")
_QUOTED: Final = re.compile(r"\"([^\"\n]{1,400})\"")
_DIGIT: Final = re.compile(r"[0-9]")
_WORD: Final = re.compile(r"[^\W_]+")
_REACH: Final = dict(FURNITURE)
_FURNITURE: Final = re.compile(
    r"\n[ *+>|•.-]{0,8}("
    + "|".join(re.escape(label) for label, _ in sorted(FURNITURE, reverse=True))
    + r")(?![^\W_])([^\n]*)"
)
_COUNTER: Final = re.compile(r"[ :.,|()/0-9-]*")

SHORT_QUOTE: Final = 10
"""A quotation of at most this many words is a name, unless a colon opens it as speech."""
LABEL_REST: Final = 24
"""A line with more than this many letters after the label is running text."""


def mask(shadow: str, folded: str, spans: Iterable[tuple[int, int]] = ()) -> bytearray:
    """Return one byte per code point, not zero where no quantity can begin.

    `spans` are those of dates and documents.
    """
    struck = bytearray(len(folded))

    def strike(start: int, end: int) -> None:
        struck[start:end] = b"\1" * (end - start)

    for start, end in spans:
        strike(start, end)
    if "http" in folded or "www." in folded:
        for match in _LINK.finditer(folded):
            strike(*match.span())
    at = folded.find("@")
    while at >= 0:
        mail = _MAIL.search(folded, max(0, at - 64), at + 101)
        if mail:
            strike(*mail.span())
        at = folded.find("@", at + 1)
    for match in _PHONE.finditer(folded):
        strike(*match.span())
    if "+" in folded:
        for match in _POST.finditer(folded):
            strike(*match.span())
    head = _MARKER.match("\n" + folded[:64])
    if head:
        strike(0, head.end() - 1)
    for match in _MARKER.finditer(folded):
        strike(*match.span())
    for start, end in quoted_names(shadow, folded):
        strike(start, end)
    for start, end in furniture(folded):
        strike(start, end)
    return struck


def quoted_names(shadow: str, folded: str) -> list[tuple[int, int]]:
    """Return the quotations with digits that name something rather than say something."""
    found = []
    named_until = -100
    for match in _QUOTED.finditer(folded):
        start, end = match.span()
        listed = start - named_until <= 6
        digits = _DIGIT.search(folded, start, end) is not None
        if not digits and not listed:
            # Only whether a list of names goes on matters here; short quotations are cheap to judge.
            named_until = end if end - start < 60 else named_until
            continue
        if is_name(shadow, folded, start, match.group(1), listed):
            named_until = end
            if digits:
                found.append((start, end))
    return found


def is_name(shadow: str, folded: str, start: int, inside: str, listed: bool) -> bool:
    """Whether the quotation that opens at `start` is a name; `listed` when it follows another name at once."""
    before = Tokens(shadow, folded, max(0, start - 40, folded.rfind("\n", max(0, start - 40), start) + 1), start)
    colon = before.at(before.size - 1) == ":"
    end = before.size - 1 if colon else before.size
    if QUOTED_NAMES.ending(before, end) is not None:
        return True
    words = len(_WORD.findall(inside))
    if colon:
        return False
    if words <= SHORT_QUOTE:
        return True
    if listed:
        return words <= 2 * SHORT_QUOTE
    return any(QUOTED_NAMES.ending(before, end - back) is not None for back in (1, 2))


def furniture(folded: str) -> list[tuple[int, int]]:
    """Return the spans of menus, counters and link lists under the article.

    A label counts from the second line on only, so that a headline is never taken for one.
    """
    found: list[tuple[int, int]] = []
    for match in _FURNITURE.finditer(folded):
        rest = match.group(2)
        if len(_COUNTER.sub("", rest, count=1)) > LABEL_REST:
            continue
        if _REACH[match.group(1)] == "rest":
            if _DIGIT.search(rest):
                continue
            found.append((match.start(), len(folded)))
            break
        found.append(match.span())
    return found
