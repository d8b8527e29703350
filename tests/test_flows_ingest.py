"""Archives against crawls: a web archive of a site gives the tables that crawling the site gives."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pyarrow as pa
import pytest
from standin import Log, OldAddresses, Site, generate, portal_site, record, serve, truth
from standin.shapes import Shape
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.demo.markup.base import Request
from flows.session import context_of
from spiders import archives, registry
from spiders.archives import ArchiveError
from spiders.registry import Portal
from spiders.run import CrawlJob, crawl_portal
from transforms.page import transform
from warehouse import ids
from warehouse.raw import Package
from warehouse.store import Root, open_root

CRAWL = "20261122T183000Z-ingest"
PROVENANCE = {"package", "fetched_at", "first_fetched_at", "page_sha256"}
FAMILIES = ("file-uuid", "nukeviet", "sharepoint", "danvan")


def registered(site: Site, folder: Path) -> Portal:
    folder.mkdir(exist_ok=True)
    (folder / f"{site.slug}.toml").write_text(record(site), encoding="utf-8")
    return registry.load(folder)[site.slug]


def tables(root: Root, portal: Portal, crawl: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table but `rejects`, without provenance, in one order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for page in Package(root, portal.slug, crawl).pages():
        for name, rows in transform(page, context_of(portal)).tables.items():
            if name != "rejects":
                kept = [{key: row[key] for key in row if key not in PROVENANCE} for row in rows]
                found.setdefault(name, []).extend(kept)
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def crawled(site: Site, portal: Portal, folder: Path) -> tuple[dict[str, list[dict[str, Any]]], Log]:
    """Tables of a crawl, and what it asked for."""
    log = Log()
    root = open_root(create=True, address=folder / "crawled")
    crawl = ids.crawl_id(datetime.now(UTC), "nightly")
    with serve([site], log=log) as urls:
        done = crawl_portal(
            CrawlJob(str(root), site.slug, crawl, base_url=urls[site.slug], registry_dir=folder / "portals")
        )
    assert done.outcome == "pages", done.message
    return tables(root, portal, crawl), log


def wget_like(path: Path, site: Site, asked: list[tuple[str, str, Mapping[str, str]]], when: datetime) -> Path:
    """Write an archive as wget does: angle brackets around addresses, requests first, bodies chunked or packed."""
    origin = site.markup.facts.origin
    packed = path.name.endswith(".gz")
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "Wget/1.21"}))
        for number, (method, target, form) in enumerate(asked):
            parts = urlsplit(target)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            answer = site.answer(Request(method, parts.path, query, form))
            assert isinstance(answer.body, bytes)
            body, coding = answer.body, []
            if number % 3 == 1:
                body, coding = gzip.compress(body), [("Content-Encoding", "gzip")]
            elif number % 3 == 2:
                half = len(body) // 2
                chunks = [f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (body[:half], body[half:]) if part]
                body, coding = b"".join(chunks) + b"0\r\n\r\n", [("Transfer-Encoding", "chunked")]
            told = {"WARC-Date": f"{when:%Y-%m-%dT%H:%M:%SZ}"}
            asking = StatusAndHeaders(f"{method} {target} HTTP/1.1", [("Host", parts.netloc)], is_http_request=True)
            request = writer.create_warc_record(
                f"<{origin}{target}>", "request", payload=BytesIO(urlencode(form).encode()), http_headers=asking,
                warc_headers_dict=dict(told),
            )  # fmt: skip
            writer.write_record(request)
            heads = [("Content-Type", answer.type), *answer.headers.items(), *coding]
            told["WARC-Concurrent-To"] = request.rec_headers.get_header("WARC-Record-ID")
            response = writer.create_warc_record(
                f"<{origin}{target}>", "response", payload=BytesIO(body), warc_headers_dict=told,
                http_headers=StatusAndHeaders(f"{answer.status} Told", heads, protocol="HTTP/1.1"),
            )  # fmt: skip
            writer.write_record(response)
    return path


def everything(site: Site, log: Log) -> list[tuple[str, str, Mapping[str, str]]]:
    """What a crawl asked for, in the order of addresses: an archive keeps no order."""
    asked = {}
    for row in log.rows:
        target = row["path"] + (f"?{urlencode(row['query'])}" if row["query"] else "")
        asked[row["method"], target, urlencode(sorted(row["form"].items()))] = (row["method"], target, row["form"])
    return [asked[key] for key in sorted(asked)]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", ["site.warc", "site.warc.gz"])
def test_an_archive_of_a_site_gives_the_tables_of_its_crawl(family: str, name: str, tmp_path: Path) -> None:
    site = generate(family, 14, slug="mot", page_size=5)
    portal = registered(site, tmp_path / "portals")
    wanted, log = crawled(site, portal, tmp_path)
    assert len(wanted["articles"]) == 14
    file = wget_like(tmp_path / name, site, everything(site, log), datetime.now(UTC))
    root = open_root(create=True, address=tmp_path / "ingested")
    told = archives.ingest([file], portal, root, CRAWL)
    assert not told.damaged
    assert tables(root, portal, CRAWL) == wanted
    again = archives.ingest([file, file], portal, root, "20261122T190000Z-ingest")
    assert (again.taken, again.known) == (0, 2 * (told.taken + told.known))


def test_zstd_gives_what_gzip_gives(tmp_path: Path) -> None:
    site = generate("file-uuid", 5, slug="mot")
    portal = registered(site, tmp_path / "portals")
    asked = [("GET", url.removeprefix(site.markup.facts.origin), {}) for url, _ in truth(site)]
    plain = wget_like(tmp_path / "a.warc", site, asked, datetime(2026, 1, 2, tzinfo=UTC))
    (tmp_path / "a.warc.zst").write_bytes(pa.compress(plain.read_bytes(), codec="zstd", asbytes=True))
    (from_zstd, from_plain) = (
        [(page.url, page.sha256) for page in archives.pages(file, portal, CRAWL)]
        for file in (tmp_path / "a.warc.zst", plain)
    )
    assert from_zstd == from_plain
    assert len(from_plain) == 5


# ---- hostile archives


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("archive/data.warc", b"\0" * (20 << 20))
    return path


def renamed(path: Path, site: Site, inside: str) -> Path:
    asked = [("GET", url.removeprefix(site.markup.facts.origin), {}) for url, _ in truth(site)]
    wget_like(path.with_suffix(".warc.gz"), site, asked, datetime(2026, 1, 2, tzinfo=UTC))
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(path.with_suffix(".warc.gz"), inside)
    return path


def test_a_member_packed_beyond_reason_is_refused(tmp_path: Path) -> None:
    portal = registered(generate("file-uuid", 3, slug="mot"), tmp_path / "portals")
    with pytest.raises(ArchiveError, match="packed beyond all reason"):
        list(archives.pages(bomb(tmp_path / "a.wacz"), portal, CRAWL))


@pytest.mark.parametrize("inside", ["../../../etc/a.warc.gz", "/etc/a.warc.gz", "a\x1b[31m\n.warc.gz", "C:\\a.warc.gz"])
def test_names_inside_a_wacz_touch_nothing(inside: str, tmp_path: Path) -> None:
    site = generate("file-uuid", 3, slug="mot")
    portal = registered(site, tmp_path / "portals")
    file = renamed(tmp_path / "a.wacz", site, inside)
    before = sorted(path for path in tmp_path.rglob("*"))
    assert len(list(archives.pages(file, portal, CRAWL))) == 3
    assert sorted(path for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("wrong", ["999999999", "5", "-7", "many"])
def test_a_wrong_length_is_told_and_costs_what_comes_after(wrong: str, tmp_path: Path) -> None:
    site = generate("file-uuid", 6, slug="mot")
    portal = registered(site, tmp_path / "portals")
    asked = [("GET", url.removeprefix(site.markup.facts.origin), {}) for url, _ in truth(site)]
    whole = wget_like(tmp_path / "a.warc", site, asked, datetime(2026, 1, 2, tzinfo=UTC)).read_bytes()
    heads = whole.split(b"\r\nContent-Length: ")
    number = len(heads) * 2 // 3
    heads[number] = wrong.encode() + b"\r\n" + heads[number].partition(b"\r\n")[2]
    (tmp_path / "b.warc").write_bytes(b"\r\nContent-Length: ".join(heads))
    root = open_root(create=True, address=tmp_path / "root")
    told = archives.ingest([tmp_path / "b.warc"], portal, root, CRAWL)
    assert 0 < told.taken <= 6
    good = {(page.url, page.sha256) for page in archives.pages(tmp_path / "a.warc", portal, CRAWL)}
    assert {(page.url, page.sha256) for page in Package(root, "mot", CRAWL).pages()} <= good
    manifest = Package(root, "mot", CRAWL).manifest
    assert (manifest.failure_class == "partial") == bool(told.damaged)


def test_a_page_cut_short_by_its_crawler_and_an_error_page_are_no_articles(tmp_path: Path) -> None:
    site = generate("file-uuid", 2, slug="mot")
    portal = registered(site, tmp_path / "portals")
    (first, _), (second, _) = truth(site)
    heads = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    missing = b"<html><title>404 - Khong tim thay trang</title><h1>404 Not Found</h1>" + b"<p>x</p>" * 400 + b"</html>"
    with (tmp_path / "a.warc").open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for url, body, more in (
            (first, b"<html><p>Mot nua bai</p>", {"WARC-Truncated": "length"}),
            (second, missing, {}),
        ):
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=BytesIO(body), http_headers=heads,
                    warc_headers_dict={"WARC-Date": "2025-05-04T03:02:01Z", **more},
                )
            )  # fmt: skip
    told = archives.Taken()
    assert not list(archives.pages(tmp_path / "a.warc", portal, CRAWL, told))
    assert dict(told.skipped) == {"cut short by who saved it": 1, "soft 404": 1}


# ---- a portal that changed its system in mid-life

OLD = Shape("/{section}/{slug}-{id}.html")


@pytest.fixture
def moved() -> tuple[Site, Portal]:
    """baotuyenquang.com.vn today, which sends the addresses of its earlier system to those of the present one."""
    portal = registry.load()["baotuyenquang"]
    site = portal_site(portal, 6)
    site.hooks.append(OldAddresses(site, OLD))
    return site, portal


def saved(path: Path, pages: list[tuple[str, int, bytes, str]], when: datetime) -> Path:
    """Write an archive of (address, status, body, location)."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, status, body, location in pages:
            heads = [("Content-Type", "text/html; charset=utf-8"), *([("Location", location)] if location else [])]
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=BytesIO(body),
                    http_headers=StatusAndHeaders(f"{status} Told", heads, protocol="HTTP/1.1"),
                    warc_headers_dict={"WARC-Date": f"{when:%Y-%m-%dT%H:%M:%SZ}"},
                )
            )  # fmt: skip
    return path


