"""Tables: cells at their place in the grid, and the number that a cell is."""

from __future__ import annotations

import pytest

from transforms.layouts.blocks import read
from transforms.tables import MAX_CELLS, MAX_COLUMNS, Grid, read_value, rows


def grids(markup: str) -> list[Grid]:
    return read(markup, "https://x.invalid/").grids


def test_spans_move_what_follows_and_repeat_nothing() -> None:
    grid = Grid.of(
        [[("Tháng", 1, 2), ("Hồ sơ", 2, 1)], [("Nhận", 1, 1), ("Trả", 1, 1)], [("8", 1, 1), ("9", 1, 1), ("7", 1, 1)]]
    )
    assert [(c.row, c.column, c.text) for c in grid.cells] == [
        (0, 0, "Tháng"), (0, 1, "Hồ sơ"), (1, 1, "Nhận"), (1, 2, "Trả"), (2, 0, "8"), (2, 1, "9"), (2, 2, "7"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.106", 1106.0, None),
        ("2,5%", 2.5, "%"),
        ("99,6 %", 99.6, "%"),
        ("-3,4", -3.4, None),
        ("1.286 mô hình", 1286.0, "mô hình"),
        ("12.045 tỷ đồng", 12.045e12, "VND"),
        ("Cấp tỉnh", None, None),
        ("8/2024", None, None),
        ("", None, None),
        ("1.23.4", None, None),
    ],
)
def test_cell_values(text: str, value: float | None, unit: str | None) -> None:
    assert read_value(text) == (value, unit)


def test_a_table_of_data_stands_beside_the_text_and_a_frame_does_not() -> None:
    markup = "<p>Trước.</p><table><tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table><p>Sau.</p>"
    content = read(markup, "https://x.invalid/")
    assert [t.text for t in content.texts] == ["Trước.", "Sau."]
    assert [r["text"] for r in rows(content.grids)] == ["a", "1", "b", "2"]
    framed = read("<table><tr><td><p>Một đoạn văn.</p><p>Đoạn nữa.</p></td></tr></table>", "https://x.invalid/")
    assert [t.text for t in framed.texts] == ["Một đoạn văn.", "Đoạn nữa."]
    assert framed.grids == []


def test_a_frame_around_a_picture_holds_its_caption() -> None:
    markup = '<table><tr><td><img src="/a.jpg"></td></tr><tr><td>Chú thích. Ảnh: Văn Nam</td></tr></table><p>Đoạn.</p>'
    content = read(markup, "https://x.invalid/")
    assert [(p.url, p.caption) for p in content.pictures] == [("https://x.invalid/a.jpg", "Chú thích. Ảnh: Văn Nam")]
    assert [t.text for t in content.texts] == ["Đoạn."]


def test_spans_without_bounds_cost_nothing() -> None:
    row = '<tr><td colspan="99999999999" rowspan="9999">1</td><td rowspan="500" colspan="500">2</td></tr>'
    (grid,) = grids(f"<table>{row * 2000}</table>")
    assert len(grid.cells) <= MAX_CELLS
    assert max(cell.column for cell in grid.cells) <= MAX_COLUMNS
