"""The word lists that the passes read, loaded once from `transforms/data`.

Every list is a TSV file whose head says where it comes from and how to add to it. Entries of several words are keyed
by their folded tokens joined with a blank, with the longest length per first word, so that a lookup costs a few joins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, Generic, TypeVar

from transforms.figures.model import TOKEN, Tokens
from transforms.shadow import fold, shadow

DATA: Final = Path(__file__).resolve().parents[1] / "data"

Value = TypeVar("Value")


def rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of `transforms/data/<name>.tsv`, comments and the line of column names left out."""
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line and not line.startswith("# ") and line != "#"]
    for line in table[1:]:
        yield line.split("\t")


def key(printed: str) -> tuple[str, ...]:
    """Return `printed` as the folded tokens that a text would have."""
    return tuple(TOKEN.findall(fold(shadow(printed))))


class Phrases(Generic[Value]):
    """Phrases of one or more tokens, found by longest match forwards or backwards."""

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}
        self._by_first: dict[str, tuple[int, ...]] = {}
        self._by_last: dict[str, tuple[int, ...]] = {}

    def add(self, printed: str, value: Value) -> None:
        """Add one phrase."""
        tokens = key(printed)
        self._values[" ".join(tokens)] = value
        for index, end in ((self._by_first, tokens[0]), (self._by_last, tokens[-1])):
            index[end] = tuple(sorted({*index.get(end, ()), len(tokens)}, reverse=True))

    def starting(self, tokens: Tokens, at: int) -> tuple[int, Value] | None:
        """Return (index after the phrase, value) of the longest phrase that begins at token `at`."""
        if not 0 <= at < tokens.size:
            return None
        for length in self._by_first.get(tokens.low[at], ()):
            if at + length <= tokens.size:
                found = self._values.get(" ".join(tokens.low[at : at + length]))
                if found is not None:
                    return at + length, found
        return None

    def ending(self, tokens: Tokens, before: int) -> tuple[int, Value] | None:
        """Return (index of its first token, value) of the longest phrase that ends right before token `before`."""
        if not 0 < before <= tokens.size:
            return None
        for length in self._by_last.get(tokens.low[before - 1], ()):
            if length <= before:
                found = self._values.get(" ".join(tokens.low[before - length : before]))
                if found is not None:
                    return before - length, found
        return None

    def __contains__(self, joined: str) -> bool:
        return joined in self._values


@dataclass(frozen=True, slots=True)
class Measure:
    """One printed form of a unit of measure."""

    printed: str
    kind: str
    base: str
    factor: Decimal | None
    only_before: frozenset[str] | None
    """Words that may follow it as a unit; null when anything may."""

    @property
    def cased(self) -> bool:
        """Whether it is matched as written."""
        return self.printed != self.printed.lower()


def _measures() -> Phrases[tuple[Measure, ...]]:
    gathered: dict[tuple[str, ...], list[Measure]] = {}
    for forms, kind, base, factor, following in rows("units"):
        only = None if following == "any" else frozenset(following.removeprefix("end:").split())
        for form in forms.split("; "):
            measure = Measure(form, kind, base, None if factor == "region" else Decimal(factor), only)
            gathered.setdefault(key(form), []).append(measure)
    phrases: Phrases[tuple[Measure, ...]] = Phrases()
    for listed in gathered.values():
        phrases.add(listed[0].printed, tuple(listed))
    return phrases


def _plain(name: str, column: int = 1) -> Phrases[str]:
    phrases: Phrases[str] = Phrases()
    for row in rows(name):
        phrases.add(row[0], row[column] if len(row) > column else row[0])
    return phrases


def _hedges() -> Phrases[tuple[str, bool]]:
    phrases: Phrases[tuple[str, bool]] = Phrases()
    for hedge, qualifier, copula in rows("hedges"):
        phrases.add(hedge, (qualifier, copula == "copula"))
    return phrases


MEASURES: Final = _measures()
NOUNS: Final = _plain("counted_nouns")
CLASSIFIERS: Final[dict[str, str]] = {fold(word): takes for word, takes in rows("classifiers")}
ACTIVITIES: Final = _plain("activities", 0)
HEDGES: Final = _hedges()
NAME_HEADS: Final = _plain("name_heads")
QUOTED_NAMES: Final = _plain("quoted_names", 0)
BOUNDARIES: Final = _plain("boundaries")
FURNITURE: Final[tuple[tuple[str, str], ...]] = tuple((fold(label), reach) for label, reach in rows("furniture"))
BRANCHES: Final = _plain("branches", 0)
FIXED: Final = _plain("fixed_numbers", 0)
REGIONS: Final[dict[str, str]] = {row[0]: row[1] for row in rows("regions")}
PROVINCE_NAMES: Final[dict[str, str]] = {row[1]: row[4] for row in rows("provinces")}
REGIONAL: Final[dict[str, dict[str, Decimal]]] = {
    "sào": {"bac": Decimal(360), "trung": Decimal(500), "nam": Decimal(1000)},
    "mẫu": {"bac": Decimal(3600), "trung": Decimal(5000), "nam": Decimal(10000)},
    "công": {"nam": Decimal(1000)},
}
"""Square metres of the units of area that depend on the part of the country."""
