"""The bundled sample portals, read by the transforms: every field of every article as its author wrote it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from standin import Site, load_sites, score, truth

from flows.demo.content import portal_records
from flows.demo.markup import SharePoint
from flows.demo.markup.base import Request
from spiders.registry import Portal, load
from transforms.page import PageContext, transform
from warehouse.pages import RawPage

FETCHED = datetime(2025, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def records() -> Mapping[str, Portal]:
    return load(str(portal_records()))


def raw_page(site: Site, url: str, hints: Mapping[str, Any]) -> RawPage:
    parts = urlsplit(url)
    answer = site.answer(Request("GET", parts.path, dict(parse_qsl(parts.query))))
    body = answer.body
    assert isinstance(body, bytes)
    return RawPage(
        portal=site.slug,
        crawl="20251120T020000Z-demo",
        position=0,
        kind="article",
        url=url,
        requested_url=url,
        final_url=url,
        status=answer.status,
        fetched_at=FETCHED,
        body=body,
        headers={"content-type": answer.type},
        sha256=hashlib.sha256(body).hexdigest(),
        hints=hints,
    )


def context(portal: Portal) -> PageContext:
    facts = portal.facts()
    return PageContext(**{**facts, "layouts": tuple(tuple(entry) for entry in facts["layouts"])})


@pytest.mark.parametrize("site", load_sites(), ids=lambda s: s.slug)
def test_every_field_is_right(site: Site, records: Mapping[str, Portal]) -> None:
    tables: dict[str, list[Any]] = {name: [] for name in ("articles", "images", "attachments", "table_cells")}
    known = context(records[site.slug])
    for url, article in truth(site):
        hints: dict[str, Any] = {}
        if isinstance(site.markup, SharePoint):  # times come from the API's row only
            hints = {"api": site.markup._row(article, article.id, article.created_at)}
        found = transform(raw_page(site, url, hints), known)
        assert found.outcome == "article", f"{url}: {found.reason}"
        for name in tables:
            tables[name] += found.tables.get(name, [])
    result = score(site, tables)
    assert not result.wrong
    assert result.perfect
    assert {row["extraction"] for row in tables["articles"]} == {"layout"}


@pytest.mark.parametrize(
    ("slug", "path"),
    [
        ("baovungcao", "/anh/202412/cho-phien-dong-van-ngay-cuoi-nam-41877"),
        ("congsonglo", "/ct/cms/tintuc/Lists/VanHoaXaHoi/View_Detail.aspx?ItemID=8712"),
        ("danvandatviet", "/Home/Thu-vien-anh/15002/Hinh-anh-hoi-thi-can-bo-dan-van-gioi"),
    ],
)
def test_galleries_are_no_articles(slug: str, path: str, records: Mapping[str, Portal]) -> None:
    site = next(s for s in load_sites() if s.slug == slug)
    page = raw_page(site, site.markup.facts.origin + path, {})
    assert page.status == 200
    found = transform(page, context(records[slug]))
    assert found.outcome == "not_article"
    assert not found.tables.get("articles")
