"""Web archives in and out: what is taken, what is left, damaged and hostile files, and the way back."""

from __future__ import annotations

import gzip
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from standin import Site, generate, record
from standin.archive import write_warc
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from spiders import archives, registry
from spiders.archives import ArchiveError, Taken
from spiders.registry import Portal
from warehouse.raw import Package
from warehouse.store import Root, open_root

CRAWL = "20261122T183000Z-ingest"
NEXT = "20261122T190000Z-ingest"
CAPTURED = datetime(2025, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def site() -> Site:
    return generate("file-uuid", 12, slug="mot")


@pytest.fixture
def portal(site: Site, tmp_path: Path) -> Portal:
    (tmp_path / "portals").mkdir()
    (tmp_path / "portals" / "mot.toml").write_text(record(site), encoding="utf-8")
    return registry.load(tmp_path / "portals")["mot"]


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return open_root(create=True, address=tmp_path / "root")


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_portal_s_articles_are_taken_with_the_time_of_capture(
    name: str, site: Site, portal: Portal, root: Root, tmp_path: Path
) -> None:
    write_warc(tmp_path / name, site, CAPTURED)
    told = archives.ingest([tmp_path / name], portal, root, CRAWL)
    assert (told.taken, told.known, dict(told.skipped)) == (12, 0, {})
    pages = list(Package(root, "mot", CRAWL).pages())
    assert {page.fetched_at for page in pages} == {CAPTURED}
    assert {page.kind for page in pages} == {"article"}
    assert {page.flags for page in pages} == {("archive",)}
    assert [page.position for page in pages] == list(range(12))
    assert all(page.body and b"<html" in page.body.lower() for page in pages)
    assert Package(root, "mot", CRAWL).manifest.outcome == "pages"


def test_nothing_is_taken_twice_but_a_changed_page_is(site: Site, portal: Portal, root: Root, tmp_path: Path) -> None:
    write_warc(tmp_path / "a.warc", site, CAPTURED)
    assert archives.ingest([tmp_path / "a.warc"] * 2, portal, root, CRAWL).taken == 12
    first = next(iter(site.markup.catalogue))
    site.markup.catalogue.edit(first.id)
    write_warc(tmp_path / "b.warc.gz", site, CAPTURED + timedelta(days=30))
    told = archives.ingest([tmp_path / "b.warc.gz"], portal, root, NEXT)
    assert told.taken >= 1
    assert told.taken + told.known == 12


def test_an_interrupted_ingestion_goes_on(site: Site, portal: Portal, root: Root, tmp_path: Path) -> None:
    write_warc(tmp_path / "a.warc", site, CAPTURED)
    from warehouse.raw import PackageWriter

    with PackageWriter(root, "mot", CRAWL, command="ingest", pages_per_file=5) as writer:
        for number, page in enumerate(archives.pages(tmp_path / "a.warc", portal, CRAWL)):
            writer.add(page)
            if number == 6:
                break
    told = archives.ingest([tmp_path / "a.warc"], portal, root, CRAWL)
    pages = list(Package(root, "mot", CRAWL).pages())
    assert (told.known, len(pages), len({page.url for page in pages})) == (5, 12, 12)


def warc(path: Path, *records: tuple[str, str, bytes, str, str]) -> Path:
    """Write records (address, status line, body, content type, kind)."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.name.endswith(".gz"))
        for address, status, body, kind, record_type in records:
            heads = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    address,
                    record_type,
                    payload=BytesIO(body),
                    http_headers=heads if record_type == "response" else None,
                    warc_content_type="" if record_type == "response" else kind,
                    warc_headers_dict={"WARC-Date": "2025-05-04T03:02:01Z"},
                )
            )
    return path


def address(site: Site, number: int = 0) -> str:
    from standin import truth

    return [url for url, _ in truth(site)][number]


def test_what_is_no_article_of_the_portal_is_left_and_counted(site: Site, portal: Portal, tmp_path: Path) -> None:
    good, page = address(site), b"<html><body><p>" + b"x" * 2000 + b"</p></body></html>"
    stub = b'<html><script>document.cookie="a=b";location.reload();</script></html>'
    file = warc(
        tmp_path / "a.warc.gz",
        ("https://elsewhere.invalid/a-1.html", "200 OK", page, "text/html", "response"),
        (f"https://{portal.host}/", "200 OK", page, "text/html", "response"),
        (good, "404 Not Found", page, "text/html", "response"),
        (good, "302 Found", b"", "text/html", "response"),
        (good, "200 OK", page, "image/png", "response"),
        (good, "200 OK", b"", "text/html", "response"),
        (good, "200 OK", stub, "text/html", "response"),
        (good, "200 OK", b"<html>" + b"\0" * (portal.caps.page_bytes + 1), "text/html", "response"),
        ("file:///etc/passwd", "200 OK", page, "text/html", "response"),
        ("https://user:secret@" + good.split("://")[1], "200 OK", page, "text/html", "response"),
        (good, "200 OK", page, "text/html", "resource"),
        (good, "200 OK", page, "text/html; charset=utf-8", "response"),
    )
    told = Taken()
    taken = list(archives.pages(file, portal, CRAWL, told))
    assert [page.url for page in taken] == [good, good]
    assert told.records == 12
    assert sum(told.skipped.values()) == 10
    assert {"other host", "no article", "status 404", "status 302", "no HTML", "too large"} <= set(told.skipped)


def test_a_body_that_does_not_decode_costs_only_its_record(site: Site, portal: Portal, tmp_path: Path) -> None:
    with (tmp_path / "a.warc").open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for coding, body in (("gzip", b"\x1f\x8b\x08 broken"), ("gzip", gzip.compress(b"<html>" + b"x" * 900))):
            heads = StatusAndHeaders(
                "200 OK", [("Content-Type", "text/html"), ("Content-Encoding", coding)], protocol="HTTP/1.1"
            )
            told = {"WARC-Date": "2025-05-04T03:02:01Z"}
            writer.write_record(
                writer.create_warc_record(
                    address(site), "response", payload=BytesIO(body), http_headers=heads, warc_headers_dict=told
                )
            )
    counted = Taken()
    (page,) = archives.pages(tmp_path / "a.warc", portal, CRAWL, counted)
    assert page.body == b"<html>" + b"x" * 900
    assert counted.skipped == {"undecodable": 1}


def test_wacz_is_read_member_by_member_and_never_unpacked(site: Site, portal: Portal, tmp_path: Path) -> None:
    write_warc(tmp_path / "a.warc.gz", site, CAPTURED)
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as archive:
        archive.write(tmp_path / "a.warc.gz", "../../archive/data.warc.gz")
        archive.writestr("pages/pages.jsonl", "{}")
    before = sorted(path.name for path in tmp_path.parent.rglob("*"))
    assert len(list(archives.pages(tmp_path / "a.wacz", portal, CRAWL))) == 12
    assert sorted(path.name for path in tmp_path.parent.rglob("*")) == before


def test_a_file_cut_short_gives_what_stands_before_the_cut(
    site: Site, portal: Portal, root: Root, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.warc.gz"
    write_warc(whole, site, CAPTURED)
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.6)])
    told = archives.ingest([cut], portal, root, CRAWL)
    assert 0 < told.taken < 12
    manifest = Package(root, "mot", CRAWL).manifest
    assert (manifest.outcome, manifest.failure_class) == ("pages", "partial")
    assert "cut.warc.gz: after" in str(manifest.message)


@pytest.mark.parametrize(
    "body",
    [b"", b"no archive at all\n" * 50, gzip.compress(b"neither is this\n" * 50), b"PK\x03\x04 broken", b"\x1f\x8b\x08"],
)
def test_a_file_that_is_no_archive_seals_nothing(body: bytes, portal: Portal, root: Root, tmp_path: Path) -> None:
    file = tmp_path / "what.warc.gz"
    file.write_bytes(body)
    with pytest.raises(ArchiveError, match=r"what\.warc\.gz"):
        archives.ingest([file], portal, root, CRAWL)
    assert not Package(root, "mot", CRAWL).sealed


def test_a_zip_without_warcs_is_refused(portal: Portal, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(ArchiveError, match=r"holds no \.warc"):
        list(archives.pages(tmp_path / "a.wacz", portal, CRAWL))


@pytest.mark.parametrize("name", ["out.warc", "out.warc.gz"])
def test_what_goes_out_comes_back(name: str, site: Site, portal: Portal, root: Root, tmp_path: Path) -> None:
    write_warc(tmp_path / "a.warc", site, CAPTURED)
    archives.ingest([tmp_path / "a.warc"], portal, root, CRAWL)
    with (tmp_path / name).open("wb") as file:
        assert archives.export(file, root, "mot", compressed=name.endswith(".gz")) == 12
    again = open_root(create=True, address=tmp_path / "again")
    assert archives.ingest([tmp_path / name], portal, again, CRAWL).taken == 12
    kept = [(p.url, p.body, p.fetched_at) for p in Package(root, "mot", CRAWL).pages()]
    assert [(p.url, p.body, p.fetched_at) for p in Package(again, "mot", CRAWL).pages()] == kept
