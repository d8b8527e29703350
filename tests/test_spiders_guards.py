"""Guards, feeds, sitemaps, links and waits: what the crawl reads of hostile answers."""

from __future__ import annotations

import gzip
import time
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from spiders import feeds, guards
from spiders.frontier import ARTICLES, DEEPER, FIRST, LISTINGS, ArticleTask, Frontier, ListingTask
from spiders.links import address_month, page_links, parse_html, printed_day
from spiders.middlewares import Refused, failure_class, is_too_large, retry_after
from spiders.outcome import Tally, judge
from warehouse import contracts
from warehouse.addresses import AddressRules

RULES = AddressRules("https", "baothu.vn", article_pattern=r"/[^/?]+/\d{6}/[^/?]+-\d+")
STUB = (
    b'<html><body><script>document.cookie="D1N=0123456789abcdef"+"; expires=Fri, 31-Dec-2099 23:59:59 GMT; path=/";'
    b"window.location.reload(true);</script></body></html>"
)
ARTICLE = (
    "<html><head><title>Dân vận khéo ở vùng cao</title><script>window.location.hash</script></head><body><p>"
    + "Bà con trong thôn góp công làm đường. " * 20
    + "</p></body></html>"
).encode()


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (STUB, True),
        (b"<html><head><title>Just a moment...</title></head><body></body></html>", True),
        ("<html><head><title>Truy cập bị từ chối</title></head><body>x</body></html>".encode(), True),
        (b'<script>eval(slowAES.decrypt(toNumbers("a")))</script><noscript>Enable JavaScript</noscript>', True),
        (ARTICLE, False),
        (b"", False),
        (b"User-agent: *\nDisallow: /admin/\n", False),
        (b'{"data": []}', False),
        (b"<html><body><p>Chua co bai viet</p></body></html>", False),
        (STUB + b"<p>" + b"x" * 9000 + b"</p>", False),
    ],
)
def test_challenges(body: bytes, wanted: bool) -> None:
    assert guards.is_challenge(body) is wanted


def test_a_header_may_name_a_challenge() -> None:
    assert guards.is_challenge(ARTICLE, {"cf-mitigated": "challenge"})


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("404 Not Found", True),
        ("Lỗi 404", True),
        ("404", True),
        ("Không tìm thấy trang", True),
        ("Trang không tồn tại", True),
        ("Bài viết không tồn tại hoặc đã bị xóa", True),
        ("404 hộ nghèo được hỗ trợ xây nhà", False),
        ("Không tìm thấy nạn nhân vụ lật thuyền trên sông Gâm", False),
        ("Giải pháp nào cho những con đường không có đèn", False),
    ],
)
def test_soft_404(title: str, wanted: bool) -> None:
    assert guards.is_soft_404(f"<html><head><title>{title}</title></head></html>".encode()) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Chưa có bài viết nào.", True),
        ("Không có dữ liệu.", True),
        ("No articles found", True),
        ("Tin mới nhất", False),
    ],
)
def test_declared_empty(text: str, wanted: bool) -> None:
    assert guards.declares_empty(f"<div><p>{text}</p></div>".encode()) is wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://a.vn/en/en", True),
        ("https://a.vn/vi/en/tin/vi", True),
        ("https://a.vn/web/x/-/view_content/1-a.html/en/en/en", True),
        ("https://a.vn/a/b/a/b/c", True),
        ("https://a.vn/x/x/x", True),
        ("https://a.vn/" + "/".join("abcdefghijklmn"), True),
        ("https://a.vn/tin-tuc/tin-tuc/hoi-nghi-12.html", False),
        ("https://a.vn/vi/news/tin-tuc/", False),
        ("https://a.vn/xa-hoi/202402/a-1", False),
    ],
)
def test_traps(url: str, wanted: bool) -> None:
    assert guards.is_trap(url) is wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://a.vn/lich/2025/11", True),
        ("https://a.vn/lich-cong-tac?week=3", True),
        ("https://a.vn/2025/11/20", True),
        ("https://a.vn/tin?thang=5&nam=2024", True),
        ("https://a.vn/du-lich/ha-giang", False),
        ("https://a.vn/tin-tuc", False),
    ],
)
def test_calendars(url: str, wanted: bool) -> None:
    assert guards.is_calendar(url) is wanted


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000))
def test_guards_take_any_bytes(body: bytes) -> None:
    guards.is_challenge(body)
    guards.is_soft_404(body)
    guards.declares_empty(body)
    list(feeds.feed_items(body))
    list(feeds.sitemap_entries(body))
    root = parse_html(body)
    if root is not None:
        page_links(root, "https://baothu.vn/", RULES)


