"""Web archives in and out: what is taken, what is left, damaged and hostile files, and the way back."""

from __future__ import annotations

import copy
import gzip
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pytest
from standin import Site, generate, record
from standin.archive import write_warc
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from spiders import archives, registry
from spiders.archives import ArchiveError, Taken
from spiders.registry import Portal
from warehouse.pages import RawPage
from warehouse.raw import Package, PackageWriter
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


# ---- packed archives, and what a hostile one may do

HEAD = (
    b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: %s\r\nWARC-Date: 2025-01-01T00:00:00Z\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000%d>\r\nContent-Type: text/html\r\n"
    b"Content-Length: %d\r\n\r\n"
)
RECORD = HEAD + b"%s\r\n\r\n"
PAGE = b"<html><title>Mot bai viet</title><p>" + b"Dan van kheo o ban. " * 40 + b"</p>%d</html>"


def records(site: Site, count: int = 3) -> list[bytes]:
    """Records written by hand, one for an article each."""
    bodies = [PAGE % number for number in range(count)]
    return [RECORD % (address(site, n).encode(), n, len(body), body) for n, body in enumerate(bodies)]


def zstd(raw: bytes) -> bytes:
    return bytes(pa.compress(raw, codec="zstd", asbytes=True))


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(lambda parts: zstd(b"".join(parts)), id="one frame"),
        pytest.param(lambda parts: b"".join(map(zstd, parts)), id="a frame for each record"),
        pytest.param(lambda parts: SKIPPABLE.join(map(zstd, parts)) + SKIPPABLE, id="skippable frames"),
        pytest.param(
            lambda parts: zstd(b"".join(parts)[:700]) + zstd(b"".join(parts)[700:]), id="frames across records"
        ),
        pytest.param(lambda parts: b"".join(map(gzip.compress, parts)), id="gzip, a member for each record"),
        pytest.param(lambda parts: gzip.compress(b"".join(parts)), id="gzip, one member"),
    ],
)
def test_packed_archives_give_what_plain_ones_give(
    packed: Callable[[list[bytes]], bytes], site: Site, portal: Portal, tmp_path: Path
) -> None:
    (tmp_path / "plain.warc").write_bytes(b"".join(records(site)))
    (tmp_path / "packed").write_bytes(packed(records(site)))  # told by its bytes, whatever its name
    plain, same = (
        [(page.url, page.body, page.fetched_at) for page in archives.pages(tmp_path / name, portal, CRAWL)]
        for name in ("plain.warc", "packed")
    )
    assert same == plain
    assert len(plain) == 3


SKIPPABLE = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
DICTIONARY = b"\x5d\x2a\x4d\x18\x04\x00\x00\x00abcd"
"""The frame in which a `.warc.zst` of another kind carries its dictionary; this one is none."""


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_zstd_cut_short_gives_what_stands_before_the_cut(
    cut: int, site: Site, portal: Portal, root: Root, tmp_path: Path
) -> None:
    (tmp_path / "a.warc.zst").write_bytes(b"".join(map(zstd, records(site)))[:-cut])
    told = archives.ingest([tmp_path / "a.warc.zst"], portal, root, CRAWL)
    assert told.taken in (2, 3)
    assert "a.warc.zst" in told.damaged
    assert Package(root, portal.slug, CRAWL).manifest.failure_class == "partial"


def test_a_dictionary_that_is_none_is_refused(site: Site, portal: Portal, root: Root, tmp_path: Path) -> None:
    (tmp_path / "a.warc.zst").write_bytes(DICTIONARY + b"".join(map(zstd, records(site))))
    with pytest.raises(ArchiveError, match="dictionary"):
        archives.ingest([tmp_path / "a.warc.zst"], portal, root, CRAWL)


@pytest.mark.parametrize("pack", [zstd, gzip.compress])
@pytest.mark.parametrize("first", [True, False])
def test_a_bomb_is_left_where_it_stands(
    first: bool, pack: Callable[[bytes], bytes], site: Site, portal: Portal, tmp_path: Path
) -> None:
    """256 MB of nothing in a record of some kilobytes: never held, never waited for."""
    size = 256 << 20
    bomb = pack(HEAD % (address(site).encode(), 9, size) + bytes(size))
    good = b"".join(map(pack, records(site)))
    (tmp_path / "a.warc").write_bytes(bomb + good if first else good + bomb)
    told = archives.Taken()
    tracemalloc.start()
    try:
        if first:
            with pytest.raises(ArchiveError, match="beyond all reason"):
                list(archives.pages(tmp_path / "a.warc", portal, CRAWL, told))
        else:
            assert len(list(archives.pages(tmp_path / "a.warc", portal, CRAWL, told))) == 3
            assert "beyond all reason" in told.damaged["a.warc"]
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


def test_a_large_record_of_a_sound_archive_is_passed_over(site: Site, portal: Portal, tmp_path: Path) -> None:
    body = bytes((65 << 20) + 1)
    film = RECORD % (address(site).encode(), 9, len(body), body)
    (tmp_path / "a.warc").write_bytes(film + b"".join(records(site)))
    told = archives.Taken()
    assert len(list(archives.pages(tmp_path / "a.warc", portal, CRAWL, told))) == 3
    assert (dict(told.skipped), told.damaged) == ({"too large": 1}, {})


