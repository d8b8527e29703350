"""Releases: the merge over nights, the same bytes from nothing, links, the pointer, and what stops a release."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from tests import warehouse_fakes as fakes
from tests.warehouse_fakes import Story, crawl, crawl_of, night, page_of, portal_row, publish, read, table, url_of
from warehouse import checks, contracts, ids, ledger, parts, release, store
from warehouse.checks import CheckFailed, Expectation, verify
from warehouse.pages import RawPage
from warehouse.parts import PartError, PartWriter
from warehouse.raw import Package, PackageWriter
from warehouse.release import ReleaseError
from warehouse.store import LocalRoot, Root, open_root

NIGHTS: list[list[Story]] = [
    [*(Story(i, day=date(2024 + i % 3, 1, 5)) for i in range(12)), Story(20, day=None), Story(21, broken=True)],
    # One edited, one moved to another year, one new, one that reads now, one that no longer does; the rest vanished.
    [
        Story(3, version=1, figures=3, day=date(2024, 1, 5)), Story(4, day=date(2026, 1, 5)), Story(30), Story(21),
        Story(7, broken=True), Story(20, version=1, day=None),
    ],
    [Story(31, day=date(2023, 7, 1)), Story(3, version=2, day=date(2024, 1, 5))],
]  # fmt: skip
"""Three nights of the portal `abc`; `xyz` shows the same five stories each night."""


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.os, "fsync", lambda handle: None)


@pytest.fixture
def root(tmp_path: Path) -> LocalRoot:
    made = open_root(create=True, address=tmp_path / "data")
    assert isinstance(made, LocalRoot)
    return made


def fetch(root: Root, number: int) -> None:
    crawl(root, "abc", crawl_of(number), NIGHTS[number])
    if number == 0:
        crawl(root, "xyz", crawl_of(0), [Story(i) for i in range(5)])


def bytes_of(root: LocalRoot) -> dict[str, bytes]:
    """Path to content of every table file of the current release."""
    now = release.current(root)
    assert now is not None
    base = root.path(now.path)
    return {e["path"]: (base / e["path"]).read_bytes() for e in now.manifest["files"]}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> LocalRoot:
    root = open_root(create=True, address=tmp_path_factory.mktemp("nights") / "data")
    assert isinstance(root, LocalRoot)
    for number in range(3):
        fetch(root, number)
        assert publish(root, ["abc", "xyz"]) is not None
    return root


@pytest.fixture
def three_nights(root: LocalRoot, template: LocalRoot) -> LocalRoot:
    """A copy of the warehouse after three nights; files that are one file there are one here."""
    copies: dict[int, Path] = {}
    for folder, folders, names in os.walk(template.local):
        here = root.local / Path(folder).relative_to(template.local)
        here.mkdir(exist_ok=True)
        for name in (*folders, *names):
            file = Path(folder, name)
            if file.is_symlink():
                (here / name).symlink_to(file.readlink())
            elif file.is_file() and file.stat().st_ino in copies:
                os.link(copies[file.stat().st_ino], here / name)
            elif file.is_file():
                copies[file.stat().st_ino] = Path(shutil.copy(file, here / name))
    return root


def test_merge_over_three_nights(three_nights: LocalRoot) -> None:
    rows = {row["url"]: row for row in table(three_nights, "articles") if row["portal"] == "abc"}
    assert set(rows) == {url_of("abc", i) for i in [*range(12), 20, 21, 30, 31]}  # the vanished stay
    edited = rows[url_of("abc", 3)]
    assert edited["title"] == "Bài số 3 bản 2"
    assert edited["first_fetched_at"] == night(0) + timedelta(seconds=3)
    assert edited["fetched_at"] == night(2) + timedelta(seconds=1)
    assert edited["package"] == f"raw/abc/{crawl_of(2)}"
    assert rows[url_of("abc", 4)]["year"] == 2026  # it left 2025
    figures = [row for row in table(three_nights, "figures") if row["article_id"] == edited["article_id"]]
    assert [row["surface"] for row in figures] == ["1023", "1024"]
    assert [row["url"] for row in table(three_nights, "rejects")] == [url_of("abc", 7)]
    assert rows[url_of("abc", 7)]["title"] == "Bài số 7 bản 0"  # its last good row stays beside the reject
    undated = rows[url_of("abc", 20)]
    assert undated["title"] == "Bài số 20 bản 1"
    assert undated["published_before"] == night(0).date()  # seen on the first night, whatever the second says
    states = {row["portal"]: (row["articles"], row["newest"]) for row in table(three_nights, "portals")}
    assert states == {"abc": (16, date(2026, 2, 1)), "xyz": (5, date(2026, 2, 1))}


def test_rows_stand_in_order_of_crawl_and_position(three_nights: LocalRoot) -> None:
    seen: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for row in table(three_nights, "articles"):
        seen.setdefault((row["portal"], row["year"]), []).append((row["package"], row["fetched_at"]))
    assert all(rows == sorted(rows) for rows in seen.values())


def test_nightly_merges_and_a_rebuild_give_the_same_bytes(three_nights: LocalRoot, tmp_path: Path) -> None:
    again = open_root(create=True, address=tmp_path / "again")
    assert isinstance(again, LocalRoot)
    shutil.copytree(three_nights.local / "raw", again.local / "raw")
    assert publish(again, ["abc", "xyz"]) is not None
    assert bytes_of(again) == bytes_of(three_nights)
    nightly, rebuilt = release.current(three_nights), release.current(again)
    assert nightly is not None
    assert rebuilt is not None
    assert nightly.digest == rebuilt.digest
    # And on the spot, with everything but the raw packages gone.
    before = bytes_of(three_nights)
    for name in ("parts", "releases", "current.json"):
        three_nights.remove(name)
    (three_nights.local / "current").unlink()
    publish(three_nights, ["abc", "xyz"])
    assert bytes_of(three_nights) == before


def test_nothing_new_publishes_nothing(three_nights: LocalRoot) -> None:
    before = release.current(three_nights)
    assert before is not None
    assert publish(three_nights, ["abc", "xyz"]) is None
    # A night on which every page answered 304.
    with PackageWriter(three_nights, "abc", crawl_of(9), command="nightly") as writer:
        page = page_of("abc", crawl_of(9), 0, Story(3))
        writer.add(replace(page, status=304, body=None, sha256=None))
        writer.seal("pages")
    with PartWriter(three_nights, "abc", crawl_of(9), fakes.DIGEST) as part:
        part.add({}, replace(page, status=304, body=None))
        part.seal()
    assert publish(three_nights, ["abc", "xyz"]) is None
    assert release.current(three_nights) == before
    assert len(release.releases(three_nights)) == 3


def test_what_has_not_changed_is_the_same_file(three_nights: LocalRoot) -> None:
    first, _, third = release.releases(three_nights)
    path = "figures/portal=xyz/year=2026/part-0.parquet"
    inodes = {three_nights.path(f"{one.path}/{path}").stat().st_ino for one in (first, third)}
    assert len(inodes) == 1
    written = {e["path"] for e in third.manifest["files"]} - set(third.manifest["linked"])
    assert all("portal=abc" in path or path.count("/") == 1 for path in written)
    assert "articles/portal=abc/year=2023/part-0.parquet" in written
    assert "articles/portal=abc/year=2025/part-0.parquet" in third.manifest["linked"]
    assert not os.access(three_nights.path(f"{third.path}/{path}"), os.W_OK) or os.geteuid() == 0
    assert three_nights.path(f"{third.path}/{path}").stat().st_mode & 0o222 == 0


def test_a_portal_that_fails_is_news_and_its_rows_stay(three_nights: LocalRoot) -> None:
    rows = [portal_row("abc", state="failed", failure_class="timeout", stale=True), portal_row("xyz")]
    made = publish(three_nights, ["abc", "xyz"], rows=rows)
    assert made is not None
    assert {row["portal"]: row["stale"] for row in table(three_nights, "portals")} == {"abc": True, "xyz": False}
    assert len(table(three_nights, "articles")) == 21
    assert publish(three_nights, ["abc", "xyz"], rows=rows) is None


def test_every_reader_finds_every_table(three_nights: LocalRoot) -> None:
    for name in contracts.TABLES:
        data = ds.dataset(three_nights.local / "current" / name, format="parquet", partitioning="hive").to_table()
        assert set(data.column_names) == set(fakes.column_names(name)), name
    path = three_nights.local / "current" / "articles" / "portal=abc" / "year=2024" / "part-0.parquet"
    stored = pq.read_schema(path)
    assert "portal" not in stored.names
    assert stored.field("url").metadata[b"meaning"] == b"Canonical address on the portal's real host."


def test_an_earlier_date_is_kept_with_its_evidence(root: LocalRoot) -> None:
    crawl(root, "abc", crawl_of(0), [Story(1, day=date(2025, 5, 5)), Story(2)])
    crawl(root, "abc", crawl_of(1), [Story(1, version=1, day=None)])
    publish(root, ["abc"])
    row = next(row for row in table(root, "articles") if row["url"] == url_of("abc", 1))
    assert (row["title"], row["published_on"], row["year"]) == ("Bài số 1 bản 1", date(2025, 5, 5), 2025)
    assert row["published_evidence"] == "page"
    assert row["flags"] == ["date_from_earlier_page"]
    assert verify(root, fakes.DERIVE) == []


def test_a_bound_that_later_text_breaks_is_dropped(root: LocalRoot) -> None:
    for number in range(2):
        crawl(root, "abc", crawl_of(number), [Story(1, version=number, day=None)])
        with PartWriter(root, "abc", crawl_of(number), fakes.DIGEST) as writer:
            for page in Package(root, "abc", crawl_of(number)).pages():
                rows = read(page)
                rows["articles"][0]["published_after"] = night(number).date()
                writer.add(rows, page)
            writer.seal()
    publish(root, ["abc"])
    (row,) = table(root, "articles")
    assert (row["published_after"], row["published_before"]) == (None, night(0).date())


def test_an_archive_of_older_pages_does_not_take_over(root: LocalRoot) -> None:
    crawl(root, "abc", crawl_of(1), [Story(1, version=1)])
    archive = crawl_of(2, "ingest")
    old = night(-900)
    with PackageWriter(root, "abc", archive, command="ingest") as writer:
        writer.add(replace(page_of("abc", archive, 0, Story(1)), fetched_at=old))
        writer.seal("pages")
    publish(root, ["abc"])
    (row,) = table(root, "articles")
    assert (row["title"], row["first_fetched_at"]) == ("Bài số 1 bản 1", old)


def test_the_same_article_twice_in_a_package_counts_once(root: LocalRoot) -> None:
    crawl(root, "abc", crawl_of(0), [Story(1), Story(2)])
    with PackageWriter(root, "abc", crawl_of(1), command="nightly") as writer:
        for version in (1, 2):
            writer.add(page_of("abc", crawl_of(1), version - 1, Story(1, version=version)))
        writer.seal("pages")
    publish(root, ["abc"])
    assert [row["title"] for row in table(root, "articles")] == ["Bài số 2 bản 0", "Bài số 1 bản 2"]
    assert len(table(root, "figures")) == 4


def test_rollback_moves_the_pointer_and_holds_until_there_is_news(three_nights: LocalRoot) -> None:
    first, second, third = release.releases(three_nights)
    assert release.rollback(three_nights, second.id) == second
    assert (three_nights.local / "current").resolve().name == second.id
    assert publish(three_nights, ["abc", "xyz"]) is None  # what was withdrawn does not come back by itself
    assert release.current(three_nights) == second
    crawl(three_nights, "abc", crawl_of(5), [Story(40)])
    made = publish(three_nights, ["abc", "xyz"])
    assert made is not None
    assert len(table(three_nights, "articles")) == 22
    assert verify(three_nights, fakes.DERIVE) == []
    release.rollback(three_nights, first.id)
    with pytest.raises(ReleaseError, match="there is no release 20200101T000000Z-00000000"):
        release.rollback(three_nights, "20200101T000000Z-00000000")
    with pytest.raises(ids.BadName):
        release.rollback(three_nights, "../../etc")
    assert release.current(three_nights) == first
    assert third in release.releases(three_nights)


def test_a_release_made_but_not_published_is_taken_up(root: LocalRoot) -> None:
    fetch(root, 0)
    for package in fakes.packages(root):
        fakes.transform(package)
    arguments: dict[str, Any] = {
        "derive": fakes.DERIVE, "portals": [portal_row("abc"), portal_row("xyz")], "code": "fakes",
        "digests": {"abc": fakes.DIGEST, "xyz": fakes.DIGEST},
    }  # fmt: skip
    made = release.assemble(root, **arguments)
    assert release.current(root) is None
    again = release.assemble(root, **arguments)
    assert again == made
    assert again is not None
    release.publish(again)
    assert release.current(root) == made
    assert len(release.releases(root)) == 1


def test_fresh_writes_everything_and_mends_damage(three_nights: LocalRoot) -> None:
    before = release.current(three_nights)
    assert before is not None
    run = {
        **dict.fromkeys(fakes.column_names("runs"), 0), "run_id": "r1", "portal": "abc", "command": "rebuild",
        "started_at": night(9), "finished_at": None, "outcome": "pages", "state": "ok", "failure_class": None,
        "message": None, "seconds": 1.0,
    }  # fmt: skip
    assert publish(three_nights, ["abc", "xyz"], fresh=True, runs=[run]) is None  # the same bytes: nothing new
    good = bytes_of(three_nights)
    path = three_nights.path(f"{before.path}/articles/portal=abc/year=2024/part-0.parquet")
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    problems = verify(three_nights)
    assert any("other bytes than it was written with" in problem.message for problem in problems)
    assert all(problem.command for problem in problems)
    made = publish(three_nights, ["abc", "xyz"], fresh=True)
    assert made is not None
    assert bytes_of(three_nights) == good


@pytest.mark.parametrize("damage", ["manifest", "folder"])
def test_fresh_mends_a_release_that_cannot_be_read(three_nights: LocalRoot, damage: str) -> None:
    good, now = bytes_of(three_nights), release.current(three_nights)
    assert now is not None
    if damage == "manifest":
        three_nights.write(f"{now.path}/release.json", b"{")
    else:
        three_nights.remove(now.path)
    with pytest.raises(ReleaseError):
        publish(three_nights, ["abc", "xyz"])
    assert publish(three_nights, ["abc", "xyz"], fresh=True) is not None
    assert bytes_of(three_nights) == good


def test_a_released_file_that_lost_bytes_is_written_again(three_nights: LocalRoot) -> None:
    before = release.current(three_nights)
    assert before is not None
    path = three_nights.path(f"{before.path}/articles/portal=xyz/year=2026/part-0.parquet")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:100])
    crawl(three_nights, "abc", crawl_of(5), [Story(40)])
    assert publish(three_nights, ["abc", "xyz"]) is not None
    assert len(table(three_nights, "articles")) == 22


def test_new_code_makes_new_parts_and_the_same_bytes(three_nights: LocalRoot) -> None:
    before = bytes_of(three_nights)
    other = "f" * 16
    with pytest.raises(ReleaseError, match=r"raw/abc/.* has no part .*tinhuy rebuild abc"):
        release.assemble(three_nights, derive={}, portals=[], digests={"abc": other})
    for package in fakes.packages(three_nights):
        fakes.transform(package, other)
    publish(three_nights, ["abc", "xyz"], digest=other)
    assert bytes_of(three_nights) == before
    assert verify(three_nights, fakes.DERIVE) == []


def forgets(number: int) -> Callable[[RawPage], dict[str, list[dict[str, Any]]]]:
    """`read` in a version that takes no page whose story's number is below `number` for an article."""
    return lambda page: {} if int(page.url.rpartition("/")[2]) < number else read(page)