@pytest.mark.parametrize(
    "seed", [b"<" * 40_000, b"<link " * 8_000, b"<script>" * 8_000, b"<title>" * 8_000, b"&" * 60_000]
)
def test_guards_run_in_linear_time(seed: bytes) -> None:
    began = time.monotonic()
    guards.is_challenge(seed[:8000])
    guards.is_soft_404(seed)
    guards.declares_empty(seed)
    assert time.monotonic() - began < 2


# ---- feeds and sitemaps

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tin</title>
<item><title>Hội nghị&#x3A; dân vận</title><link>https://baothu.vn/tin/202401/a-1</link><guid>news_1</guid>
<pubDate>Thu, 18 Jan 2024 09:01:00 GMT</pubDate><description><![CDATA[<img src="x.jpg">Sapo]]></description></item>
<item><title>Không địa chỉ</title></item></channel></rss>""".encode()
ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>B</title><link rel="self" href="https://baothu.vn/f"/>'
    b'<link href="https://baothu.vn/tin/202401/b-2"/><published>2024-01-18T09:15:00+07:00</published></entry></feed>'
)
BOMB = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>&d;&d;&x;</title><link>https://baothu.vn/tin/202401/a-1</link></item></channel></rss>"""


def test_rss_is_read_as_printed() -> None:
    items = list(feeds.feed_items(RSS))
    assert [item.link for item in items] == ["https://baothu.vn/tin/202401/a-1"]
    assert items[0].hint() == {
        "title": "Hội nghị: dân vận", "link": "https://baothu.vn/tin/202401/a-1", "guid": "news_1",
        "pubdate": "Thu, 18 Jan 2024 09:01:00 GMT", "description": '<img src="x.jpg">Sapo',
    }  # fmt: skip


def test_atom_is_read_too() -> None:
    (item,) = feeds.feed_items(ATOM)
    assert (item.link, item.pubdate) == ("https://baothu.vn/tin/202401/b-2", "2024-01-18T09:15:00+07:00")


def test_entities_are_never_expanded() -> None:
    for item in feeds.feed_items(BOMB):
        assert "root:" not in item.title
        assert len(item.title) < 100


def test_sitemaps_plain_and_packed_and_nested() -> None:
    plain = (
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> https://baothu.vn/a </loc>'
        b"<lastmod>2024-01-18T09:15:00+07:00</lastmod></url></urlset>"
    )
    for body in (plain, gzip.compress(plain)):
        (entry,) = feeds.sitemap_entries(body)
        assert (entry.url, entry.lastmod, entry.nested) == ("https://baothu.vn/a", "2024-01-18T09:15:00+07:00", False)
    index = b"<sitemapindex><sitemap><loc>https://baothu.vn/s1.xml</loc></sitemap></sitemapindex>"
    (entry,) = feeds.sitemap_entries(index)
    assert entry.nested


def test_a_cut_feed_gives_what_came_before_the_cut() -> None:
    assert len(list(feeds.feed_items(RSS[:600]))) == 1


def test_a_sitemap_bomb_is_cut() -> None:
    packed = gzip.compress(bytes(200 << 20))
    assert list(feeds.sitemap_entries(packed)) == []


# ---- links

# ruff: noqa: E501  (markup and cases stand on one line)
LISTING = """<html><head><base href="https://baothu.vn/muc/"><link rel="canonical" href="/thoi-su">
<link rel="alternate" type="application/rss+xml" href="/rss/home.rss"></head><body>
<div class="x1"><a href="/xa-hoi/202402/mot-1"><img src="/1.jpg"></a><div><h4><a href="/xa-hoi/202402/mot-1">Một ngày ở
bản</a></h4><span>(20/02/2024)</span><p>Với phương châm nghe dân nói, nói dân hiểu, cả bản cùng làm đường.</p></div></div>
<div class="x1"><a href="https://www.baothu.vn/xa-hoi/202401/hai-2?utm_source=z">Hai xã</a> 14:50 26/12/2023</div>
<div class="x1"><a href="https://khac.invalid/xa-hoi/202401/ba-3">Nơi khác</a></div>
<a href="/xa-hoi?page=2">2</a><a href="javascript:void(0)">x</a><a href="/van-ban/nghi-quyet.pdf">PDF</a><a href="#top">^</a>
</body></html>""".encode()


