"""Choosing among the candidates for each cell of the panel: one indicator, province, scope and period.

Every candidate stays, one of each cell is chosen, and each says why. A candidate takes some forty bytes while the
panel is being made, so that its size is bounded by the number of candidates and not by what they say.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from warehouse.ids import row_id

Row = Mapping[str, Any]

INFERRED: Final = frozenset(
    {
        "period_from_sentence",
        "period_from_paragraph",
        "period_from_article",
        "as_of_publication",
        "open_end_at_publication",
    }
)
"""Flags of a period that is not printed with its number."""
_HEDGES: Final = ("exact", "at_least", "at_most", "over", "under", "about")
"""Qualifiers, the most exact first."""


class Panel:
    """Chooses among the candidates for each indicator, province, scope and period.

    The candidates are shown twice, so that none has to be kept: `see` all of them, then `complete` each of them. The
    first in this order is chosen: a period printed with the number before one inferred, an exact number before a
    hedged one, the value that more texts (clusters counted once) state, the newer article, the id.
    """

    def __init__(self) -> None:
        self._cells = array("Q")
        self._rank = array("b")
        self._older = array("i")
        self._ids = array("Q")
        self._values = array("d")
        self._texts = array("Q")
        self._decided: _Decided | None = None

    def see(self, row: Row) -> None:
        """Take note of a candidate; ValueError when the choice has already been made."""
        if self._decided is not None:
            raise ValueError("a candidate came after the choice")
        published = row["published_on"]
        inferred = any(flag in INFERRED for flag in row["flags"])
        self._cells.append(_cell(row))
        self._rank.append(len(_HEDGES) * inferred + _HEDGES.index(row["qualifier"]))
        self._older.append(-published.toordinal() if published is not None else 0)
        self._ids.append(int(row["indicator_row_id"], 16))
        self._values.append(row["value"])
        self._texts.append(_number(row["cluster_id"] or row["article_id"]))

    def complete(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a candidate with `chosen` and `reason`; KeyError when its cell was not seen."""
        if self._decided is None:
            self._decided = self._decide()
        return {**row, **self._decided.told(row)}

    def _decide(self) -> _Decided:
        cells, rank, older, ids, values, texts = (
            np.frombuffer(column, column.typecode) if len(column) else np.empty(0, column.typecode)
            for column in (self._cells, self._rank, self._older, self._ids, self._values, self._texts)
        )
        stating = _stating(cells, values, texts)
        order = np.lexsort((ids, older, -stating, rank, cells))
        starts = np.flatnonzero(_changes(cells[order]))
        chosen = order[starts]
        rows = np.diff(np.append(starts, len(order)))
        return _Decided(cells[chosen], ids[chosen], values[chosen], texts[chosen], stating[chosen], rows)


@dataclass(frozen=True, slots=True)
class _Decided:
    """The chosen candidate of each cell, in the order of the cells; all arrays have one length."""

    cells: npt.NDArray[np.uint64]
    ids: npt.NDArray[np.uint64]
    values: npt.NDArray[np.float64]
    texts: npt.NDArray[np.uint64]
    stating: npt.NDArray[np.int64]
    """How many texts state the chosen value."""
    rows: npt.NDArray[np.int64]

    def told(self, row: Row) -> dict[str, Any]:
        cell = np.uint64(_cell(row))
        at = int(np.searchsorted(self.cells, cell))
        if at == len(self.cells) or self.cells[at] != cell:
            raise KeyError(row["indicator_row_id"])
        if int(self.ids[at]) == int(row["indicator_row_id"], 16):
            return {"chosen": True, "reason": self._why(at)}
        cluster = row["cluster_id"]
        if cluster is not None and int(self.texts[at]) == _number(cluster):
            reason = "same_text_as_chosen"
        else:
            reason = "agrees_with_chosen" if row["value"] == self.values[at] else "differs_from_chosen"
        return {"chosen": False, "reason": reason}

    def _why(self, at: int) -> str:
        if self.rows[at] == 1:
            return "only_statement"
        texts = int(self.stating[at])
        return f"chosen_of_{self.rows[at]}: stated by {texts} text{'s' if texts > 1 else ''}"


def _stating(cells: npt.NDArray[Any], values: npt.NDArray[Any], texts: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return, for each candidate, how many texts state its value in its cell."""
    counts = np.empty(len(cells), np.int64)
    if len(cells):
        order = np.lexsort((texts, values, cells))
        group = _changes(cells[order]) | _changes(values[order])
        starts = np.flatnonzero(group)
        told = np.add.reduceat((group | _changes(texts[order])).astype(np.int64), starts)
        counts[order] = np.repeat(told, np.diff(np.append(starts, len(order))))
    return counts


def _changes(ordered: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return where a sorted array's value is another than the one before; the first counts."""
    return np.concatenate((np.ones(min(1, len(ordered)), bool), ordered[1:] != ordered[:-1]))


def _cell(row: Row) -> int:
    return _number(row["indicator"], row["province"], row["scope"], row["period_start"], row["period_end"])


def _number(*parts: object) -> int:
    return int(row_id(*parts), 16)


def choose(candidates: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield candidates that fit in memory, in their order, with `chosen` and `reason`; see `Panel`."""
    panel = Panel()
    for row in candidates:
        panel.see(row)
    for row in candidates:
        yield panel.complete(row)
