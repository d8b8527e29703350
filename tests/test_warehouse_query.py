"""SQL over a release: every table and view is there, wrong queries are explained, the panel never counts twice."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import warehouse_fakes as fakes

from warehouse import contracts, query
from warehouse.store import Root, open_root
from warehouse.views import VIEWS


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    made = open_root(create=True, address=tmp_path_factory.mktemp("query") / "root")
    stories = [fakes.Story(number) for number in range(5)]
    fakes.transform(fakes.crawl(made, "mot", fakes.crawl_of(0), stories))
    fakes.publish(made, ["mot"])
    return made


@pytest.fixture
def connection(root: Root) -> duckdb.DuckDBPyConnection:
    return query.connect(root)


def test_every_table_has_the_columns_of_the_contract(connection: duckdb.DuckDBPyConnection) -> None:
    for name, table in contracts.TABLES.items():
        assert connection.sql(f"FROM {name}").columns == [column.name for column in table.columns]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_answers(connection: duckdb.DuckDBPyConnection, view: str) -> None:
    assert query.ask(connection, f"FROM {view}").read_all().num_columns > 5


def test_show_tables_lists_tables_and_views(connection: duckdb.DuckDBPyConnection) -> None:
    listed = query.ask(connection, "SHOW TABLES").read_all()["name"].to_pylist()
    assert set(listed) == {*contracts.TABLES, *VIEWS}


def test_a_sentence_holds_its_figure(connection: duckdb.DuckDBPyConnection) -> None:
    rows = query.ask(connection, 'SELECT sentence, surface, "start" - sentence_start AS at FROM figures_with_context')
    told = rows.read_all().to_pylist()
    assert len(told) == 10
    for row in told:
        assert row["sentence"][row["at"] :].startswith(row["surface"])


def test_a_root_without_a_release(tmp_path: Path) -> None:
    with pytest.raises(query.NoRelease, match="tinhuy demo"):
        query.connect(open_root(create=True, address=tmp_path / "root"))


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        ("SELECT * FROM figurs", "figurs", "Tables: articles, figures, .* panel_now"),
        ("SELECT valu FROM figures", 'Candidate bindings: "value"', "tinhuy dictionary"),
        ("SELEC 1", "syntax error", "tinhuy dictionary"),
        ("SELECT nofunction(1)", "nofunction", "tinhuy dictionary"),
        ("", "gives no rows", "SELECT"),
    ],
)
def test_a_wrong_query_is_explained(connection: duckdb.DuckDBPyConnection, asked: str, message: str, hint: str) -> None:
    with pytest.raises(query.QueryError, match=message) as caught:
        query.ask(connection, asked)
    assert "LINE 1" not in str(caught.value)
    assert re.search(hint, caught.value.hint, re.DOTALL)


@pytest.mark.parametrize(
    "asked",
    [
        "COPY (SELECT 1 AS a) TO '{}'",
        "CREATE TABLE mine AS SELECT 1",
        "DROP VIEW panel",
        "ATTACH '{}'",
        "EXPORT DATABASE '{}'",
        "INSTALL spatial",
        "SET memory_limit = '1GB'",
        "SELECT 1; DROP VIEW panel",
        "DELETE FROM articles",
    ],
)
def test_what_writes_is_refused(connection: duckdb.DuckDBPyConnection, tmp_path: Path, asked: str) -> None:
    with pytest.raises(query.QueryError, match=r"is refused|queries at once") as caught:
        query.ask(connection, asked.format(tmp_path / "written"))
    assert "Ask" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
    assert query.ask(connection, "FROM panel").read_all().num_columns > 0


@pytest.mark.parametrize(
    "asked",
    [
        "SHOW TABLES",
        "DESCRIBE panel",
        "SUMMARIZE provinces",
        "EXPLAIN FROM panel",
        "PIVOT (SELECT unnest(['a', 'b']) AS x) ON x USING count(*)",
        "WITH a AS (SELECT 1) FROM a",
        "VALUES (1);",
    ],
)
def test_every_form_of_question_is_answered(connection: duckdb.DuckDBPyConnection, asked: str) -> None:
    assert query.ask(connection, asked).read_all().num_rows > 0


def test_no_part_of_duckdb_comes_from_the_network(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(query.QueryError) as caught:
        query.ask(connection, "FROM read_parquet('https://portal.invalid/x.parquet')").read_all()
    assert "download" not in str(caught.value)


def test_a_file_of_ones_own_can_be_joined(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("province,people\nha-giang,900000\n", encoding="utf-8")
    found = query.ask(
        connection,
        f"SELECT people FROM (SELECT 'ha-giang' AS province) JOIN '{tmp_path}/people.csv' USING (province)",  # noqa: S608
    )
    assert found.read_all().to_pylist() == [{"people": 900000}]


def test_what_fails_half_way_is_explained(connection: duckdb.DuckDBPyConnection) -> None:
    late = "SELECT CAST(CASE WHEN range > 9000 THEN 'x' ELSE '1' END AS INT) FROM range(10000)"
    with pytest.raises(query.QueryError, match="Could not convert"):
        query.ask(connection, late).read_all()


def test_a_name_that_comes_twice_is_told_apart(connection: duckdb.DuckDBPyConnection) -> None:
    reader = query.ask(connection, "SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a")
    assert reader.read_all().to_pylist() == [{"a": 1, "a_3": 2, "a_2": 3, "a_4": 4}]


def test_nothing_is_written_through_a_view(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(query.QueryError):
        query.ask(connection, "DELETE FROM articles")


# The panel, over rows of our own. Tuyên Quang of 2025 is made of Hà Giang and Tuyên Quang; Lai Châu stayed as it was.
PROVINCES = [
    ("2008", "ha-giang", "tuyen-quang"),
    ("2008", "tuyen-quang", "tuyen-quang"),
    ("2008", "lai-chau", "lai-chau"),
    ("2025", "tuyen-quang", "tuyen-quang"),
    ("2025", "lai-chau", "lai-chau"),
]
OF = {(scheme, province): now for scheme, province, now in PROVINCES}


def stated(province: str, end: date, value: float, start: date | None = None, **more: Any) -> dict[str, Any]:
    scheme = "2025" if end >= date(2025, 7, 1) else "2008"
    row = {
        "indicator": "dvk_models_total", "name_vi": "Mô hình", "name_en": "Models", "unit": "mô hình", "scheme": scheme,
        "province": province, "province_now": OF[scheme, province], "scope": "province", "period_start": start,
        "period_end": end, "value": value, "qualifier": "exact", "additive": True, "chosen": True, "confidence": 0.9,
        "flags": [], "figure_id": f"{province}-{end}-{value}",
    }  # fmt: skip
    return {**row, **more}


def panel(view: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    connection = duckdb.connect()
    fields = contracts.schema("indicators")
    connection.register(
        "indicators", pa.Table.from_pylist(list(rows), schema=pa.schema([f.with_nullable(True) for f in fields]))
    )
    told = [{"scheme": s, "province": p, "successor": now} for s, p, now in PROVINCES]
    connection.register("provinces", pa.Table.from_pylist(told))
    for name in ("panel", "panel_by_year", "panel_now"):
        connection.execute(f"CREATE VIEW {name} AS {VIEWS[name][1]}")
    return query.ask(connection, f"FROM {view} ORDER BY indicator, province_now, year, value").read_all().to_pylist()


YEAR_END = date(2024, 12, 31)


@pytest.mark.parametrize(
    ("rows", "value", "whole_year"),
    [
        ([stated("lai-chau", YEAR_END, 10), stated("lai-chau", date(2024, 6, 30), 7)], 10, True),
        ([stated("lai-chau", date(2024, 9, 30), 9), stated("lai-chau", date(2024, 6, 30), 7)], 9, False),
        ([stated("lai-chau", date(2024, 11, 30), 9), stated("lai-chau", YEAR_END, 5, date(2024, 10, 1))], 5, False),
        (
            [stated("lai-chau", YEAR_END, 10, date(2024, 1, 1)), stated("lai-chau", YEAR_END, 8, confidence=0.5)],
            10,
            True,
        ),
    ],
)
def test_one_row_for_a_year(rows: list[dict[str, Any]], value: float, whole_year: bool) -> None:
    (row,) = panel("panel_by_year", *rows)
    assert (row["value"], row["whole_year"], row["periods"]) == (value, whole_year, 2)


def test_a_period_of_several_years_is_of_none() -> None:
    assert panel("panel_by_year", stated("lai-chau", YEAR_END, 10, date(2021, 1, 1))) == []


def test_other_units_and_parts_of_a_province_stay_apart() -> None:
    rows = panel(
        "panel_by_year",
        stated("lai-chau", YEAR_END, 10),
        stated("lai-chau", YEAR_END, 4, scope="cấp huyện"),
        stated("lai-chau", YEAR_END, 3, chosen=False),
        stated("lai-chau", YEAR_END, 1, unit="mô hình/xã"),
    )
    assert [(row["unit"], row["value"]) for row in rows] == [("mô hình/xã", 1), ("mô hình", 10)]


def test_old_provinces_add_up_to_the_new_one() -> None:
    (row,) = panel("panel_now", stated("ha-giang", YEAR_END, 10), stated("tuyen-quang", YEAR_END, 5, qualifier="over"))
    assert (row["province_now"], row["value"], row["parts"], row["parts_needed"]) == ("tuyen-quang", 15, 2, 2)
    assert (row["complete"], row["exact"], row["provinces"]) == (True, False, ["ha-giang", "tuyen-quang"])


def test_a_sum_that_lacks_a_province_says_so() -> None:
    (row,) = panel("panel_now", stated("ha-giang", YEAR_END, 10))
    assert (row["value"], row["parts"], row["complete"]) == (10, 1, False)


def test_what_the_new_province_states_is_not_added_to_the_old() -> None:
    rows = panel(
        "panel_now",
        stated("ha-giang", date(2025, 3, 31), 10),
        stated("tuyen-quang", date(2025, 3, 31), 5),
        stated("tuyen-quang", date(2025, 12, 31), 16),
    )
    assert [(row["year"], row["value"], row["scheme"], row["complete"]) for row in rows] == [(2025, 16, "2025", True)]


def test_a_rate_is_never_added_up() -> None:
    rate = {"indicator": "poverty_rate", "unit": "%", "additive": False}
    rows = panel(
        "panel_now",
        stated("ha-giang", YEAR_END, 20, **rate),
        stated("tuyen-quang", YEAR_END, 10, **rate),
        stated("lai-chau", YEAR_END, 23, **rate),
    )
    assert [(row["province_now"], row["value"]) for row in rows] == [("lai-chau", 23)]
