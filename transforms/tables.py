"""Tables of an article: a grid of cells, and the number that a cell holds.

Cells stand where they begin in the grid; spans move what follows and repeat nothing. A cell's value is set only
when the cell is one number, with its unit or a percent sign at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from transforms import figures, numbers

MAX_CELLS: Final = 20_000
"""Cells kept of one table; a page that prints more is a data dump."""
MAX_COLUMNS: Final = 200
"""Columns kept of one table; spans can claim any number."""
_NUMBER: Final = re.compile(r"(?P<sign>[-−–])?(?P<digits>\d[\d.,]{0,30})\s?(?P<percent>%)?")
_MAX_UNIT_WORDS: Final = 4
_MAX_MEASURED: Final = 40
"""Characters of a cell that is a number with its unit."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell at its place in the grid, from 0."""

    row: int
    column: int
    text: str


@dataclass(slots=True)
class Grid:
    """One table."""

    cells: list[Cell] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[Sequence[tuple[str, int, int]]]) -> Grid:
        """Place (text, columns spanned, rows spanned) of each row in a grid."""
        # The first row that a column is free in again, below a cell that spans rows.
        free: dict[int, int] = {}
        grid = cls()
        for at, row in enumerate(rows):
            column = 0
            for text, across, down in row:
                while free.get(column, 0) > at:
                    column += 1
                if len(grid.cells) >= MAX_CELLS:
                    return grid
                if column >= MAX_COLUMNS:
                    break
                grid.cells.append(Cell(at, column, text))
                if down > 1:
                    free.update((column + step, at + down) for step in range(across))
                column += across
        return grid


def rows(grids: Sequence[Grid]) -> Iterator[dict[str, Any]]:
    """Yield the columns of `table_cells` but for ids and partition."""
    for index, grid in enumerate(grids):
        for cell in grid.cells:
            value, unit = read_value(cell.text)
            yield {
                "table": index,
                "row": cell.row,
                "column": cell.column,
                "text": cell.text,
                "value": value,
                "unit": unit,
            }


def read_value(text: str) -> tuple[float | None, str | None]:
    """Return the number that a cell is and its unit (`%`, or as `figures.unit`); nulls when it is no single number."""
    plain = _NUMBER.fullmatch(text)
    if plain:
        reading = numbers.read(plain["digits"], "percent" if plain["percent"] else "count")
        if reading.value is None:
            return None, None
        value = float(reading.value)
        return (-value if plain["sign"] else value), ("%" if plain["percent"] else None)
    if len(text) <= _MAX_MEASURED and text[:1].isdigit():
        found = figures.find(text)
        if len(found) == 1 and found[0].start == 0 and len(text[found[0].end :].split()) <= _MAX_UNIT_WORDS:
            return found[0].value, found[0].unit
    return None, None
