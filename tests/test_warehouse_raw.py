"""Raw packages: verbatim, in small files, continued after a kill, sealed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.warehouse_fakes import Story, crawl, crawl_of, page_of, url_of
from warehouse import raw
from warehouse.locks import LockHeld
from warehouse.pages import RawPage
from warehouse.raw import PackageWriter, RawError, known_pages, packages
from warehouse.store import Root, open_root

CRAWL = crawl_of(0)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return open_root(create=True, address=tmp_path / "data")


def writer(root: Root, crawl_id: str = CRAWL, **limits: float) -> PackageWriter:
    return PackageWriter(root, "abc", crawl_id, command="nightly", wait=0.0, **limits)  # type: ignore[arg-type]


def test_pages_come_back_as_they_were(root: Root) -> None:
    page = replace(
        page_of("abc", CRAWL, 0, Story(1)),
        body=bytes(range(256)) * 3,
        sha256=None,
        headers={"Content-Type": "text/html", "x-odd": "\ud800\x00"},
        hints={"api": {"ID": 7, "Title": "##Đ", "odd": "\udc00"}, "also_at": []},
        flags=("legacy_tls",),
        fetched_at=datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
    )
    failed = replace(page, status=0, body=None, error="timeout", url=url_of("abc", 2), sha256=None, headers={})
    with writer(root) as open_writer:
        assert [open_writer.add(page), open_writer.add(failed)] == [0, 1]
        manifest = open_writer.seal("pages", stats={"requests": 2})
    one, two = packages(root, "abc")[0].pages()
    assert one == replace(page, headers={"content-type": "text/html", "x-odd": "\ud800\x00"}, sha256=one.sha256)
    assert one.sha256 == "f3a25aa93aa2fbba28d79260535bbd6a5eb0fc1c24a8b0f04e12b484c1dfe363"
    assert (two.error, two.body, two.sha256, two.position) == ("timeout", None, None, 1)
    assert packages(root)[0].manifest == manifest


def test_small_files_by_count_bytes_and_time(root: Root) -> None:
    by_count = crawl(root, "abc", crawl_of(0), [Story(i) for i in range(7)], pages_per_file=3)
    assert [entry["rows"] for entry in by_count.manifest.files] == [3, 3, 1]
    by_bytes = crawl(root, "abc", crawl_of(1), [Story(i) for i in range(4)], bytes_per_file=1)
    assert [entry["rows"] for entry in by_bytes.manifest.files] == [1, 1, 1, 1]
    by_time = crawl(root, "abc", crawl_of(2), [Story(i) for i in range(2)], seconds_per_file=0.0)
    assert [entry["rows"] for entry in by_time.manifest.files] == [1, 1]


def test_an_interrupted_crawl_goes_on(root: Root) -> None:
    first = writer(root, pages_per_file=2)
    for i in range(5):
        first.add(page_of("abc", CRAWL, 0, Story(i)))
    first.close()  # as a kill: the fifth page was in no file yet
    assert packages(root) == []
    (torn,) = packages(root, sealed=False)
    (Path(root.address) / torn.path / "_tmp9-pages-00002.parquet").write_bytes(b"PAR1 torn")
    with writer(root) as again:
        assert again.done_urls() == {url_of("abc", i) for i in range(4)}
        assert [page.url for page in again.durable().pages()] == [url_of("abc", i) for i in range(4)]
        assert again.add(page_of("abc", CRAWL, 0, Story(4))) == 4
        again.seal("pages")
    (done,) = packages(root)
    assert [page.position for page in done.pages()] == [0, 1, 2, 3, 4]
    assert done.manifest.pages == 5
    assert root.temporaries(done.path) == []


def test_a_damaged_page_file_taken_out_of_the_middle_costs_only_its_pages(root: Root) -> None:
    """As the message on a damaged file of an interrupted crawl says: remove it and run the same command again."""
    with writer(root, pages_per_file=1) as first:
        for number in range(4):
            first.add(page_of("abc", CRAWL, 0, Story(number)))
    folder = f"raw/abc/{CRAWL}"
    root.write(f"{folder}/pages-00001.parquet", b"PAR1")
    with pytest.raises(RawError, match="remove it and run the same command again"):
        writer(root)
    root.remove(f"{folder}/pages-00001.parquet")
    with writer(root, pages_per_file=1) as again:
        again.add(page_of("abc", CRAWL, 0, Story(9)))
        again.seal("pages")
    (package,) = packages(root)
    assert [one.url for one in package.pages()] == [url_of("abc", number) for number in (0, 2, 3, 9)]
    assert len({one.position for one in package.pages()}) == 4


def test_failed_pages_are_tried_again(root: Root) -> None:
    first = writer(root, pages_per_file=1)
    first.add(replace(page_of("abc", CRAWL, 0, Story(1)), status=503, error="server_error", body=None, sha256=None))
    first.close()
    with writer(root) as again:
        assert again.done_urls() == frozenset()


def test_a_sealed_package_is_final(root: Root) -> None:
    crawl(root, "abc", CRAWL, [Story(1)])
    with pytest.raises(RawError, match="is sealed; start a new crawl"):
        writer(root)
    # The refusal gave the portal back.
    writer(root, crawl_of(1)).close()


def test_one_crawl_of_a_portal_at_a_time(root: Root) -> None:
    with writer(root), pytest.raises(LockHeld, match="abc is being crawled"):
        writer(root, crawl_of(1))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (replace(page_of("xyz", CRAWL, 0, Story(1))), "not of raw/abc"),
        (replace(page_of("abc", CRAWL, 0, Story(1)), kind="video"), "unknown kind"),
        (replace(page_of("abc", CRAWL, 0, Story(1)), error="oops"), "unknown failure class"),
        (replace(page_of("abc", CRAWL, 0, Story(1)), fetched_at=datetime(2026, 1, 1)), "no time zone"),  # noqa: DTZ001
    ],
)
def test_wrong_pages_are_refused(root: Root, page: RawPage, words: str) -> None:
    with writer(root) as open_writer, pytest.raises(RawError, match=words):
        open_writer.add(page)


@pytest.mark.parametrize(
    ("outcome", "failure", "words"),
    [
        ("fine", None, "unknown outcome"),
        ("failed", None, "needs a failure class"),
        ("failed", "oops", "unknown failure"),
    ],
)
def test_wrong_seals_are_refused(root: Root, outcome: str, failure: str | None, words: str) -> None:
    with writer(root) as open_writer, pytest.raises(RawError, match=words):
        open_writer.seal(outcome, failure)
    assert packages(root) == []


def test_known_pages(root: Root) -> None:
    crawl(root, "abc", crawl_of(0), [Story(1), Story(2), Story(3, broken=True)])
    with writer(root, crawl_of(1)) as second:
        second.add(page_of("abc", crawl_of(1), 0, Story(1, version=1)))
        unchanged = page_of("abc", crawl_of(1), 1, Story(2))
        second.add(replace(unchanged, status=304, body=None, sha256=None, headers={}))
        gone = page_of("abc", crawl_of(1), 2, Story(3))
        second.add(replace(gone, status=503, error="server_error", body=None, sha256=None))
        new = page_of("abc", crawl_of(1), 3, Story(4))
        second.add(replace(new, kind="listing"))
        unseen = page_of("abc", crawl_of(1), 4, Story(9))
        second.add(replace(unseen, status=404, body=b"no", error="gone"))
        second.seal("pages")
    known = known_pages(root, "abc")
    assert len(known) == 4
    assert url_of("abc", 9) not in known
    one, two, three, four = (known.get(url_of("abc", i)) for i in (1, 2, 3, 4))
    assert one is not None
    assert two is not None
    assert three is not None
    assert four is not None
    assert (one.etag, two.etag) == ('"1-1"', '"2-0"')
    assert one.sha256 == page_of("abc", crawl_of(1), 0, Story(1, version=1)).sha256
    assert one.first_fetched_at == page_of("abc", crawl_of(0), 0, Story(1)).fetched_at
    assert two.fetched_at == unchanged.fetched_at
    assert three.fetched_at == page_of("abc", crawl_of(0), 2, Story(3)).fetched_at
    assert (one.article, four.article) == (True, False)
    assert known_pages(root, "xyz").get("https://xyz.invalid/") is None


def test_known_pages_ignores_what_an_archive_says_of_older_days(root: Root) -> None:
    crawl(root, "abc", crawl_of(1), [Story(1, version=1)])
    old = page_of("abc", crawl_of(2), 0, Story(1))
    with PackageWriter(root, "abc", crawl_of(2, "ingest"), command="ingest") as archive:
        archive.add(replace(old, crawl=crawl_of(2, "ingest"), fetched_at=old.fetched_at - timedelta(days=900)))
        archive.seal("pages")
    known = known_pages(root, "abc").get(url_of("abc", 1))
    assert known is not None
    assert known.etag == '"1-1"'
    assert known.first_fetched_at == old.fetched_at - timedelta(days=900)


def test_damaged_packages_are_named(root: Root) -> None:
    package = crawl(root, "abc", CRAWL, [Story(1)])
    file = Path(root.address) / package.path / "pages-00000.parquet"
    file.chmod(0o644)
    file.write_bytes(b"PAR1")
    with pytest.raises(RawError, match=r"raw/abc/.*pages-00000.parquet cannot be read.*backup"):
        list(packages(root)[0].pages())
    (Path(root.address) / package.path / raw.MANIFEST).write_text('{"portal": "abc"}')
    with pytest.raises(RawError, match=r"manifest\.json: not a package manifest"):
        _ = packages(root)[0].manifest


def test_strange_folders_are_left_alone(root: Root) -> None:
    (Path(root.address) / "raw" / "abc" / "notes").mkdir(parents=True)
    crawl(root, "abc", CRAWL, [Story(1)])
    assert [package.crawl for package in packages(root, sealed=False)] == [CRAWL]
