"""Whether the words after a number make it a count.

`counts` looks for a noun of `counted_nouns.tsv` or a unit of `units.tsv` right after a number, so that a noun added to
the data files also keeps `hướng dẫn 312 doanh nghiệp` from being a document and `30/4 xã` from being a feast.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources
from typing import Final

from transforms.shadow import fold, listed

_WINDOW: Final = 48
_WORD: Final = re.compile(r"[^\W_]+")
_OTHER_WORDS: Final = listed(
    "ban bằng cách cân cầu chốt công cục dân dây điều giải hiệp kênh khóa khoản kỳ ký lễ "
    "luật mã mục mức nam năm ngày phân tháng tiếng tin tuần thư viên yên"
)
"""Nouns of one syllable that also open a verb or a date: `ban hành`, `công bố`, `ngày 5/3`, `ký ngày`."""


@cache
def _phrases() -> tuple[frozenset[str], int]:
    found: set[str] = set()
    for name, column in (("counted_nouns", "noun"), ("units", "forms")):
        text = resources.files("transforms").joinpath(f"data/{name}.tsv").read_text(encoding="utf-8")
        lines = (line for line in text.splitlines() if line and not line.startswith("# "))
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            found |= {" ".join(_WORD.findall(fold(form))) for form in row[column].split("; ")}
    found -= _OTHER_WORDS | {""}
    return frozenset(found), max(phrase.count(" ") + 1 for phrase in found)


def counts(shadowed: str, end: int) -> int:
    """Return how many words the counted noun or unit at `end` of a lower-case shadow has; 0 when none stands there."""
    begin = end + 1 if shadowed.startswith(" ", end) else end
    phrases, longest = _phrases()
    words: list[str] = []
    at = begin
    while len(words) < longest:
        word = _WORD.match(shadowed, at)
        if word is None:
            break
        words.append(word.group())
        at = word.end()
        if not shadowed.startswith(" ", at) or at - begin > _WINDOW:
            break
        at += 1
    folded = fold(" ".join(words)).split(" ") if words else []
    for size in range(len(folded), 0, -1):
        if " ".join(folded[:size]) in phrases:
            return size
    return 0