@pytest.mark.parametrize(("forgotten", "published"), [(3, True), (4, False), (100, False)])
def test_new_code_may_lose_a_few_articles_and_no_more_unasked(
    three_nights: LocalRoot, monkeypatch: pytest.MonkeyPatch, forgotten: int, published: bool
) -> None:
    before, other = release.current(three_nights), "f" * 16
    for package in fakes.packages(three_nights):
        with monkeypatch.context() as patch:
            patch.setattr(fakes, "read", forgets(forgotten))
            fakes.transform(package, other)
    if published:
        assert publish(three_nights, ["abc", "xyz"], digest=other) is not None
        return
    with pytest.raises(CheckFailed, match=r"of 16 articles of abc that the release before has are gone: [0-9a-f]{16}"):
        publish(three_nights, ["abc", "xyz"], digest=other)
    assert release.current(three_nights) == before
    # A person says that this is meant.
    assert publish(three_nights, ["abc", "xyz"], digest=other, fresh=True) is not None


def test_the_same_code_loses_no_article_and_new_ones_hide_no_lost_ones(three_nights: LocalRoot) -> None:
    """A part is made again, by code of the same digest, without one article and with another."""
    (package,) = fakes.packages(three_nights, "xyz")
    part = parts.part(three_nights, "xyz", package.crawl, fakes.DIGEST)
    assert part is not None
    three_nights.remove(part.path)
    with PartWriter(three_nights, "xyz", package.crawl, fakes.DIGEST) as writer:
        for page in package.pages():
            shown = page_of("xyz", package.crawl, page.position, Story(99)) if page.position == 2 else page
            writer.add(read(shown), shown)
        writer.seal()
    gone = ids.article_id("xyz", url_of("xyz", 2))
    for fresh in (False, True):
        with pytest.raises(CheckFailed, match=f"1 of 5 articles of xyz that the release before has are gone: {gone}"):
            publish(three_nights, ["abc", "xyz"], fresh=fresh)


