"""What the passes hand to each other: the tokens of a sentence, a number under reading, a finished figure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

TOKEN: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_][^\W_]*|[^\w\s]|_")
"""A number with its separators, a word (letters, digits may follow: `m2`), or one other sign."""


class Tokens:
    """The tokens of one sentence: where they stand in the text, as printed and folded."""

    __slots__ = ("end", "low", "size", "start", "text")

    def __init__(self, shadow: str, folded: str, start: int, end: int) -> None:
        spans = [match.span() for match in TOKEN.finditer(shadow, start, end)]
        self.start: list[int] = [a for a, _ in spans]
        self.end: list[int] = [b for _, b in spans]
        self.text: list[str] = [shadow[a:b] for a, b in spans]
        self.low: list[str] = [folded[a:b] for a, b in spans]
        self.size: int = len(spans)

    def glued(self, index: int) -> bool:
        """Whether token `index` stands right after the one before it, no blank between."""
        return 0 < index < self.size and self.start[index] == self.end[index - 1]

    def word(self, index: int) -> bool:
        """Whether token `index` exists and begins with a letter."""
        return 0 <= index < self.size and self.low[index][0].isalpha()

    def digit(self, index: int) -> bool:
        """Whether token `index` exists and is a number."""
        return 0 <= index < self.size and self.low[index][0].isdigit()

    def capital(self, index: int) -> bool:
        """Whether token `index` exists and begins with a capital."""
        return 0 <= index < self.size and self.text[index][0].isupper()

    def at(self, index: int) -> str:
        """Folded token `index`, or an empty string outside the sentence."""
        return self.low[index] if 0 <= index < self.size else ""


@dataclass(slots=True)
class Unit:
    """What stands after a number: magnitude, unit of measure or counted noun, and `per` units."""

    end: int
    """Index of the first token after it."""
    kind: str = ""
    """Kind of the figure that it makes; empty when only a magnitude is printed."""
    base: str | None = None
    factor: Decimal | None = Decimal(1)
    """To the base unit; null for a regional unit."""
    magnitude: Decimal = Decimal(1)
    magnified: bool = False
    per: tuple[str, ...] = ()
    known: bool = True
    """The noun is in the vocabulary (else it was taken by grammar)."""
    group: str = ""
    """Group of the noun; `doubtful` for a unit of measure that is also a noun (`khối`, `mẫu`)."""
    noun_start: int = 0
    """Index of the first token of unit or noun, after the magnitude."""


@dataclass(slots=True)
class Number:
    """A numeric expression in a sentence, gathering what each pass finds out about it.

    Its collections are tuples: a long text holds many numbers, and the collector of garbage walks every list.
    """

    first: int
    """Index of its first token."""
    after: int
    """Index of the first token after its digits."""
    shape: str
    """`single`, `range`, `ratio`, `chain` or `code` (no quantity can be meant)."""
    parts: tuple[str, ...]
    """The digits of its one or two numbers."""
    unit: Unit | None = None
    part_units: tuple[Unit, ...] = ()
    """Of a chain (`2 tỷ 240 triệu`) or a range with two units: the unit of each part."""
    spaced: bool = False
    borrowed: bool = False
    """The unit is not printed here; it is that of a neighbour."""
    parallel: bool = False
    """Its label is like that of a neighbour (`cấp huyện 38 và cấp xã 104 thủ tục`), so it is no name."""
    reason: str | None = None
    """Why it is no figure; null while it may be one."""
    kind: str = ""
    value: Decimal | None = None
    value_max: Decimal | None = None
    denominator: Decimal | None = None
    alternative: Decimal | None = None
    qualifier: str = "exact"
    estimate: bool = False
    change: str = "level"
    sure: float = 1.0
    flags: tuple[str, ...] = ()
    period: tuple[date | None, date | None] = (None, None)

    @property
    def tail(self) -> int:
        """Index of the first token after number and unit."""
        return self.unit.end if self.unit else self.after


@dataclass(slots=True)
class Figure:
    """One figure as the table `figures` has it; offsets count code points of the NFC text."""

    start: int
    end: int
    surface: str
    writing: str
    kind: str
    value: float | None
    value_max: float | None
    denominator: float | None
    unit: str | None
    per: list[str]
    qualifier: str
    change: str
    period_start: date | None
    period_end: date | None
    modality: str
    alt_value: float | None
    category: str | None
    scope: str | None
    place: str | None
    sentence_start: int
    sentence_end: int
    confidence: float
    flags: list[str] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """Return the columns of `figures` that the text alone gives (no ids, portal or year)."""
        return {name: getattr(self, name) for name in self.__slots__}
