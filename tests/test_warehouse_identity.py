"""Articles that moved to other addresses: which statements count, and one row of one id in every release."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.warehouse_fakes import Story, crawl_of, night, page_of, publish, table, url_of
from warehouse import identity, ids, release, store
from warehouse.checks import verify
from warehouse.identity import MOST, Statements, settle, told
from warehouse.pages import RawPage
from warehouse.raw import PackageWriter
from warehouse.store import LocalRoot, open_root


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.os, "fsync", lambda handle: None)


def settled(versions: Iterable[tuple[int, int]], said: Iterable[tuple[int, int, int]]) -> Mapping[int, int]:
    """`versions` are (article, time) in order of packages, `said` (address, article, time)."""
    key, fetched = zip(*versions, strict=True)
    address, article, at = zip(*said, strict=True)
    return settle(
        Statements(np.array(address, np.uint64), np.array(article, np.uint64), np.array(at, np.int64)),
        np.array(key, np.uint64),
        np.array(fetched, np.int64),
    )


@pytest.mark.parametrize(
    ("what", "versions", "said", "wanted"),
    [
        ("a move", [(1, 10), (2, 20)], [(1, 2, 19)], {2: 1}),
        ("the new address was known first", [(2, 20), (1, 10)], [(1, 2, 19)], {1: 2}),
        ("two moves", [(1, 10), (2, 20), (3, 30)], [(1, 2, 19), (2, 3, 29)], {2: 1, 3: 1}),
        ("through an address without rows", [(1, 10), (3, 30)], [(1, 2, 19), (2, 3, 29)], {3: 1}),
        ("there and back", [(1, 10), (2, 20), (1, 30)], [(1, 2, 19), (2, 1, 29)], {2: 1}),
        ("a ring", [(1, 10), (2, 20), (3, 30)], [(1, 2, 40), (2, 3, 40), (3, 1, 40)], {2: 1, 3: 1}),
        ("only one is known", [(2, 20)], [(1, 2, 19)], {}),
        ("neither is known", [(5, 20)], [(1, 2, 19)], {}),
        ("itself", [(1, 10)], [(1, 1, 19)], {}),
        ("the last statement counts", [(1, 10), (2, 20), (3, 30)], [(1, 2, 19), (1, 3, 29)], {3: 1}),
        ("whatever the order of packages", [(1, 10), (2, 20), (3, 30)], [(1, 3, 29), (1, 2, 19)], {3: 1}),
        ("its own again later", [(1, 10), (2, 20), (1, 30)], [(1, 2, 19)], {}),
        ("another article between", [(1, 10), (7, 11), (2, 20)], [(1, 2, 19), (8, 7, 12)], {2: 1}),
        ("as many as may be", [(n, n) for n in range(1, 5)], [(n, 4, 9) for n in range(1, 4)], {2: 1, 3: 1, 4: 1}),
        ("all lead to one notice", [(n, n) for n in range(1, 7)], [(n, 6, 9) for n in range(1, 6)], {}),
        (
            "to one notice, each by a stop between",
            [(n, n) for n in range(1, 7)],
            [(n, 10 + n, 9) for n in range(1, 6)] + [(10 + n, 6, 9) for n in range(1, 6)],
            {},
        ),
    ],
)
def test_statements_are_settled(
    what: str, versions: list[tuple[int, int]], said: list[tuple[int, int, int]], wanted: dict[int, int]
) -> None:
    assert MOST == 4
    assert settled(versions, said) == wanted, what


def test_a_long_chain_is_walked_in_good_time() -> None:
    count = 20_000
    found = settled([(1, 1), (count, 2)], [(n, n + 1, 5) for n in range(1, count)])
    assert found == {count: 1}


def raw(**changes: Any) -> RawPage:
    return replace(page_of("abc", crawl_of(0), 0, Story(1)), **changes)


OWN, OTHER, THIRD = url_of("abc", 1), url_of("abc", 2), url_of("abc", 3)


@pytest.mark.parametrize(
    ("page", "row_url", "wanted"),
    [
        (raw(), OWN, []),
        (raw(), OTHER, [(OWN, OTHER)]),  # the page calls itself by another address
        (raw(kind="other", status=301, hints={"same_as": OTHER}), None, [(OWN, OTHER)]),
        (raw(hints={"also_at": [OTHER, THIRD, OWN, 7]}), OWN, [(OTHER, OWN), (THIRD, OWN)]),
        (raw(kind="other", hints={"same_as": OTHER, "also_at": [THIRD]}), None, [(OWN, OTHER), (THIRD, OTHER)]),
        (raw(status=0, error="gone", hints={"also_at": [OTHER]}), None, []),
        (raw(kind="article", hints={"same_as": OTHER}), OWN, []),  # a copy by the API that was asked as an article
        (raw(kind="listing", hints={"also_at": [OTHER]}), None, []),
        (raw(hints={"also_at": "https://abc.invalid/tin/2", "same_as": 7}), OWN, []),
    ],
)
def test_what_a_page_tells(page: RawPage, row_url: str | None, wanted: list[tuple[str, str]]) -> None:
    assert list(told(page, {"articles": [{"url": row_url}]} if row_url else {})) == wanted


def test_a_page_tells_of_a_bounded_number_of_addresses() -> None:
    page = raw(hints={"also_at": [url_of("abc", n) for n in range(2, 5000)]})
    assert len(list(told(page, {}))) == identity._TOLD


# ---- over nights


def write(root: LocalRoot, number: int, pages: Iterable[RawPage]) -> None:
    crawl = crawl_of(number)
    with PackageWriter(root, "abc", crawl, command="nightly") as writer:
        for page in pages:
            moment = night(number) + timedelta(seconds=writer.position)
            writer.add(replace(page, crawl=crawl, position=writer.position, fetched_at=moment))
        writer.seal("pages")


def shown(number: int, story: Story, **changes: Any) -> RawPage:
    return replace(page_of("abc", crawl_of(number), 0, story), **changes)


def sent_on(old: int, new: int) -> RawPage:
    return replace(
        page_of("abc", crawl_of(0), 0, Story(old)), kind="other", status=301, body=None, sha256=None,
        final_url=url_of("abc", new), hints={"same_as": url_of("abc", new)},
    )  # fmt: skip


# Stories 1 to 5 and 30 at first; 11 to 15 are the addresses of 1 to 5 after the move.
NIGHTS: list[list[RawPage]] = [
    [shown(0, Story(n, figures=3)) for n in (1, 2, 3, 4, 5, 30)],
    [
        sent_on(1, 11), sent_on(2, 12),
        shown(1, Story(11, figures=2), hints={"also_at": [url_of("abc", 1)]}), shown(1, Story(12, version=1)),
        shown(1, Story(13), hints={"also_at": [url_of("abc", 3)]}), shown(1, Story(14)),
    ],
    [sent_on(4, 14), shown(2, Story(11, version=3, figures=1)), shown(2, Story(5, version=1)), sent_on(5, 5)],
]  # fmt: skip


def bytes_of(root: LocalRoot) -> dict[str, bytes]:
    now = release.current(root)
    assert now is not None
    return {e["path"]: (root.path(now.path) / e["path"]).read_bytes() for e in now.manifest["files"]}


@pytest.fixture
def root(tmp_path: Path) -> LocalRoot:
    made = open_root(create=True, address=tmp_path / "data")
    assert isinstance(made, LocalRoot)
    return made


def articles(root: LocalRoot) -> dict[str, dict[str, Any]]:
    return {row["article_id"]: row for row in table(root, "articles")}


def test_a_moved_article_is_one_row_of_one_id_over_three_nights(root: LocalRoot, tmp_path: Path) -> None:
    own = {n: ids.article_id("abc", url_of("abc", n)) for n in (*range(1, 6), *range(11, 16), 30)}
    standing = [
        {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 30: 30},
        {1: 11, 2: 12, 3: 13, 4: 4, 5: 5, 30: 30, 14: 14},  # nobody has told yet that 14 is 4
        {1: 11, 2: 12, 3: 13, 4: 14, 5: 5, 30: 30},
    ]
    for number, pages in enumerate(NIGHTS):
        write(root, number, pages)
        assert publish(root, ["abc"]) is not None
        rows = articles(root)
        assert {i: row["url"] for i, row in rows.items()} == {
            own[first]: url_of("abc", now) for first, now in standing[number].items()
        }
        for name in ("figures", "citations", "images", "audits"):
            assert {row["article_id"] for row in table(root, name)} <= rows.keys()
        figures = [row for row in table(root, "figures") if row["article_id"] == own[1]]
        assert len(figures) == (3, 2, 1)[number]
        assert all(rows[own[1]]["text"][row["start"] : row["end"]] == row["surface"] for row in figures)
        assert rows[own[1]]["first_fetched_at"] == night(0)
        assert list(verify(root)) == []
    assert table(root, "audits")
    again = open_root(create=True, address=tmp_path / "again")
    assert isinstance(again, LocalRoot)
    shutil.copytree(root.local / "raw", again.local / "raw")
    assert publish(again, ["abc"]) is not None
    assert bytes_of(again) == bytes_of(root)


def test_statements_alone_make_a_new_release(root: LocalRoot) -> None:
    """A night that only finds where old addresses lead brings no article, yet takes rows back."""
    write(root, 0, [shown(0, Story(1)), shown(0, Story(11)), shown(0, Story(2))])
    publish(root, ["abc"])
    assert len(articles(root)) == 3
    write(root, 1, [sent_on(1, 11)])
    assert publish(root, ["abc"]) is not None
    rows = articles(root)
    assert len(rows) == 2
    assert rows[ids.article_id("abc", url_of("abc", 1))]["url"] == url_of("abc", 11)


def test_an_archive_brought_in_later_does_not_change_an_id(root: LocalRoot) -> None:
    write(root, 3, [shown(3, Story(11))])
    publish(root, ["abc"])
    (before,) = articles(root)
    crawl = crawl_of(4, "ingest")
    with PackageWriter(root, "abc", crawl, command="ingest") as writer:
        for page in (shown(0, Story(1), flags=("archive",)), sent_on(1, 11)):
            writer.add(replace(page, crawl=crawl, position=writer.position, fetched_at=night(writer.position)))
        writer.seal("pages")
    publish(root, ["abc"])
    rows = articles(root)
    assert list(rows) == [before]
    assert rows[before]["first_fetched_at"] == night(0)