def test_a_package_that_is_gone_is_noticed_and_followed_only_when_asked(three_nights: LocalRoot) -> None:
    before = release.current(three_nights)
    lost = fakes.packages(three_nights, "abc")[0]
    three_nights.remove(lost.path)
    three_nights.remove(parts.part_path("abc", lost.crawl, fakes.DIGEST))
    with pytest.raises(CheckFailed, match="articles of abc that the release before has are gone"):
        publish(three_nights, ["abc", "xyz"])
    assert release.current(three_nights) == before
    assert publish(three_nights, ["abc", "xyz"], fresh=True) is not None
    assert verify(three_nights, fakes.DERIVE) == []


def test_a_portal_outside_of_tonights_run_keeps_its_code(three_nights: LocalRoot) -> None:
    crawl(three_nights, "abc", crawl_of(5), [Story(40)])
    fakes.transform(fakes.packages(three_nights, "abc")[-1])
    rows = [portal_row("abc"), portal_row("xyz")]
    made = release.assemble(three_nights, derive=fakes.DERIVE, portals=rows, digests={"abc": fakes.DIGEST})
    assert made is not None
    assert made.manifest["inputs"]["xyz"] == {"digest": fakes.DIGEST, "crawls": [crawl_of(0)]}


def test_the_report_is_part_of_the_release(root: LocalRoot) -> None:
    fetch(root, 0)

    def build(folder: Path) -> None:
        assert (folder / "release.json").exists()
        assert (folder / "articles").is_dir()
        (folder / "site").mkdir()
        (folder / "site" / "index.html").write_text("<p>ok</p>")

    made = publish(root, ["abc", "xyz"], finish=build)
    assert made is not None
    assert (root.local / "current" / "site" / "index.html").read_text() == "<p>ok</p>"
    assert [entry["path"] for entry in made.manifest["site"]] == ["site/index.html"]
    fetch(root, 1)
    again = publish(root, ["abc", "xyz"], finish=build)
    assert again is not None
    pages = [root.path(f"{one.path}/site/index.html") for one in (made, again)]
    assert pages[0].samefile(pages[1])  # a page that is as it was is kept once
    assert verify(root) == []
    pages[1].write_text("<p>no</p>")
    assert {problem.path for problem in verify(root)} == {f"{one.path}/site/index.html" for one in (made, again)}