def test_a_listing_says_title_date_and_sapo_of_each_article() -> None:
    links = page_links(parse_html(LISTING), "https://baothu.vn/thoi-su", RULES)
    assert [(link.url, link.title, link.date) for link in links.articles] == [
        ("https://baothu.vn/xa-hoi/202402/mot-1", "Một ngày ở bản", "20/02/2024"),
        ("https://baothu.vn/xa-hoi/202401/hai-2", "Hai xã", "14:50 26/12/2023"),
    ]
    assert links.articles[0].lead == "Với phương châm nghe dân nói, nói dân hiểu, cả bản cùng làm đường."
    assert [url for url, _ in links.others] == ["https://baothu.vn/xa-hoi?page=2"]
    assert links.feeds == ["https://baothu.vn/rss/home.rss"]


def test_data_in_scripts_counts_as_links_where_the_family_says_so() -> None:
    body = b'<script>self.__next_f.push([1,"{\\"href\\":\\"/xa-hoi/202402/mot-1\\"}"])</script>'
    root = parse_html(b"<html><body>" + body + b"</body></html>")
    assert page_links(root, "https://baothu.vn/", RULES).articles == []
    assert [a.url for a in page_links(root, "https://baothu.vn/", RULES, embedded=True).articles] == [
        "https://baothu.vn/xa-hoi/202402/mot-1"
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("(20/02/2024)", date(2024, 2, 20)), ("Thứ tư, 18/12/2024, 08:30", date(2024, 12, 18)), ("9.5.2023", date(2023, 5, 9)),
     ("2024-01-18T09:15:00+07:00", date(2024, 1, 18)), ("31/02/2024", None), ("số 12/2024", None), ("", None), (None, None)],
)  # fmt: skip
def test_printed_days_are_day_first(text: str | None, wanted: date | None) -> None:
    assert printed_day(text) == wanted


def test_months_of_addresses() -> None:
    assert address_month("https://baothu.vn/xa-hoi/202402/a-1") == (2024, 2)
    assert address_month("https://baothu.vn/xa-hoi/202413/a-1") is None


# ---- waits and failures

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("1", 1.0), ("120", 120.0), ("99999999999999999999", 10**8), ("Sun, 22 Nov 2026 18:00:30 GMT", 30.0),
     ("Sun, 22 Nov 2026 17:00:00 GMT", 0.0), ("-5", None), ("soon", None), ("", None), ("1.5", None)],
)  # fmt: skip
def test_retry_after(value: str, wanted: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == wanted


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (DownloadTimeoutError("x"), "timeout"),
        (DownloadConnectionRefusedError("x"), "network"),
        (CannotResolveHostError("x"), "network"),
        (ResponseDataLossError("x"), "network"),
        (DownloadFailedError("[SSL: CERTIFICATE_VERIFY_FAILED]"), "tls"),
        (DownloadFailedError("connection lost"), "network"),
        (DownloadCancelledError("larger than download max size"), "partial"),
        (IgnoreRequest("exceeded DOWNLOAD_MAXSIZE (1 B)"), "partial"),
        (Refused("robots", "u"), "robots"),
        (Refused("host", "u"), "blocked"),
    ],
)
def test_failures_have_a_class_of_the_closed_list(error: Exception, wanted: str) -> None:
    assert failure_class(error) == wanted
    assert wanted in contracts.FAILURE_CLASSES


def test_too_large_is_told_from_refused() -> None:
    assert is_too_large(DownloadCancelledError("x"))
    assert is_too_large(IgnoreRequest("exceeded DOWNLOAD_MAXSIZE (1 B)"))
    assert not is_too_large(Refused("host", "u"))


# ---- outcome

OK = {"listed": 7, "fetched": 6, "listings": 5}


