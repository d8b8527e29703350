"""One page to its rows: completeness, identity, bounds of the date, outcomes, and pages that mean harm."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spiders.registry import load
from transforms.page import PageContext, PageResult, transform
from warehouse.contracts import PAGE_TABLES, TABLES
from warehouse.ids import article_id
from warehouse.pages import RawPage

PAGES = Path(__file__).parent / "data" / "pages"
SITES = Path(__file__).resolve().parents[1].parent / "shared" / "portals"
CONTEXT = PageContext(
    "golden", "https", "golden.invalid", "nukeviet", "ha-giang", r"/tin/[^/?]+-\d+", {"/tin": "Tin tức"}
)
PROSE = "Công tác dân vận của huyện trong năm qua đã được đẩy mạnh ở tất cả các xã và được người dân đồng tình. "


def raw(body: bytes | None, url: str = "https://golden.invalid/tin/bai-viet-12345", **given: Any) -> RawPage:
    values: dict[str, Any] = {
        "portal": "golden", "crawl": "20261122T000000Z-nightly", "position": 0, "kind": "article", "url": url,
        "requested_url": url, "final_url": url, "status": 200, "fetched_at": datetime(2026, 11, 22, tzinfo=UTC), "body": body,  # noqa: E501
    }  # fmt: skip
    return RawPage(**(values | given))


def page(inside: str, head: str = "", title: str = "Huyện đẩy mạnh công tác dân vận ở cơ sở") -> bytes:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><h1 class='title' itemprop='headline'>{title}</h1>"
        f"<span class='h5'>Thứ tư - 18/12/2024 08:30</span><div id='news-bodyhtml'>{inside}</div></body></html>"
    ).encode("utf-8", "surrogatepass")


def paragraphs(count: int) -> str:
    return "".join(f"<p>{PROSE}Có {index + 2}.115 mô hình.</p>" for index in range(count))


def test_rows_have_exactly_the_columns_of_the_contract() -> None:
    result = transform(raw((PAGES / "nukeviet" / "v4.html").read_bytes()), CONTEXT)
    assert set(result.tables) == set(PAGE_TABLES)
    for name, rows in result.tables.items():
        columns = {column.name for column in TABLES[name].columns}
        for row in rows:
            assert set(row) == columns, name
            for column in TABLES[name].columns:
                assert column.nullable or row[column.name] is not None, f"{name}.{column.name}"
    assert len(result.tables["figures"]) >= 5
    assert result.tables["images"]
    (article,) = result.tables["articles"]
    text = article["text"]
    assert text == unicodedata.normalize("NFC", text)
    for name in ("figures", "citations", "places"):
        for row in result.tables[name]:
            assert text[row["start"] : row["end"]] == row["surface"]
            assert (row["article_id"], row["year"]) == (article["article_id"], 2024)
    ids = [row["figure_id"] for row in result.tables["figures"]]
    assert len(ids) == len(set(ids))


def test_a_second_address_is_the_article_that_it_names() -> None:
    head = '<link rel="canonical" href="/tin/bai-viet-chinh-12345">'
    second = raw(
        page(paragraphs(4), head),
        "https://golden.invalid/tin/bai-viet-phu-12345",
        hints={"sitemap_lastmod": "2025-01-09T10:00:00+07:00"},
    )
    (article,) = transform(second, CONTEXT).tables["articles"]
    assert article["url"] == "https://golden.invalid/tin/bai-viet-chinh-12345"
    assert article["article_id"] == article_id("golden", article["url"])
    # The sitemap spoke of the second address: only the page's own date counts.
    assert article["published_on"] == date(2024, 12, 18)


@pytest.mark.parametrize(
    "href",
    [
        "https://other.invalid/tin/x-1",
        "javascript:alert(1)",
        "/chuyen-muc",
        "https://u:p@golden.invalid/tin/x-1",
        "http://[::1",
    ],
)
def test_a_canonical_link_elsewhere_is_ignored(href: str) -> None:
    (article,) = transform(raw(page(paragraphs(4), f'<link rel="canonical" href="{href}">')), CONTEXT).tables[
        "articles"
    ]
    assert article["url"] == "https://golden.invalid/tin/bai-viet-12345"


def test_bounds_where_no_date_is_printed() -> None:
    inside = f"<p>{PROSE}</p><p>Ngày 15/3/2023, huyện tổ chức hội nghị. {PROSE}</p><p>Phấn đấu đến ngày 30/6/2026 hoàn thành. {PROSE}</p>"  # noqa: E501
    body = page(inside).replace("Thứ tư - 18/12/2024 08:30".encode(), b"")
    (article,) = transform(raw(body), CONTEXT).tables["articles"]
    assert (article["published_on"], article["published_evidence"]) == (None, "none")
    assert article["published_after"] == date(2023, 3, 15)
    assert article["published_before"] == date(2026, 11, 22)
    assert article["year"] == 2026


def test_a_date_after_the_fetch_is_refused() -> None:
    body = page(paragraphs(3)).replace(b"18/12/2024", b"18/12/2031")
    (article,) = transform(raw(body), CONTEXT).tables["articles"]
    assert article["published_on"] is None
    assert "date_in_future" in article["flags"]


def test_the_province_follows_the_merger() -> None:
    (article,) = transform(raw(page(paragraphs(3))), CONTEXT).tables["articles"]
    assert (article["province"], article["province_now"]) == ("ha-giang", "tuyen-quang")
    late = page(paragraphs(3)).replace(b"18/12/2024", b"18/12/2025")
    (article,) = transform(raw(late), CONTEXT).tables["articles"]
    assert (article["province"], article["province_now"]) == ("tuyen-quang", "tuyen-quang")


@pytest.mark.parametrize(
    ("given", "outcome", "stage", "reason"),
    [
        ({"body": None, "status": 0, "error": "timeout"}, "reject", "fetch", "timeout"),
        ({"body": b"x", "status": 503}, "reject", "fetch", "http_503"),
        ({"body": b""}, "reject", "decode", "empty_body"),
        ({"body": b"\x89PNG\r\n\x1a\n" + b"\0" * 99}, "reject", "decode", "binary"),
        ({"body": b"a" * 30_000_000}, "reject", "decode", "too_large"),
        ({"body": page("<p><img src='/1.jpg'></p><p><img src='/2.jpg'></p>")}, "not_article", "layout", "gallery"),
        ({"body": page("<p>Ngắn.</p>")}, "not_article", "layout", "no_text"),
        ({"body": page("<p>The committee met on Monday to discuss the annual plan of work.</p>" * 5)}, "not_article", "layout", "not_vietnamese"),  # noqa: E501
        ({"body": page("<p>Quay lại.</p>", title="Không tìm thấy trang bạn yêu cầu")}, "not_article", "layout", "soft_404"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_no_article_says_why(given: dict[str, Any], outcome: str, stage: str, reason: str) -> None:
    result = transform(raw(given.pop("body"), **given), CONTEXT)
    assert (result.outcome, result.reason) == (outcome, reason)
    (reject,) = result.tables["rejects"]
    assert (reject["stage"], reject["reason"]) == (stage, reason)
    assert all(not rows for name, rows in result.tables.items() if name != "rejects")


@pytest.mark.parametrize("given", [{"kind": "listing"}, {"kind": "feed"}, {"status": 304}])
def test_pages_that_are_nobodys_fault_leave_no_reject(given: dict[str, Any]) -> None:
    result = transform(raw(page(paragraphs(3)), **given), CONTEXT)
    assert result.outcome == "not_article"
    assert not any(result.tables.values())


def test_the_print_view_of_an_article_is_none() -> None:
    body = f"<html><head><title>Huyện đẩy mạnh dân vận</title></head><body><div id='print'><h1>Huyện đẩy mạnh dân vận</h1>{paragraphs(4)}</div></body></html>"  # noqa: E501
    result = transform(raw(body.encode(), "https://golden.invalid/tin/print/bai-viet-12345"), CONTEXT)
    assert (result.outcome, result.reason) == ("not_article", "other_address")


HOSTILE = {
    "deep": page("<div>" * 100_000 + PROSE),
    "deep inline": page("<b>" * 100_000 + PROSE),
    "nested tables": page("<table><tr><td>a" * 80 + PROSE * 3),
    "gigantic attribute": page(f"<p style='{'a' * 3_000_000}'>{PROSE * 3}</p>"),
    "many attributes": page(f"<p {' '.join(f'a{i}=1' for i in range(60_000))}>{PROSE * 3}</p>"),
    "entity bomb": b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + page(paragraphs(3) + "&b;"),  # noqa: E501
    "external entity": b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + page(paragraphs(3) + "&a;"),
    "NULs": page(paragraphs(3)).replace(b"huy", b"hu\0y"),
    "surrogates": page(paragraphs(3) + "<p>&#xD800; \ud800 &#55296;</p>"),
    "many paragraphs": page("<p>a</p>" * 200_000),
    "many links": page("".join(f"<p><a href='/a{i}'>{PROSE}</a></p>" for i in range(1_200))),
    "many pictures": page(paragraphs(3) + "".join(f"<img src='/{i}.jpg'>" for i in range(9_000))),
    "many breaks": page("<p>" + "dòng này <br>" * 4_000 + "</p>"),
    "spaces": page(f"<p>x{' ' * 300_000}y</p>" + paragraphs(3)),
    "digits": page(paragraphs(3) + "<p>" + "1." * 40_000 + "</p>"),
    "brackets": page(paragraphs(3) + "<p>" + "(" * 40_000 + "</p>"),
    "open comment": b"<!--" + b"-" * 500_000 + page(paragraphs(3)),
    "less-than": page("<" * 500_000),
    "bad addresses": page(paragraphs(3) + "<img src='http://[::1/x.jpg'><img src='//u@h/c.jpg'><a href='http://[x/a.pdf'>b</a>", "<base href='http://[bad'>"),  # noqa: E501
    "frameset": b"<frameset><frame src=x></frameset>",
    "json": b'{"a": [1, 2]}',
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("family", ["nukeviet", "generic", "next"])
def test_hostile_pages_end_as_rows_or_one_reject(name: str, family: str) -> None:
    started = time.process_time()
    result = transform(raw(HOSTILE[name]), PageContext("golden", "https", "golden.invalid", family))
    assert time.process_time() - started < 5
    check_sound(result)


def check_sound(result: PageResult) -> None:
    articles, rejects = result.tables["articles"], result.tables["rejects"]
    assert len(articles) + len(rejects) == 1
    for rows in result.tables.values():
        for row in rows:
            json.dumps(row, default=repr).encode("utf-8")
    for article in articles:
        assert "\x00" not in article["text"]
        assert "root:" not in article["text"]
        for picture in result.tables["images"]:
            assert picture["url"].startswith(("http://", "https://"))


def test_markup_in_a_title_stays_text() -> None:
    body = page(paragraphs(3), title="&lt;script&gt;alert(1)&lt;/script&gt; Huyện đẩy mạnh dân vận")
    (article,) = transform(raw(body), CONTEXT).tables["articles"]
    assert article["title"] == "<script>alert(1)</script> Huyện đẩy mạnh dân vận"
    assert article["text"].split("\n")[0] == article["title"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.sampled_from(["nukeviet", "generic", "danvan"]))
def test_any_bytes_end_as_rows_or_one_reject(body: bytes, family: str) -> None:
    check_sound(transform(raw(body), PageContext("golden", "https", "golden.invalid", family)))
    check_sound(transform(raw(page(paragraphs(2)) + body), PageContext("golden", "https", "golden.invalid", family)))


def stand_in_pages() -> Iterator[tuple[dict[str, Any], RawPage, PageContext]]:
    """Yield (what is expected, page, context) of every article of the stand-in portals."""
    known = load()
    lines = (SITES / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected = {(line["portal"], line["path"]): line for line in map(json.loads, lines)}
    for slug in sorted({portal for portal, _ in expected}):
        folder = SITES / "sites" / slug
        facts = known[slug].facts()
        context = PageContext(**(facts | {"layouts": tuple(tuple(entry) for entry in facts["layouts"])}))
        routes = json.loads((folder / "routes.json").read_text(encoding="utf-8"))
        hints = {**api_hints(folder), **sitemap_hints(folder)}
        for route in routes["routes"]:
            query = "&".join(f"{key}={value}" for key, value in route.get("query", {}).items())
            path = route["path"] + (f"?{query}" if query else "")
            want = expected.get((slug, path))
            if want and route.get("file"):
                body = (folder / route["file"]).read_bytes()
                yield want, raw(body, want["url"], portal=slug, hints=hints.get(path.casefold(), {})), context


def api_hints(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "api" / "querydata.json"
    if not path.exists():
        return {}
    lists = json.loads(path.read_text(encoding="utf-8"))
    return {
        f"{name}/View_Detail.aspx?ItemID={row['ID']}".casefold(): {"api": row, "section": name}
        for name, rows in lists.items()
        for row in (rows["data"] if isinstance(rows, dict) else rows)
    }


def sitemap_hints(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "files" / "sitemap-vi.news.xml"
    if not path.exists():
        return {}
    found = re.findall(
        r"<loc>https?://[^/<]+([^<]+)</loc>\s*<lastmod>([^<]+)</lastmod>", path.read_text(encoding="utf-8")
    )
    return {address.casefold(): {"sitemap_lastmod": moment} for address, moment in found}


def folded(value: Any) -> Any:
    if isinstance(value, list):
        return [folded(item) for item in value]
    return " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else value


@pytest.mark.skipif(not SITES.is_dir(), reason="no stand-in portals here")
def test_stand_in_portals_field_by_field() -> None:
    seen = 0
    for want, fetched, context in stand_in_pages():
        seen += 1
        result = transform(fetched, context)
        assert result.outcome == "article", want["url"]
        (article,) = result.tables["articles"]
        for name in ("url", "title", "lead", "author", "author_roles", "credited_source", "tags", "section"):
            assert folded(article[name]) == folded(want[name]), (want["url"], name)
        text = "\n".join(filter(None, [want["title"], want["lead"], *want["paragraphs"]]))
        assert folded(article["text"]) == folded(text), want["url"]
        printed = datetime.fromisoformat(want["published_at"]) if want["published_at"] else None
        assert (article["published_at"] is None) == (printed is None), want["url"]
        assert printed is None or abs((article["published_at"] - printed).total_seconds()) < 60
        assert (article["published_on"].isoformat() if article["published_on"] else None) == want["published_on"]
        pictures = [(row["url"], folded(row["caption"])) for row in result.tables["images"]]
        assert pictures == [(item["url"], folded(item["caption"])) for item in want["images"]]
        files = [(folded(row["name"]), row["url"]) for row in result.tables["attachments"]]
        assert files == [(folded(item["name"]), item["url"]) for item in want["attachments"]]
        cells = [folded(row["text"]) for row in result.tables["table_cells"]]
        assert cells == [folded(cell) for table in want["tables"] for row in table for cell in row]
    assert seen == 19


def test_data_in_the_page_is_held_to_the_same_bounds() -> None:
    deep = "<div>" * 3000 + PROSE * 9
    data = json.dumps({"props": {"title": "Huyện đẩy mạnh công tác dân vận ở cơ sở", "content": deep}})
    body = f"<html><head><title>x</title></head><body><script id='__NEXT_DATA__'>{data}</script></body></html>"
    begun = time.process_time()
    result = transform(raw(body.encode()), PageContext("golden", "https", "golden.invalid", "next", None, ".*"))
    assert time.process_time() - begun < 3
    assert result.outcome == "reject"
    assert result.reason == "too_deep"
