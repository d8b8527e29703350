"""Sentences of Vietnamese running text, as offsets.

A line never holds part of two sentences and a sentence never two lines. A full stop ends a sentence before a blank
and before a capital (also where the blank was forgotten: `tham gia.Việc`), not inside numbers, initials (`M.T`) and
abbreviations (`TP. Buôn Ma Thuột`). Linear in the length of the text.
"""

from __future__ import annotations

import re
from typing import Final

from transforms.shadow import listed, shadow

_ABBREVIATIONS: Final = listed(
    "tp tx tt tt. p q h đ st ts ths pgs gs bs ks cn ncs thscn mr mrs ms dr prof no nxb ubnd đc đ/c v.v vd ctv tr sđt đt"
)
"""Words whose full stop does not end a sentence."""

_STOP: Final = re.compile(r'([.!?…]+)(["\')\]]*)(\s*)')
_LAST_WORD: Final = re.compile(r"[^\W_]+(?:/[^\W_]+)?$")
_ROMAN: Final = re.compile(r"[IVX]{2,5}")
_WORD_SPAN: Final = 12


def split(text: str) -> list[tuple[int, int]]:
    """Return the `(start, end)` of every sentence, in order, blanks at both ends left out.

    Offsets count code points of `text`.
    """
    return split_shadow(shadow(text))


def split_shadow(text: str) -> list[tuple[int, int]]:
    """As `split`, for a text that is already a shadow."""
    found: list[tuple[int, int]] = []
    line_start = 0
    size = len(text)
    while line_start <= size:
        line_end = text.find("\n", line_start)
        if line_end < 0:
            line_end = size
        if line_end > line_start:
            _split_line(text, line_start, line_end, found)
        line_start = line_end + 1
    return found


def _split_line(text: str, start: int, end: int, found: list[tuple[int, int]]) -> None:
    begin = start
    for stop in _STOP.finditer(text, start, end):
        after = stop.end()
        if after < end and not _ends(text, start, stop):
            continue
        _add(text, begin, stop.end(2), found)
        begin = after
    _add(text, begin, end, found)


def _ends(text: str, line_start: int, stop: re.Match[str]) -> bool:
    """Whether the stop at `stop` ends a sentence; it is not the last thing in its line."""
    dots, blank = stop.group(1), stop.group(3)
    after = stop.end()
    following = text[after]
    if not blank:
        # `tham gia.Việc`: a lower-case word, the stop, a capital followed by a small letter.
        before = text[stop.start() - 1] if stop.start() > line_start else ""
        return (
            dots != "…"
            and before.islower()
            and following.isupper()
            and after + 1 < len(text)
            and text[after + 1].islower()
            and _word_before(text, line_start, stop.start()).lower() not in _ABBREVIATIONS
        )
    if not (following.isupper() or following.isdigit() or following in "\"'([-+*"):
        return False
    if dots != ".":
        return True
    word = _word_before(text, line_start, stop.start())
    if not word:
        return True
    if word.lower() in _ABBREVIATIONS:
        return False
    if len(word) == 1 and word.isupper():
        return following in "\"'(["
    # `1. Nội dung`, `II. Hạn chế` at the head of a line are markers, no sentences.
    marker = word.isdigit() or _ROMAN.fullmatch(word) is not None
    return not (marker and stop.start() - len(word) == line_start)


def _word_before(text: str, line_start: int, stop: int) -> str:
    match = _LAST_WORD.search(text, max(line_start, stop - _WORD_SPAN), stop)
    return match.group() if match else ""


def _add(text: str, start: int, end: int, found: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        found.append((start, end))