@pytest.mark.parametrize(
    ("counts", "known", "robots", "wanted"),
    [
        (OK, 0, None, ("pages", None)),
        ({"listed": 7, "unchanged": 6, "listings": 5}, 6, None, ("pages", None)),
        ({"listed": 7, "known": 7, "listings": 5}, 7, None, ("pages", None)),
        (OK | {"gone": 1, "elsewhere": 2}, 0, None, ("pages", None)),
        (OK | {"failed": Counter(server_error=1)}, 0, None, ("pages", "partial")),
        (OK | {"listings_failed": {"/a": "timeout"}}, 0, None, ("pages", "partial")),
        (OK | {"listings_failed": {"/a": "gone"}}, 0, None, ("pages", None)),
        (OK | {"stopped": "time"}, 0, None, ("pages", "partial")),
        (OK | {"stopped": "pages"}, 0, None, ("pages", None)),
        (OK | {"stopped": "blocked"}, 0, None, ("pages", "partial")),
        (OK | {"crashed": 1}, 0, None, ("pages", "crashed")),
        ({}, 0, None, ("failed", "no_pages")),
        ({}, 0, "network", ("failed", "network")),
        ({"stopped": "blocked", "listings_failed": {"/": "blocked"}}, 9, None, ("failed", "blocked")),
        ({"listings_failed": {"/": "timeout", "/a": "timeout", "/b": "network"}}, 0, None, ("failed", "timeout")),
        ({"listings_failed": {"/": "gone"}}, 0, None, ("failed", "gone")),
        ({"robots": 3, "listings_failed": {"/": "robots"}}, 0, None, ("failed", "robots")),
        ({"listings": 3}, 0, None, ("failed", "no_pages")),
        ({"listings": 3}, 50, None, ("failed", "layout_changed")),
        ({"listings": 3, "empty": 3}, 0, None, ("empty", None)),
        ({"listings": 3, "empty": 1}, 0, None, ("failed", "no_pages")),
        ({"listings": 3, "listed": 5, "failed": Counter(server_error=5)}, 0, None, ("failed", "server_error")),
        ({"crashed": 2}, 0, None, ("failed", "crashed")),
    ],
)
def test_outcomes(counts: dict[str, object], known: int, robots: str | None, wanted: tuple[str, str | None]) -> None:
    outcome = judge(Tally(**counts), known, robots)  # type: ignore[arg-type]
    assert (outcome.outcome, outcome.failure_class) == wanted
    assert outcome.outcome in contracts.OUTCOMES
    assert outcome.failure_class is None or outcome.failure_class in contracts.FAILURE_CLASSES
    assert outcome.message or outcome == type(outcome)("pages", None, None)


# ---- frontier


def test_the_frontier_asks_in_phases_and_each_article_once() -> None:
    queue = Frontier()
    assert queue.listing(ListingTask("u2", "listing", "/b", page=2), DEEPER)
    assert queue.article("a", ArticleTask("A", {"section": "S"}))
    assert queue.listing(ListingTask("u1", "listing", "/b"), LISTINGS)
    assert queue.listing(ListingTask("f", "feed", "/f"), FIRST)
    assert not queue.listing(ListingTask("f", "feed", "/f"), FIRST)
    assert not queue.article("a", ArticleTask("A", {"section": "T", "listed_date": "1/1/2024"}))
    assert queue.phase() == FIRST
    first, second, third, fourth = (queue.pop() for _ in range(4))
    assert isinstance(first, ListingTask)
    assert first.url == "f"
    assert isinstance(second, ListingTask)
    assert second.url == "u1"
    assert isinstance(third, ArticleTask)
    assert third.hints == {"section": "S", "listed_date": "1/1/2024"}
    assert isinstance(fourth, ListingTask)
    assert fourth.page == 2
    assert queue.pop() is None


def test_large_hints_wait_on_disk_and_come_back_whole() -> None:
    queue = Frontier()
    hints = {"api": {"ContentNews": "Đ\ud800" * 5000}}
    queue.article("a", ArticleTask("A", hints))
    queue.article("a", ArticleTask("A", {"also_at": ["B"]}))
    assert queue.phase() == ARTICLES
    task = queue.pop()
    assert isinstance(task, ArticleTask)
    assert task.hints == hints | {"also_at": ["B"]}
    queue.close()


@pytest.mark.parametrize(
    "stamp",
    [
        "Fri, 31 Dec 9999 23:59:59 -0700", "Mon, 01 Jan 0001 00:00:00 +1400", "Mon, 1 Jan 2020 00:00:00 +9999999999999999",
        "Mon, 1 Jan 99999999999999999999 00:00:00 GMT", "Mon, 1 Jan 2020 00:00:00 -2400", "9" * 5000, "", "\ud800",
    ],
)  # fmt: skip
def test_no_stamp_of_a_feed_or_header_stops_a_crawl(stamp: str) -> None:
    day, wait = feeds.published_day(stamp), retry_after({"retry-after": stamp}, datetime.now(UTC))
    assert day is None or day.year <= 9999
    assert wait is None or wait >= 0