@pytest.mark.parametrize(
    ("date", "why"),
    [
        ("2999-01-01T00:00:00Z", "date in the future"), ("0001-01-01T00:00:00Z", "no date"), ("yesterday", "no date"),
        ("9999-12-31T23:59:59Z", "no date"), ("", "no date"),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_is_not_believed(date: str, why: str, site: Site, portal: Portal, tmp_path: Path) -> None:
    (raw, *_) = records(site)
    (tmp_path / "a.warc").write_bytes(raw.replace(b"2025-01-01T00:00:00Z", date.encode()))
    told = archives.Taken()
    assert not list(archives.pages(tmp_path / "a.warc", portal, CRAWL, told))
    assert dict(told.skipped) == {why: 1}


def _flipped(raw: bytes, at: int, value: bytes) -> bytes:
    return raw[:at] + value + raw[at + len(value) :]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: raw[:40] + raw[60:], id="bytes missing"),
        pytest.param(lambda raw: raw.replace(b"PK\x03\x04", b"XXXX"), id="no local header"),
        pytest.param(lambda raw: raw.replace(b"PK\x01\x02", b"XXXX"), id="no central directory"),
        pytest.param(lambda raw: _flipped(raw, raw.index(b"PK\x01\x02") + 10, b"\x63\x00"), id="unknown packing"),
        pytest.param(lambda raw: _flipped(raw, raw.index(b"PK\x01\x02") + 10, b"\x0e\x00"), id="not that packing"),
        pytest.param(lambda raw: _flipped(raw, raw.index(b"PK\x01\x02") + 42, b"\xff\xff\xff\x7f"), id="far offset"),
        pytest.param(lambda raw: _flipped(raw, 60, b"\xff" * 40), id="bytes changed"),
    ],
)
def test_a_damaged_wacz_is_told_and_never_a_traceback(
    damage: Callable[[bytes], bytes], site: Site, portal: Portal, root: Root, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.warc", b"".join(records(site)))
    (tmp_path / "b.wacz").write_bytes(damage((tmp_path / "a.wacz").read_bytes()))
    with pytest.raises(ArchiveError, match=r"b\.wacz"):
        archives.ingest([tmp_path / "b.wacz"], portal, root, CRAWL)
    assert not Package(root, portal.slug, CRAWL).sealed


def test_members_that_lie_one_over_another_are_refused(site: Site, portal: Portal, tmp_path: Path) -> None:
    """One packed member told many times in the directory: small on disk, without end when read."""
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.warc", random.Random(1).randbytes(20_000))  # noqa: S311 - filling
        (info,) = archive.infolist()
        for number in range(40):
            twin = copy.copy(info)
            twin.filename = f"archive/{number}.warc"
            archive.filelist.append(twin)
    with pytest.raises(ArchiveError, match="one over another"):
        list(archives.pages(tmp_path / "a.wacz", portal, CRAWL))


def test_where_an_old_address_leads_goes_out_and_comes_back(
    portal: Portal, site: Site, root: Root, tmp_path: Path
) -> None:
    old, new = address(site, 0), address(site, 1)
    with PackageWriter(root, portal.slug, CRAWL, command="nightly") as writer:
        when = datetime(2026, 1, 2, tzinfo=UTC)
        writer.add(
            RawPage(
                portal.slug, CRAWL, 0, "other", old, old, new, 301, when,
                headers={"location": "http://127.0.0.1:8900/x"}, hints={"same_as": new},
            )
        )  # fmt: skip
        writer.add(RawPage(portal.slug, CRAWL, 1, "article", new, new, new, 200, when, PAGE % 1))
        writer.seal("pages", None, None, {})
    with (tmp_path / "out.warc").open("wb") as file:
        assert archives.export(file, root, portal.slug, compressed=False) == 2
    assert b"127.0.0.1" not in (tmp_path / "out.warc").read_bytes()
    back = open_root(create=True, address=tmp_path / "back")
    archives.ingest([tmp_path / "out.warc"], portal, back, CRAWL)
    (page,) = Package(back, portal.slug, CRAWL).pages()
    assert (page.url, page.hints.get("also_at")) == (new, [old])


def test_a_notice_that_many_addresses_lead_to_is_none_of_them(portal: Portal, site: Site, tmp_path: Path) -> None:
    notice, *others = (address(site, n) for n in range(6))
    with (tmp_path / "a.warc").open("wb") as file:
        for url in others:
            answer = f"HTTP/1.1 301 Moved\r\nLocation: {notice}\r\nContent-Length: 0\r\n\r\n".encode()
            head = HEAD.replace(b"resource", b"response").replace(b"text/html", b"application/http; msgtype=response")
            file.write(head % (url.encode(), 1, len(answer)) + answer + b"\r\n\r\n")
    gleaned = archives.glean([tmp_path / "a.warc"], portal)
    assert [gleaned.identity(url) for url in others] == [(url, False) for url in others]
    assert "also_at" not in gleaned.hints(notice)