def old_page(title: str, lead: str, paragraphs: tuple[str, ...], url: str) -> bytes:
    """A page of the system before: its own markup, which no layout of the present system reads."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f'<html lang="vi"><head><title>{title}</title><link rel="canonical" href="{url}"><meta charset="utf-8"></head>'
        f'<body><div class="detail-old"><h1 class="tt">{title}</h1><p class="tom-tat"><strong>{lead}</strong></p>'
        f'<div class="nd-cu">{body}</div></div></body></html>'
    ).encode()


@pytest.mark.parametrize("known_by", ["the archive", "an earlier crawl"])
def test_an_article_keeps_its_identity_when_its_portal_moves(
    known_by: str, moved: tuple[Site, Portal], tmp_path: Path
) -> None:
    site, portal = moved
    root = open_root(create=True, address=tmp_path / "root")
    origin = site.markup.facts.origin
    rows = [(url, origin + OLD.address(article, article.section), article) for url, article in truth(site)]
    assert all(portal.article_url(old) == old != url for url, old, _ in rows)
    before = saved(
        tmp_path / "2023.warc.gz",
        [(old, 200, old_page(a.title, a.lead or "", a.paragraphs, old), "") for _, old, a in rows],
        datetime(2023, 6, 1, tzinfo=UTC),
    )
    files = [before]
    if known_by == "the archive":
        leading = [(old, 301, b"", url) for url, old, _ in rows]
        files.append(saved(tmp_path / "2026.warc.gz", leading, datetime(2026, 1, 2, tzinfo=UTC)))
    else:
        from warehouse.raw import PackageWriter

        crawl = "20260102T000000Z-nightly"
        with PackageWriter(root, portal.slug, crawl, command="nightly") as writer:
            writer.seal("empty", None, None, {"state": {"aliases": {old: url for url, old, _ in rows}}})
    archives.ingest(files, portal, root, CRAWL)
    taken = {page.url: page for page in Package(root, portal.slug, CRAWL).pages()}
    assert taken.keys() == {url for url, _, _ in rows}
    for url, old, article in rows:
        page = taken[url]
        assert (page.requested_url, page.fetched_at) == (old, datetime(2023, 6, 1, tzinfo=UTC))
        (row,) = transform(page, context_of(portal)).tables["articles"]
        assert row["article_id"] == ids.article_id(portal.slug, url)
        assert (row["url"], row["title"]) == (url, article.title)
        assert row["extraction"] == "generic", "the layout of the present system is not that of the page's day"
        today = site.answer(Request("GET", urlsplit(url).path))
        assert isinstance(today.body, bytes)
        present = archives.pages(
            saved(tmp_path / "now.warc.gz", [(url, 200, today.body, "")], datetime(2026, 1, 3, tzinfo=UTC)),
            portal,
            CRAWL,
        )
        (row_now,) = transform(next(iter(present)), context_of(portal)).tables["articles"]
        assert (row_now["article_id"], row_now["extraction"]) == (row["article_id"], "layout")
        assert row_now["text"].split("\n")[0] == row["text"].split("\n")[0] == article.title


def test_an_address_that_leads_round_in_a_ring_is_its_own(moved: tuple[Site, Portal], tmp_path: Path) -> None:
    site, portal = moved
    (first, _), (second, _), *_ = truth(site)
    ring = saved(
        tmp_path / "ring.warc.gz", [(first, 301, b"", second), (second, 301, b"", first)],
        datetime(2026, 1, 2, tzinfo=UTC) + timedelta(days=1),
    )  # fmt: skip
    gleaned = archives.glean([ring], portal)
    assert (gleaned.identity(first), gleaned.identity(second)) == ((first, False), (second, False))
