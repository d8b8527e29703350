"""One text read once: dates, citations, figures and the arithmetic between them.

`analyse` is what a page's article and `tinhuy parse` go through. Each pass runs once and hands its result to the next;
offsets count code points of the NFC form of the text.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from transforms import citations as cited
from transforms import dates as dated
from transforms import figures as counted
from transforms.audit import Audit, audit
from transforms.figures.vocabulary import REGIONS
from transforms.sentences import split


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that the transforms read out of one text."""

    text: str
    """The text that the offsets count: the NFC form of what was given."""
    figures: list[counted.Figure]
    citations: list[cited.Citation]
    dates: list[dated.DateSpan]
    sentences: list[tuple[int, int]]
    audits: list[Audit]


def analyse(text: str, *, province: str | None = None, published: date | None = None) -> Analysis:
    """Read `text`; `province` (a slug of the division of 2008) and the day of publication help where they are known."""
    text = unicodedata.normalize("NFC", text)
    sentences = split(text)
    dates = dated.find(text)
    citations = cited.find(text, dates=dates, province=province, published=published)
    figures = counted.find(
        text,
        dates=dates,
        citations=citations,
        published=published,
        region=REGIONS.get(province) if province else None,
        sentences=sentences,
    )
    return Analysis(text, figures, citations, dates, sentences, audit(text, figures, dates))
