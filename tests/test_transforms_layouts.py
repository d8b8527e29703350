"""Golden pages: one page a layout version, written by hand with the article that it must give."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from transforms.layouts import LAYOUTS, choose
from transforms.page import PageContext, PageResult, transform
from warehouse.pages import RawPage

PAGES = Path(__file__).parent / "data" / "pages"
GOLDEN = sorted(path for path in PAGES.rglob("*.html") if path.parent.name != "unfamiliar")


def read(path: Path, family: str, **hints: Any) -> PageResult:
    """Transform a saved page as if it had been fetched in November 2026."""
    url = f"https://golden.invalid/tin/{path.stem}-golden-12345"
    page = RawPage(
        portal="golden", crawl="20261122T000000Z-nightly", position=0, kind="article", url=url, requested_url=url,
        final_url=url, status=200, fetched_at=datetime(2026, 11, 22, tzinfo=UTC), body=path.read_bytes(), hints=hints,
    )  # fmt: skip
    return transform(page, PageContext("golden", "https", "golden.invalid", family))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_golden_page(path: Path) -> None:
    want = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    result = read(path, path.parent.name)
    assert result.outcome == "article", result.tables["rejects"]
    article = result.tables["articles"][0]
    for name in (
        "layout", "title", "lead", "author", "author_roles", "credited_source", "tags", "section", "published_evidence",
    ):  # fmt: skip
        assert article[name] == want[name], name
    lines = [want["title"], *([want["lead"]] if want["lead"] else []), *want["paragraphs"]]
    assert article["text"].split("\n") == lines
    assert article["extraction"] == "layout"
    assert [row["caption"] for row in result.tables["images"] if row["caption"]] == want["captions"]
    assert [[row["name"], row["url"]] for row in result.tables["attachments"]] == want["attachments"]
    printed = article["published_at"].isoformat() if article["published_at"] else None
    assert printed == want["published_at"]
    assert (article["published_on"].isoformat() if article["published_on"] else None) == want["published_on"]
    if "published_before" in want:
        assert article["published_before"].isoformat() == want["published_before"]
    if "cells" in want:
        assert [[row["row"], row["column"], row["text"]] for row in result.tables["table_cells"]] == want["cells"]


def test_every_layout_has_a_golden_page() -> None:
    named = {json.loads(p.read_text(encoding="utf-8")).get("layout") for p in PAGES.rglob("*.json")}
    # The stand-in portals hold the page of `hoabinh`.
    assert set(LAYOUTS) - named <= {"hoabinh", "next-2"}


def test_nukeviet_takes_the_sitemap_before_the_page_and_of_a_feed_only_the_day() -> None:
    path = PAGES / "nukeviet" / "v4.html"
    dated = read(path, "nukeviet", sitemap_lastmod="2024-11-22T06:31:07+07:00").tables["articles"][0]
    assert (dated["published_at"].isoformat(), dated["published_evidence"]) == ("2024-11-22T06:31:07+07:00", "sitemap")
    body = path.read_text(encoding="utf-8").replace("Thứ sáu - 22/11/2024 06:30", "")
    url = "https://golden.invalid/tin/khong-gio-1"
    page = RawPage(
        "golden", "20261122T000000Z-nightly", 0, "article", url, url, url, 200, datetime(2026, 11, 22, tzinfo=UTC),
        body.encode(), hints={"feed": {"pubdate": "Thu, 21 Nov 2024 23:11:30 GMT"}},
    )  # fmt: skip
    fed = transform(page, PageContext("golden", "https", "golden.invalid", "nukeviet")).tables["articles"][0]
    assert (fed["published_at"], fed["published_on"], fed["published_evidence"]) == (None, date(2024, 11, 22), "feed")
    assert "time_not_trusted" in fed["flags"]


def test_an_api_row_wins_over_the_page() -> None:
    row = {
        "ID": "7", "Title": "##Hội Cựu chiến binh giúp nhau xóa nhà dột nát", "DescriptionNews": "",
        "ContentNews": "&lt;p&gt;&lt;strong&gt;Một năm qua, hội viên cựu chiến binh trong xã giúp nhau sửa chín ngôi nhà dột nát.&lt;/strong&gt;&lt;/p&gt;"  # noqa: E501
        "&lt;p&gt;Hội có 214 hội viên, góp 365 ngày công và 186 triệu đồng cho việc này.&lt;/p&gt;&lt;p style=&quot;text-align&amp;#58;right&quot;&gt;Hà Lan&lt;/p&gt;",  # noqa: E501
        "CreatedDate": "2024-07-18T10:05:31",
    }  # fmt: skip
    result = read(PAGES / "sharepoint" / "publishing.html", "sharepoint", api=row)
    article = result.tables["articles"][0]
    assert article["title"] == "Hội Cựu chiến binh giúp nhau xóa nhà dột nát"
    assert article["lead"].startswith("Một năm qua")
    assert article["author"] == "Hà Lan"
    assert article["published_at"].isoformat() == "2024-07-18T10:05:31+07:00"
    assert (article["published_evidence"], article["layout"]) == ("api", "sharepoint-api")


def test_a_portal_reads_each_page_with_the_layout_of_its_day() -> None:
    dated = (("liferay-7", None, "2021-12-31"), ("hoabinh", "2022-01-01", None))
    assert [layout.name for layout in choose("sharepoint", dated, date(2021, 6, 1))] == ["liferay-7"]
    assert [layout.name for layout in choose("sharepoint", dated, date(2023, 6, 1))] == ["hoabinh"]
    assert choose("sharepoint", (), date(2023, 6, 1))[0].name == "sharepoint-2013"
    assert choose("generic", (), date(2023, 6, 1)) == []


def test_a_redesigned_page_falls_back_and_says_which_fields_failed() -> None:
    body = (PAGES / "unfamiliar" / "semantic.html").read_bytes()
    url = "https://golden.invalid/tin/doi-giao-dien-1"
    page = RawPage(
        "golden", "20261122T000000Z-nightly", 0, "article", url, url, url, 200, datetime(2026, 11, 22, tzinfo=UTC), body
    )
    result = transform(page, PageContext("golden", "https", "golden.invalid", "mcms"))
    assert result.tables["articles"][0]["extraction"] == "generic"
    assert result.layout == "mcms-2"
    assert result.fields["body"] is False
