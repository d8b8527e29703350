"""Real saved pages beside the checkout: what a person reads on them, and where a listing and a trap end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flows.session import context_of
from spiders.links import page_links, parse_html
from spiders.registry import load
from spiders.run import CrawlJob, crawl_portal
from transforms.page import transform
from warehouse.pages import RawPage
from warehouse.raw import Package
from warehouse.store import open_root

CANTHO = (
    "https://baocantho.com.vn/tap-trung-trien-khai-cac-dot-thanh-tra-kiem-tra-co-trong-tam-trong-diem-nhat-la-cac-"
    "linh-vuc-co-ng-a196670.html"
)
LAOCAI = "https://baolaocai.vn/song-dep-tu-nhung-dieu-gian-di-post404649.html"


def rows(slug: str, url: str, body: bytes) -> dict[str, list[dict[str, Any]]]:
    portal = load()[slug]
    assert portal.article_url(url) == url
    page = RawPage(
        slug, "20260220T000000Z-nightly", 0, "article", url, url, url, 200, datetime(2026, 2, 20, tzinfo=UTC), body
    )
    return dict(transform(page, context_of(portal)).tables)


def by_hand(body: bytes, selector: str) -> list[str]:
    """Text of the paragraphs that a person finds with the browser's inspector, read by another parser than ours."""
    from lxml import html

    page = html.fromstring(body.decode("utf-8"))
    for element in page.cssselect("script, style"):
        element.drop_tree()
    lines = (" ".join(element.text_content().split()) for element in page.cssselect(selector))
    return [line for line in lines if line]


def test_an_article_of_bao_can_tho(shared: Path) -> None:
    body = (shared / "pages/baocantho_article.html").read_bytes()
    found = rows("baocantho", CANTHO, body)
    (article,) = found["articles"]
    lines = article["text"].split("\n")
    paragraphs = by_hand(body, "#newscontents .content-fck > p")
    captions = [image["caption"] for image in found["images"] if image["caption"]]
    assert article["layout"] == "aid-2"
    assert article["title"] == by_hand(body, "h1.margintopbot10")[0]
    assert article["lead"] == paragraphs[0]
    assert article["lead"].startswith("(CTO) - Ngày 8-1, ")
    assert article["author"] == "P.Y"
    assert article["published_at"].isoformat() == "2026-01-08T18:21:00+07:00"
    assert len(captions) == 1
    assert captions[0].startswith("Chủ tịch UBND TP Cần Thơ Trương Cảnh Tuyên, ")
    kept = [line for line in paragraphs if line not in (captions[0], "Tin, ảnh: P.Y")]
    assert lines == [article["title"], *kept]
    assert [tag.casefold() for tag in article["tags"]][:2] == ["phó thủ tướng thường trực", "nguyễn hoà bình"]
    assert len(article["tags"]) == 5


def test_an_article_of_bao_lao_cai(shared: Path) -> None:
    body = (shared / "pages/baolaocai_article.html").read_bytes()
    found = rows("baolaocai", LAOCAI, body)
    (article,) = found["articles"]
    assert article["layout"] == "mcms-2"
    assert article["title"] == "Sống đẹp từ những điều giản dị"
    assert article["lead"] == by_hand(body, ".article__sapo")[0]
    assert article["author"] == "Anh Dũng"
    assert article["published_at"].isoformat() == "2025-06-17T13:43:02+07:00"
    assert article["tags"] == ["Thiếu tá Đoàn Thị Hạnh"]
    assert article["section"] == "Review Lào Cai"
    assert not found["images"]
    printed = " ".join(by_hand(body, ".article__body")).split()
    # The body is its paragraphs and the author below them, nothing beside.
    assert " ".join([*article["text"].split("\n")[2:], "Anh Dũng"]).split() == printed


def test_a_listing_gives_its_article_links_and_no_others(shared: Path) -> None:
    import re

    portal = load()["baocantho"]
    body = (shared / "pages/baocantho_category.html").read_bytes()
    root = parse_html(body)
    assert root is not None
    links = page_links(root, "https://baocantho.com.vn/thoi-su/", portal.address_rules())
    printed = set(re.findall(r'<a\b[^>]*\bhref="([^"#?]*-a\d+\.html)"', body.decode("utf-8")))
    wanted = {href if href.startswith("http") else f"https://baocantho.com.vn/{href.lstrip('/')}" for href in printed}
    wanted = {url for url in wanted if "/print/" not in url and url.startswith("https://baocantho.com.vn/")}
    assert {link.url for link in links.articles} == wanted
    assert len(wanted) > 20


@contextmanager
def answering(body: bytes, asked: list[str]) -> Iterator[str]:
    """A site that answers every address with the same page, and links deeper into itself from each."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            page = b"" if self.path == "/robots.txt" else body
            if page:
                deeper = f"{self.path.split('?')[0].rstrip('/')}/en"
                number = f'<p>{len(asked)}</p><a href="{deeper}">English</a><a href="{deeper}/vi">Tin</a></body>'
                page = page.replace(b"</body>", number.encode())
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.timeout(120)
def test_the_liferay_trap_ends_by_itself(shared: Path, tmp_path: Path) -> None:
    body = (shared / "pages/sotttt_hanoi_trap_list_en.html").read_bytes()
    root = open_root(create=True, address=tmp_path)
    asked: list[str] = []
    with answering(body, asked) as url:
        done = crawl_portal(CrawlJob(str(root), "sotttt-hanoi", "20260220T000000Z-nightly", base_url=url))
    manifest = Package(root, "sotttt-hanoi", "20260220T000000Z-nightly").manifest
    assert done.sealed
    assert manifest.stats.get("stopped") in (None, "blocked"), "neither the page cap nor the clock ended it"
    assert len(asked) < 400
    assert not [path for path in asked if "/en/en" in path or path.count("/en") > 2]
