"""Packages to parts: what a process reads, what a hostile page may cost, and that doing it twice does nothing."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows import stages
from transforms.page import PageContext, PageResult
from warehouse import contracts, parts
from warehouse.pages import RawPage
from warehouse.raw import PackageWriter
from warehouse.store import Root, open_root

CRAWL = "20261122T183000Z-nightly"
DIGEST = "0123456789abcdef"
CONTEXT = PageContext(portal="mot", scheme="https", host="mot.invalid", family="generic")
TEXT = "Toàn xã hiện có 1.204 hộ, trong đó 312 hộ tham gia mô hình trồng quế hữu cơ do chi bộ thôn vận động. "


def html(number: int) -> bytes:
    title = f"Chuyện trồng quế ở thôn số {number} của xã vùng cao"
    more = "".join(
        f"<p>{TEXT}Câu chuyện của bà con được kể lại trong lần gặp thứ {n} ở nhà văn hóa.</p>" for n in range(6)
    )
    meta = '<meta property="article:published_time" content="2024-05-06T07:08:00+07:00">'
    head = f"<head><title>{title}</title>{meta}</head>"
    return f"<html>{head}<body><article><h1>{title}</h1>{more}</article></body></html>".encode()


def package(root: Root, bodies: list[bytes], crawl: str = CRAWL) -> None:
    with PackageWriter(root, "mot", crawl, command="nightly") as writer:
        for position, body in enumerate(bodies):
            url = f"https://mot.invalid/tin/bai-{position}.html"
            writer.add(
                RawPage(
                    "mot",
                    crawl,
                    position,
                    "article",
                    url,
                    url,
                    url,
                    200,
                    datetime(2026, 11, 22, 18, 31, tzinfo=UTC),
                    body,
                )
            )
        writer.seal("pages", stats={})


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return open_root(create=True, address=tmp_path / "root")


def reading(root: Root, crawl: str = CRAWL) -> stages.Reading:
    return stages.Reading(str(root), "mot", crawl, DIGEST, CONTEXT)


def test_a_part_has_the_rows_and_the_counts(root: Root) -> None:
    package(root, [html(1), html(2), b"", b"\x89PNG\r\n\x1a\n" * 99])
    counts = stages.read_package(reading(root))
    assert counts["articles"] == counts["generic"] == 2
    assert counts["filled"]["title"] == counts["filled"]["published_on"] == 2
    assert counts["filled"]["lead"] <= 2
    assert counts["rejects"] == 2
    assert counts["crashed"] == 0
    made = parts.part(root, "mot", CRAWL, DIGEST)
    assert made is not None
    assert made.manifest["rows"]["articles"] == 2
    assert made.manifest["stats"] == counts


def test_reading_again_does_nothing(root: Root) -> None:
    package(root, [html(1)])
    first = stages.read_package(reading(root))

    def never(page: RawPage, context: PageContext) -> PageResult:
        raise AssertionError("read twice")

    assert stages.read_package(reading(root), never) == first
    assert stages.missing(root, str(root), "mot", DIGEST, CONTEXT) == []
    assert len(stages.missing(root, str(root), "mot", "f" * 16, CONTEXT)) == 1


def test_a_page_that_the_code_fails_on_is_a_reject_with_the_place(root: Root) -> None:
    package(root, [html(1), html(2), html(3)])

    def transform(page: RawPage, context: PageContext) -> PageResult:
        from transforms.page import transform as real

        if page.position == 1:
            raise KeyError("nobody thought of this")
        return real(page, context)

    counts = stages.read_package(reading(root), transform)
    assert (counts["articles"], counts["crashed"], counts["unread"]) == (2, 1, 1)
    (row,) = _rows(root, "rejects")
    assert (row["reason"], row["stage"]) == ("crashed", "rows")
    assert "KeyError at test_flows_stages.py:" in row["detail"]
    assert row["url"] == "https://mot.invalid/tin/bai-1.html"


def test_rows_that_break_the_contract_are_a_reject(root: Root) -> None:
    package(root, [html(1)])

    def transform(page: RawPage, context: PageContext) -> PageResult:
        return PageResult("article", {"articles": [{"article_id": "x"}]})

    counts = stages.read_package(reading(root), transform)
    assert (counts["articles"], counts["crashed"]) == (0, 1)
    assert _rows(root, "rejects")[0]["reason"] == "contract"


def test_an_article_under_two_addresses_counts_once(root: Root) -> None:
    package(root, [html(1), html(1)])

    def transform(page: RawPage, context: PageContext) -> PageResult:
        from transforms.page import transform as real

        result = real(page, context)
        row = dict(result.tables["articles"][0], article_id="0" * 16, lead=None if page.position else "Có.")
        return PageResult("article", {"articles": [row]})

    counts = stages.read_package(reading(root), transform)
    assert (counts["articles"], counts["filled"]["lead"]) == (1, 1)


def _dies(page: RawPage, context: PageContext) -> PageResult:
    from transforms.page import transform as real

    if b"th\xc3\xb4n s\xe1\xbb\x91 2" in (page.body or b""):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(page, context)


def _sleeps(page: RawPage, context: PageContext) -> PageResult:
    time.sleep(0 if page.position else 30)
    return _dies(page, context)


@pytest.mark.parametrize(("how", "said"), [(_dies, "killed its reader"), (_sleeps, "held its reader too long")])
def test_a_page_that_kills_or_holds_its_reader_costs_only_itself(
    how: Any, said: str, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(root, [html(2 if how is _dies else 1), html(3)])
    monkeypatch.setattr(stages, "_transform", how)
    with stages.Isolated(patience=8) as transform:
        counts = stages.read_package(reading(root), transform)
    assert (counts["articles"], counts["crashed"]) == (1, 1)
    assert said in _rows(root, "rejects")[0]["detail"]


def test_a_killed_reader_does_not_stop_the_run(root: Root) -> None:
    for second in range(6):
        package(root, [html(n) for n in range(12)], f"20261122T18300{second}Z-nightly")
    wanted = [reading(root, f"20261122T18300{second}Z-nightly") for second in range(6)]
    with stages.readers(2) as pool:
        opened = pool._open()
        opened.submit(os.getpid).result()
        for pid in list(opened._processes):
            os.kill(pid, signal.SIGKILL)
        counts = pool.read(wanted)
    assert [count["articles"] for count in counts] == [12] * 6


def test_total_adds_parts_up() -> None:
    one = {"articles": 2, "crashed": 1, "filled": {"lead": 2}, "selectors": {"h1": [1, 2]}, "failing": [{"url": "a"}]}
    two = {"articles": 3, "filled": {"lead": 1, "tags": 1}, "selectors": {"h1": [0, 3]}, "failing": [{"url": "b"}] * 9}
    whole = stages.total([one, two])
    assert (whole["articles"], whole["crashed"], whole["filled"]) == (5, 1, {"lead": 3, "tags": 1})
    assert whole["selectors"] == {"h1": [1, 5]}
    assert [page["url"] for page in whole["failing"]] == ["a", "b", "b", "b", "b"]


def test_the_digest_follows_the_record_and_nothing_else() -> None:
    assert stages.portal_digest({"a": 1}) == stages.portal_digest({"a": 1})
    assert stages.portal_digest({"a": 1}) != stages.portal_digest({"a": 2})


def test_judged_fields_are_columns() -> None:
    columns = {column.name for column in contracts.TABLES["articles"].columns}
    assert set(stages.FIELDS) <= columns
    from spiders.registry import FIELDS

    assert set(stages.JUDGED) - {"extraction"} == set(FIELDS)


def _rows(root: Root, table: str) -> list[dict[str, Any]]:
    made = parts.part(root, "mot", CRAWL, DIGEST)
    assert made is not None
    return [row for batch in made.batches(table) for row in batch.to_pylist()]
