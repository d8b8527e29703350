"""Compares found figures and citations with annotated ones; `python tests/scoring.py held_out` prints the result.

Rows are dicts with the fields that `tests/data/figures/README.md` names. A found span answers for an annotated one
when they overlap; each answers once, the widest overlap first. A figure is `strict` when value, kind and unit are
right, and `whole` when per, qualifier, change and (where the annotation has one) the period are right as well. Counted
nouns may be shorter or longer than annotated as long as one begins with the other and the first word is the same.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "figures"
Row = Mapping[str, Any]
_NAMED_UNITS = frozenset({"count", "ratio", "rank", "multiple", "other"})


@dataclass
class Tally:
    """Right answers among those given and those wanted."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    @property
    def f1(self) -> float:
        total = self.given + self.wanted
        return 2 * self.right / total if total else 1.0

    @property
    def share(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0


@dataclass
class Score:
    """Result over a set of texts; `errors` has one line per disagreement."""

    span: Tally = field(default_factory=Tally)
    strict: Tally = field(default_factory=Tally)
    whole: Tally = field(default_factory=Tally)
    period: Tally = field(default_factory=Tally)
    key: Tally = field(default_factory=Tally)
    type: Tally = field(default_factory=Tally)
    date: Tally = field(default_factory=Tally)
    errors: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"figures: found {self.span.f1:.4f}, value+kind+unit {self.strict.f1:.4f}, whole row {self.whole.f1:.4f} "
            f"(n={self.span.wanted}), period {self.period.share:.4f} (n={self.period.wanted}); "
            f"citations: key {self.key.f1:.4f} (n={self.key.wanted}), type {self.type.share:.4f}, "
            f"date {self.date.share:.4f} (n={self.date.wanted})"
        )


def read(name: str) -> list[dict[str, Any]]:
    """Rows of one of the files of `tests/data/figures`, by its name without the ending."""
    with (DATA / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def align(truth: list[Row], found: list[Row]) -> dict[int, int]:
    """Index in `found` for each index in `truth` that some span answers for."""
    candidates = []
    for i, wanted in enumerate(truth):
        for j, given in enumerate(found):
            shared = min(wanted["end"], given["end"]) - max(wanted["start"], given["start"])
            if shared > 0:
                candidates.append((-shared, abs(wanted["start"] - given["start"]), i, j))
    answer: dict[int, int] = {}
    for _, _, i, j in sorted(candidates):
        if i not in answer and j not in answer.values():
            answer[i] = j
    return answer


def _same_number(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(float(one), float(other), rel_tol=1e-6, abs_tol=1e-6)


def _same_unit(wanted: Row, given: Row) -> bool:
    if wanted["kind"] not in _NAMED_UNITS:
        return bool(wanted["unit"] == given["unit"])
    long, short = ((row["unit"] or "").casefold().split() for row in (wanted, given))
    if len(long) < len(short):
        long, short = short, long
    return bool(short) and short[0] == long[0] and " ".join(long).startswith(" ".join(short))


def _iso(value: Any) -> str | None:
    return None if value is None else str(value)


def _same_period(wanted: Row, given: Row) -> bool:
    return all(_iso(wanted[edge]) == _iso(given[edge]) for edge in ("period_start", "period_end"))


def _wrong_fields(wanted: Row, given: Row) -> set[str]:
    wrong = {name for name in ("value", "value_max", "denominator") if not _same_number(wanted[name], given[name])}
    wrong |= {name for name in ("kind", "qualifier", "change") if wanted[name] != given[name]}
    if not _same_unit(wanted, given):
        wrong.add("unit")
    if list(wanted["per"]) != list(given["per"] or ()):
        wrong.add("per")
    if (wanted["period_start"] or wanted["period_end"]) and not _same_period(wanted, given):
        wrong |= {"period_start", "period_end"}
    return wrong


def _score_figures(name: str, truth: list[Row], found: list[Row], score: Score) -> None:
    for tally in (score.span, score.strict, score.whole):
        tally.given += len(found)
        tally.wanted += len(truth)
    answers = align(truth, found)
    score.span.right += len(answers)
    for i, wanted in enumerate(truth):
        dated = bool(wanted["period_start"] or wanted["period_end"])
        score.period.wanted += dated
        if i not in answers:
            score.errors.append(f"{name}: missed {wanted['surface']!r} {wanted['kind']} {wanted['unit']}")
            continue
        given = found[answers[i]]
        wrong = _wrong_fields(wanted, given)
        score.strict.right += not wrong & {"value", "value_max", "denominator", "kind", "unit"}
        score.whole.right += not wrong
        score.period.right += dated and "period_end" not in wrong
        score.errors += [
            f"{name}: {column} of {wanted['surface']!r}: want {wanted[column]!r}, got {_shown(given[column])}"
            for column in sorted(wrong)
        ]
    for j in set(range(len(found))) - set(answers.values()):
        score.errors.append(f"{name}: false {found[j]['surface']!r} {found[j]['kind']} {found[j]['unit']}")


def _shown(value: Any) -> str:
    return repr(value) if value is None or isinstance(value, str | list) else str(value)


def _score_citations(name: str, truth: list[Row], found: list[Row], score: Score) -> None:
    score.key.given += len(found)
    score.key.wanted += len(truth)
    answers = align(truth, found)
    for i, wanted in enumerate(truth):
        given = found[answers[i]] if i in answers else None
        if given is None or given["key"] != wanted["key"]:
            got = None if given is None else given["key"]
            score.errors.append(f"{name}: missed citation {wanted['key']!r}, got {got!r}")
            continue
        score.key.right += 1
        score.type.wanted += 1
        score.type.right += given["type"] == wanted["type"]
        if given["type"] != wanted["type"]:
            score.errors.append(f"{name}: type of {wanted['key']!r}: want {wanted['type']!r}, got {given['type']!r}")
        if wanted["date"]:
            score.date.wanted += 1
            score.date.right += _iso(given["date"]) == wanted["date"]
        if wanted["date"] and _iso(given["date"]) != wanted["date"]:
            score.errors.append(f"{name}: date of {wanted['key']!r}: want {wanted['date']}, got {_iso(given['date'])}")
    for j in set(range(len(found))) - set(answers.values()):
        score.errors.append(f"{name}: false citation {found[j]['key']!r}")


def score_texts(
    texts: Iterable[Row], figures: Callable[[str], list[Row]], citations: Callable[[str], list[Row]]
) -> Score:
    """Scores what the two functions find in each text against its annotations."""
    score = Score()
    for text in texts:
        _score_figures(text["id"], text["figures"], figures(text["text"]), score)
        _score_citations(text["id"], text["citations"], citations(text["text"]), score)
    return score


def found_figures(text: str) -> list[Row]:
    """Rows that the project finds and that the guide calls figures: those written in digits."""
    from transforms import figures

    return [row for row in (figure.row() for figure in figures.find(text)) if row["writing"] == "digits"]


def found_citations(text: str) -> list[Row]:
    """Citation rows that the project finds."""
    from transforms import citations

    return [citation.row() for citation in citations.find(text)]


if __name__ == "__main__":
    for file in sys.argv[1:] or ["tune"]:
        result = score_texts(read(file), found_figures, found_citations)
        print(*result.errors, f"{file}: {result}", sep="\n")