def break_article(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["articles"][0]["title"] = None


def break_figure(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["figures"][0]["start"] += 1


def break_kind(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["figures"][0]["kind"] = "feeling"


def break_type(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["figures"][0]["value"] = "many"


def break_columns(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["images"] = [{"article_id": rows["articles"][0]["article_id"], "portal": "abc", "year": 2026, "extra": 1}]


def break_letters(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["articles"][0]["section"] = "\ud800"


def break_owner(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["figures"][0]["article_id"] = "0" * 16


def break_portal(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["articles"][0]["portal"] = "xyz"


def break_size(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["figures"][0]["sentence_end"] = 2**40


BREAKERS = [
    (break_article, "articles.title is null"), (break_figure, "is not what stands at"),
    (break_kind, "figures.kind is 'feeling'"),
    (break_type, "figures: "), (break_columns, "images: columns"), (break_letters, "articles: "),
    (break_owner, "is not on this page"), (break_portal, "articles: portal is 'xyz'"), (break_size, "figures: "),
]  # fmt: skip


@pytest.mark.parametrize(("breaker", "words"), BREAKERS)
def test_rows_that_break_the_contract_become_one_reject(root: LocalRoot, breaker: Any, words: str) -> None:
    package = crawl(root, "abc", crawl_of(0), [Story(1), Story(2), Story(3)])
    with PartWriter(root, "abc", crawl_of(0), fakes.DIGEST) as writer:
        for page in package.pages():
            rows = read(page)
            if page.position == 1:
                breaker(rows)
            assert writer.add(rows, page) is (page.position != 1)
        writer.seal()
    publish(root, ["abc"])
    assert [row["url"] for row in table(root, "articles")] == [url_of("abc", 1), url_of("abc", 3)]
    (reject,) = table(root, "rejects")
    assert (reject["url"], reject["stage"], reject["reason"]) == (url_of("abc", 2), "rows", "contract")
    assert words in reject["detail"]


def test_a_part_left_early_leaves_nothing(root: LocalRoot) -> None:
    package = crawl(root, "abc", crawl_of(0), [Story(i) for i in range(40)])
    with PartWriter(root, "abc", crawl_of(0), fakes.DIGEST) as writer:
        for page in package.pages():
            writer.add(read(page), page)
    assert list(root.path("parts/abc").iterdir()) == []
    assert parts.parts(root) == []


def test_pages_out_of_order_and_unsealed_packages_are_refused(root: LocalRoot) -> None:
    package = crawl(root, "abc", crawl_of(0), [Story(1), Story(2)])
    first, second = package.pages()
    with PartWriter(root, "abc", crawl_of(0), fakes.DIGEST) as writer:
        writer.add(read(second), second)
        with pytest.raises(PartError, match="page 0 came after page 1"):
            writer.add(read(first), first)
    with pytest.raises(parts.RawError, match="is not sealed"):
        PartWriter(root, "abc", crawl_of(1), fakes.DIGEST)


def lying(view: Any) -> Iterator[dict[str, Any]]:
    yield from fakes.documents(view)
    yield from fakes.documents(view)


def forgetful(_: Any) -> Iterator[dict[str, Any]]:
    return iter(())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"derive": {"documents": lying}}, "documents.document_id: (document_id) stands twice (1 rows)"),
        ({"derive": {"documents": forgetful}}, "values are not in documents.document_id: vn.party:tw:NQ:25:2013"),
        ({"expectations": [Expectation("abc", articles=100)]}, "abc has 13 articles, at least 100"),
        ({"expectations": [Expectation("abc", fill={"author": 0.5})]}, "articles.author: abc tells it in 0 of 13"),
        ({"rows": [portal_row("abc", state="splendid")]}, "portals.state is 'splendid'"),
        ({"rows": [portal_row("abc"), portal_row("abc")]}, "(portal) stands twice"),
        ({"rows": [portal_row("abc", province="atlantis")]}, "not in provinces.province: atlantis"),
    ],
)  # fmt: skip
def test_a_failing_check_stops_the_release(root: LocalRoot, options: dict[str, Any], words: str) -> None:
    fetch(root, 0)
    with pytest.raises((CheckFailed, ReleaseError)) as failure:
        publish(root, ["abc", "xyz"], **options)
    assert words in str(failure.value)
    assert release.current(root) is None
    assert list(root.path("releases").iterdir()) == []
    assert publish(root, ["abc", "xyz"]) is not None


def test_expectations_that_hold_stop_nothing(root: LocalRoot) -> None:
    fetch(root, 0)
    held = [Expectation("abc", 13, {"title": 1.0, "published_on": 0.9})]
    assert publish(root, ["abc", "xyz"], expectations=held) is not None


@pytest.mark.parametrize("after", [3, 14, 40])
def test_a_full_disk_keeps_the_old_release_and_the_rerun_goes_on(
    three_nights: LocalRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    before, old = release.current(three_nights), bytes_of(three_nights)
    crawl(three_nights, "abc", crawl_of(5), [Story(i, day=date(2020 + i % 6, 2, 2)) for i in range(40, 60)])
    written = 0

    def write(sink: store.Sink, data: Any, real: Any = store.Sink.write) -> int:
        nonlocal written
        written += 1
        if written > after:
            raise OSError(errno.ENOSPC, "No space left on device")
        return int(real(sink, data))

    with monkeypatch.context() as patch:
        patch.setattr(store.Sink, "write", write)
        with pytest.raises(store.DataRootError, match="No space left on device; free some space"):
            publish(three_nights, ["abc", "xyz"])
    assert release.current(three_nights) == before
    assert bytes_of(three_nights) == old
    assert publish(three_nights, ["abc", "xyz"]) is not None
    assert len(table(three_nights, "articles")) == 41
    assert verify(three_nights, fakes.DERIVE) == []


def test_a_power_cut_after_a_night_takes_nothing_back(root: LocalRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a finished step needs was synced: each file, and each folder after its last change."""
    synced: dict[int, int] = {}

    def sync(handle: int) -> None:
        synced[os.fstat(handle).st_ino] = time.time_ns()

    monkeypatch.setattr(store.os, "fsync", sync)
    for number in range(2):
        fetch(root, number)
        publish(root, ["abc", "xyz"])
    ledger.record(root, {"run_id": "r1", "portal": "*", "stage": "plan"})
    for folder, _, names in os.walk(root.local):
        if Path(folder) == root.local / "locks":
            continue
        status = Path(folder).stat()
        assert synced.get(status.st_ino, 0) >= status.st_mtime_ns, folder
        for name in names:
            file = Path(folder, name)
            if not file.is_symlink() and file.name != store.MARKER:
                assert file.stat().st_ino in synced, file


def test_readers_of_a_view_see_partition_columns(three_nights: LocalRoot) -> None:
    now = release.current(three_nights)
    assert now is not None
    rows = list(now.tables().rows("figures", ["portal", "year"]))
    assert {(row["portal"], row["year"]) for row in rows} >= {("abc", 2023), ("xyz", 2026)}
    assert len(rows) == now.counts()["figures"]


def spoil(root: LocalRoot, path: str, content: bytes | None) -> None:
    place = root.path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        place.unlink()
        return
    if place.exists():
        place.chmod(0o644)
    place.write_bytes(content)


SPOILED = [
    ("raw/abc/{crawl}/pages-00000.parquet", b"PAR1", "bytes, not"),
    ("raw/abc/{crawl}/pages-00000.parquet", None, "is missing"),
    ("raw/abc/{crawl}/pages-00009.parquet", b"PAR1", "is in no manifest"),
    ("raw/abc/{crawl}/manifest.json", b"{}", "not a package manifest"),
    ("parts/abc/{crawl}-{digest}/articles.parquet", b"PAR1", "bytes, not"),
    ("parts/abc/{crawl}-{digest}/manifest.json", b"{", "is damaged"),
    ("releases/{id}/documents/part-0.parquet", None, "is missing"),
    ("releases/{id}/figures/portal=abc/year=2024/part-1.parquet", b"PAR1", "is in no manifest"),
    ("releases/{id}/release.json", b"{", "is damaged"),
    ("releases/_tmp-x/a", b"", "left from a run that was killed"),
    ("releases/20200101T000000Z-00000000/a", b"", "is not a whole release"),
    ("current.json", b'{"release": "20200101T000000Z-00000000"}', "does not name"),
    ("ledger/2026-01/x.json", b"[]", "holds no ledger row"),
]


@pytest.mark.parametrize(("path", "content", "words"), SPOILED)
def test_verify_finds_what_is_not_as_promised(
    three_nights: LocalRoot, path: str, content: bytes | None, words: str
) -> None:
    now = release.current(three_nights)
    assert now is not None
    place = path.format(crawl=crawl_of(2), digest=fakes.DIGEST, id=now.id)
    spoil(three_nights, place, content)
    problems = verify(three_nights, fakes.DERIVE)
    assert any(words in problem.message for problem in problems), problems
    assert all(problem.command for problem in problems)


def test_verify_finds_nothing_where_all_is_well(three_nights: LocalRoot) -> None:
    assert verify(three_nights, fakes.DERIVE) == []


def test_verify_finds_tables_that_are_not_what_their_parts_give(three_nights: LocalRoot) -> None:
    """Someone edits a released table and mends all hashes: the parts still tell."""
    now = release.current(three_nights)
    assert now is not None
    path = "figures/portal=abc/year=2026/part-0.parquet"
    file = three_nights.path(f"{now.path}/{path}")
    data = pq.read_table(file)
    at = data.schema.get_field_index("value")
    forged = data.set_column(at, data.schema.field(at), [[9.0] * data.num_rows])
    file.unlink()
    pq.write_table(forged, file)
    manifest = dict(now.manifest)
    for entry in manifest["files"]:
        if entry["path"] == path:
            entry["bytes"], entry["sha256"] = file.stat().st_size, three_nights.sha256(f"{now.path}/{path}")
    manifest["digest"] = release.tables_digest(manifest["files"])
    three_nights.write_json(f"{now.path}/release.json", manifest)
    assert [(p.path, p.message) for p in verify(three_nights)] == [
        (f"{now.path}/{path}", "is not what its inputs give")
    ]


def test_verify_finds_links_that_lead_out(three_nights: LocalRoot, tmp_path: Path) -> None:
    (three_nights.local / "ledger").mkdir(exist_ok=True)
    (three_nights.local / "ledger" / "2026-01").symlink_to(tmp_path)
    with pytest.raises(store.DataRootError, match="leads out"):
        verify(three_nights)


def test_a_pointer_to_nothing_says_how_to_mend_it(three_nights: LocalRoot) -> None:
    link = three_nights.local / "current"
    link.unlink()
    link.symlink_to("releases/20200101T000000Z-00000000")
    with pytest.raises(ReleaseError, match="tinhuy rollback ID"):
        release.current(three_nights)
    assert any("tinhuy rollback ID" in (problem.command or "") for problem in verify(three_nights))
    release.rollback(three_nights, release.releases(three_nights)[-1].id)
    assert verify(three_nights) == []


def test_a_pointer_that_became_a_copy_is_told_and_not_written_through(three_nights: LocalRoot) -> None:
    """A backup that follows links brings `current` back as a folder."""
    link = three_nights.local / "current"
    target = link.resolve()
    link.unlink()
    shutil.copytree(target, link)
    with pytest.raises(ReleaseError, match="is a copy, not a link; remove it"):
        publish(three_nights, ["abc", "xyz"])
    shutil.rmtree(link)
    release.rollback(three_nights, target.name)
    assert verify(three_nights) == []


@pytest.mark.parametrize("step", ["write_json", "point"])
def test_a_rollback_cut_off_has_not_happened_and_one_that_ended_holds(
    three_nights: LocalRoot, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first, _, third = release.releases(three_nights)

    def cut(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(LocalRoot, step, cut)
        with pytest.raises(KeyboardInterrupt):
            release.rollback(three_nights, first.id)
    assert release.current(three_nights) == third
    assert publish(three_nights, ["abc", "xyz"]) is None
    assert verify(three_nights, fakes.DERIVE) == []
    release.rollback(three_nights, first.id)
    assert publish(three_nights, ["abc", "xyz"]) is None
    assert release.current(three_nights) == first


def test_half_a_part_does_not_stand_in_the_way(three_nights: LocalRoot) -> None:
    """A folder that lost its manifest (half restored, half removed) is made again, and told by `verify` until then."""
    path = parts.part_path("abc", crawl_of(2), fakes.DIGEST)
    three_nights.remove(f"{path}/manifest.json")
    assert [str(one) for one in verify(three_nights) if "is not a whole part" in one.message]
    before = bytes_of(three_nights)
    publish(three_nights, ["abc", "xyz"], fresh=True)
    assert bytes_of(three_nights) == before
    assert verify(three_nights, fakes.DERIVE) == []


def test_recover_mends_a_pointer_file_that_lags(three_nights: LocalRoot) -> None:
    three_nights.write_json("current.json", {"release": release.releases(three_nights)[0].id, "withdrawn": []})
    assert len(verify(three_nights)) == 1
    publish(three_nights, ["abc", "xyz"])
    assert verify(three_nights) == []


def test_names_of_checks() -> None:
    assert checks.Problem("a", "is odd", "t", "c", 3, "do x").__str__() == "a: t.c: is odd (3 rows); do x"


def test_a_reject_that_repeats_is_no_news(root: LocalRoot) -> None:
    crawl(root, "abc", crawl_of(0), [Story(1), Story(2, broken=True)])
    assert publish(root, ["abc"]) is not None
    crawl(root, "abc", crawl_of(1), [Story(2, broken=True)])
    assert publish(root, ["abc"]) is None
    (reject,) = table(root, "rejects")
    assert reject["package"] == f"raw/abc/{crawl_of(0)}"
    crawl(root, "abc", crawl_of(2), [Story(2, version=1, broken=True)])
    assert publish(root, ["abc"]) is not None
    (reject,) = table(root, "rejects")
    assert reject["package"] == f"raw/abc/{crawl_of(2)}"
    crawl(root, "abc", crawl_of(3), [Story(2)])
    assert publish(root, ["abc"]) is not None
    assert table(root, "rejects") == []
    crawl(root, "abc", crawl_of(4), [Story(2, version=1, broken=True)])
    assert publish(root, ["abc"]) is not None
    (reject,) = table(root, "rejects")
    assert reject["package"] == f"raw/abc/{crawl_of(4)}"
