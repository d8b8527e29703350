"""Exports: what a page wrote never becomes a formula, numbers stay numbers, Vietnamese stays readable."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse import export

HOSTILE = ['=HYPERLINK("x")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1"]


def reader(table: pa.Table) -> pa.RecordBatchReader:
    return table.to_reader()


def sample() -> pa.Table:
    return pa.table(
        {
            "title": ["Dân vận khéo; “4 tại chỗ”", *HOSTILE],
            "value": pa.array([1234.5, 2.0, None, 1e20, -0.5, 0.1, float("nan"), 3.0, 4.0]),
            "tags": [["a", "=b"], [], None, [], [], [], [], [], []],
            "on": [date(2024, 4, 24)] * 9,
            "at": pa.array([datetime(2024, 4, 24, 1, 15, tzinfo=UTC)] * 9, pa.timestamp("us", tz="Asia/Ho_Chi_Minh")),
        }
    )


def test_csv_opens_right() -> None:
    out = io.StringIO()
    assert export.write_csv(reader(sample()), out, decimal_comma=True) == 9
    text = out.getvalue()
    assert text.startswith("\ufefftitle;value;tags;on;at\r\n")
    assert '"Dân vận khéo; “4 tại chỗ”";1234,5;a; =b;' not in text
    assert "1234,5" in text
    assert "2024-04-24 08:15:00+07:00" in text


@pytest.mark.parametrize("cell", [*HOSTILE, "＝1+1", "＋1", "－1", "＠SUM(A1)"])
def test_no_formula_in_csv(cell: str) -> None:
    assert export.safe_text(cell).startswith("'")


def test_plain_text_is_left_alone() -> None:
    assert export.safe_text("Nghị quyết 33 = tốt") == "Nghị quyết 33 = tốt"


def test_a_list_that_begins_with_a_formula_is_text() -> None:
    out = io.StringIO()
    export.write_csv(reader(pa.table({"tags": [["=1+1", "b"]]})), out)
    assert out.getvalue().splitlines()[1] == "'=1+1; b"


def test_xlsx_holds_text_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    assert export.write_xlsx(reader(sample()), path) == 9
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert sheet["A3"].data_type == "s"
    assert sheet["A3"].value == HOSTILE[0]
    assert sheet["B2"].value == 1234.5
    assert sheet["B2"].data_type == "n"
    assert sheet["D2"].value == datetime(2024, 4, 24)  # noqa: DTZ001 - a sheet knows no time zone
    assert sheet["E2"].value == datetime(2024, 4, 24, 8, 15)  # noqa: DTZ001


def test_xlsx_loses_no_digit_and_keeps_true_and_false(tmp_path: Path) -> None:
    table = pa.table({"n": [2**63 - 1, 10**15 - 1], "yes": [True, False], "text": ["một\r\nhai", "=1+1"]})
    export.write_xlsx(table.to_reader(), tmp_path / "a.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(min_row=2))
    assert [[cell.value for cell in row] for row in rows] == [
        ["9223372036854775807", True, "một\nhai"],
        [10**15 - 1, False, "=1+1"],
    ]
    assert [row[2].data_type for row in rows] == ["s", "s"]


def test_xlsx_refuses_what_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(export.ExportError, match="32767"):
        export.write_xlsx(reader(pa.table({"text": ["x" * 40_000]})), tmp_path / "x.xlsx")


def test_json_keeps_lists_and_drops_no_number() -> None:
    out = io.StringIO()
    export.write_json(reader(sample()), out)
    first, *_ = map(json.loads, out.getvalue().splitlines())
    assert first["tags"] == ["a", "=b"]
    assert first["on"] == "2024-04-24"


def test_parquet_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    assert export.write_parquet(reader(sample()), path) == 9
    assert pq.read_table(path).column("title").to_pylist()[1] == HOSTILE[0]


def test_values_of_every_type() -> None:
    table = pa.table(
        {
            "sum": pa.array([Decimal(12345678901234567890)], pa.decimal128(38, 0)),
            "rate": pa.array([Decimal("1.50")], pa.decimal128(10, 2)),
            "yes": [True],
            "part": pa.array([{"a": 1}]),
            "long": pa.array([timedelta(days=1, hours=2)]),
            "bytes": [b"\x00\xff"],
        }
    )
    out = io.StringIO()
    export.write_csv(reader(table), out)
    assert out.getvalue().splitlines()[1] == '12345678901234567890,1.5,true,"{""a"": 1}","1 day, 2:00:00",00ff'
    out = io.StringIO()
    export.write_json(reader(table), out)
    assert json.loads(out.getvalue())["sum"] == 12345678901234567890
    assert json.loads(out.getvalue())["part"] == {"a": 1}


def test_a_day_before_spreadsheets_begin_is_text(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    export.write_xlsx(reader(pa.table({"on": [date(1890, 5, 19), date(1945, 9, 2)]})), path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert sheet["A2"].value == "1890-05-19"
    assert sheet["A3"].value == datetime(1945, 9, 2)  # noqa: DTZ001


@pytest.mark.parametrize("ending", export.ENDINGS)
def test_a_file_is_written_as_it_ends(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x{ending}"
    assert export.write_file(reader(sample()), path) == 9
    start = path.read_bytes()[:4]
    assert {".csv": b"\xef\xbb\xbft", ".parquet": b"PAR1", ".xlsx": b"PK\x03\x04"}.get(ending, b'{"ti') == start
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_text("the one before")
    with pytest.raises(export.ExportError, match="32767"):
        export.write_file(reader(pa.table({"text": ["x" * 40_000]})), path)
    assert path.read_text() == "the one before"
    assert [found.name for found in tmp_path.iterdir()] == ["x.xlsx"]


@pytest.mark.parametrize(
    ("name", "form", "message"),
    [
        ("x.doc", None, "no ending that says its format"),
        ("none/x.csv", None, "cannot be written: No such file"),
        ("x.csv", "table", "goes to the screen"),
    ],
)
def test_a_file_that_cannot_be(tmp_path: Path, name: str, form: str | None, message: str) -> None:
    with pytest.raises(export.ExportError, match=message):
        export.write_file(reader(sample()), tmp_path / name, form=form)
    assert list(tmp_path.iterdir()) == []


def test_a_long_result_is_cut_and_says_so() -> None:
    out = io.StringIO()
    numbers = pa.table({"n": list(range(10))})
    assert export.write_table(reader(numbers), out, limit=3) == (3, True)
    assert export.write_table(reader(numbers), out, limit=10) == (10, False)
    assert len(out.getvalue().splitlines()) == 5 + 12


def test_text_table_lines_up() -> None:
    text = export.as_text_table(["n", "name", "none"], [[1286.0, "xã", None], [0.1 + 0.2, "Yên Minh", None]])
    assert text == "   n  name      none\n----  --------  ----\n1286  xã\n 0.3  Yên Minh\n"


def test_text_table_shows_no_control_characters() -> None:
    text = export.as_text_table(["a"], [["x\x1b[31m\u202e" + "y" * 90]])
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.splitlines()[2].endswith("…")
