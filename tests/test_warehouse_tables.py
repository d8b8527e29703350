"""Parquet files whose bytes depend on their rows alone; ids as numbers; the code digest."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import warehouse_fakes as fakes
from warehouse import contracts, rejects, tables
from warehouse.digest import code_digest
from warehouse.store import Sink


def rows(count: int, length: int = 900) -> list[dict[str, Any]]:
    made = []
    for i in range(count):
        page = fakes.page_of("abc", fakes.crawl_of(0), i, fakes.Story(i, figures=1, words=20))
        row = fakes.read(page)["articles"][0]
        made.append({**row, "text": row["text"] + "x" * (i * 37 % length)})
    return made


ROWS = rows(300)
BATCH = pa.RecordBatch.from_pylist(ROWS, schema=contracts.schema("articles"))


def written(batches: list[pa.RecordBatch]) -> bytes:
    stream = io.BytesIO()
    with tables.TableWriter(Sink(stream), contracts.schema("articles")) as writer:
        for batch in batches:
            writer.write(batch)
    return stream.getvalue()


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 300), max_size=12))
def test_how_rows_arrive_does_not_reach_the_file(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 300]
    pieces = [BATCH.slice(a, b - a) for a, b in pairwise(edges)]
    assert written(pieces) == WHOLE


def test_row_groups_end_by_bytes_and_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "GROUP_BYTES", 20_000)
    by_bytes = pq.ParquetFile(io.BytesIO(written([BATCH]))).metadata
    assert by_bytes.num_row_groups > 5
    monkeypatch.setattr(tables, "GROUP_BYTES", 1 << 30)
    monkeypatch.setattr(tables, "GROUP_ROWS", 70)
    by_rows = pq.ParquetFile(io.BytesIO(written([BATCH]))).metadata
    assert [by_rows.row_group(i).num_rows for i in range(by_rows.num_row_groups)] == [70, 70, 70, 70, 20]


def test_one_huge_row_is_a_group_of_its_own() -> None:
    huge = {**ROWS[0], "text": "ư" * (tables.GROUP_BYTES + 1)}
    batch = pa.RecordBatch.from_pylist([*ROWS[:3], huge, *ROWS[3:5]], schema=contracts.schema("articles"))
    metadata = pq.ParquetFile(io.BytesIO(written([batch]))).metadata
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [4, 2]


def test_types_and_meanings_survive() -> None:
    found = pq.ParquetFile(io.BytesIO(WHOLE)).schema_arrow
    for field in contracts.schema("articles"):
        stored = found.field(field.name)
        assert stored.equals(field)
        assert {**(stored.metadata or {}), **field.metadata} == stored.metadata
    assert str(found.field("published_at").type) == "timestamp[us, tz=Asia/Ho_Chi_Minh]"


WHOLE = written([BATCH])


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=30), st.integers(0, 5))
def test_ids_as_numbers(numbers: list[int], skip: int) -> None:
    column = pa.array(["f" * 16] * skip + [f"{number:016x}" for number in numbers]).slice(skip)
    assert tables.pack_ids(column).tolist() == numbers


@pytest.mark.parametrize("bad", ["", "f" * 15, "g" * 16, "F" * 16, "f" * 17, "é" * 8])
def test_other_forms_of_ids_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="16 hex digits"):
        tables.pack_ids(pa.array(["0" * 16, bad]))
    with pytest.raises(ValueError, match="null"):
        tables.pack_ids(pa.array(["0" * 16, None]))


def test_code_digest_sees_content_and_names_only(tmp_path: Path) -> None:
    def make(name: str) -> Path:
        folder = tmp_path / name / "transforms"
        (folder / "data").mkdir(parents=True)
        (folder / "a.py").write_text("a = 1")
        (folder / "data" / "units.tsv").write_text("ha\t10000")
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "a.pyc").write_text(name)
        return folder

    one, two = make("one"), make("two")
    facts = {"portal": "abc", "layouts": [["x", None, None]]}
    digest = code_digest([one], facts)
    assert digest == code_digest([two], dict(reversed(facts.items())))
    assert len(digest) == 16
    assert digest != code_digest([one], {**facts, "portal": "abd"})
    (two / "data" / "units.tsv").write_text("ha\t1000")
    assert digest != code_digest([two], facts)
    (one / "a.py").rename(one / "b.py")
    assert digest != code_digest([one], facts)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        code_digest([tmp_path / "nowhere"], facts)


def test_contract_digest_follows_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables.contract_digest("figures")
    assert before != tables.contract_digest("citations")
    monkeypatch.setattr(tables, "GROUP_ROWS", 1)
    tables.contract_digest.cache_clear()
    assert tables.contract_digest("figures") != before
    tables.contract_digest.cache_clear()


def test_rejects_have_a_closed_list_of_stages_and_storable_words() -> None:
    row = rejects.reject(
        portal="abc", url="https://abc.invalid/\ud800", stage="decode", reason="not_text", detail="\udc00" * 5000,
        package="raw/abc/x", fetched_at=fakes.START,
    )  # fmt: skip
    assert set(row) == set(fakes.column_names("rejects"))
    assert row["url"].encode()
    assert len(row["detail"]) == 2000
    with pytest.raises(ValueError, match="unknown stage"):
        rejects.reject(
            portal="abc", url="u", stage="mood", reason="r", detail="d", package="p", fetched_at=fakes.START
        )  # fmt: skip
