"""Pages of designs that no layout knows: articles with their truth, and pages that are no article."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from transforms.page import PageContext, PageResult, transform
from warehouse.pages import RawPage

PAGES = Path(__file__).parent / "data" / "pages" / "unfamiliar"
REAL = Path(__file__).resolve().parents[1].parent / "shared" / "pages"
ARTICLES = sorted(path for path in PAGES.glob("*.html") if not path.stem.startswith("not-"))
OTHERS = sorted(PAGES.glob("not-*.html"))


def read(
    body: bytes,
    url: str = "https://generic.invalid/tin/mot-bai-viet-12345.html",
    family: str = "generic",
    pattern: str = "",
) -> PageResult:
    page = RawPage(
        "generic",
        "20261122T000000Z-nightly",
        0,
        "article",
        url,
        url,
        url,
        200,
        datetime(2026, 11, 22, tzinfo=UTC),
        body,
    )
    return transform(page, PageContext("generic", "https", url.split("/")[2], family, article_pattern=pattern))


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + 4]) for i in range(len(words) - 3)}


def wanted(path: Path) -> dict[str, Any]:
    want: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return want


def address(want: dict[str, Any]) -> str:
    return f"https://golden.invalid{want.get('path', '/tin/mot-bai-viet-12345.html')}"


def test_there_are_designs_enough() -> None:
    assert len(ARTICLES) >= 31
    assert len(OTHERS) >= 26


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_unfamiliar_design(path: Path) -> None:
    want = wanted(path)
    result = read(path.read_bytes(), address(want))
    assert result.outcome == "article", result.reason
    article = result.tables["articles"][0]
    text = "\n".join(filter(None, [want["title"], want["lead"], *want["paragraphs"]]))
    ours, theirs = shingles(article["text"]), shingles(text)
    assert 2 * len(ours & theirs) / (len(ours) + len(theirs)) >= 0.96
    for name in ("title", "lead", "author", "author_roles", "credited_source", "tags", "section", "published_evidence"):
        assert article[name] == want.get(name, article[name]), name
    assert (article["published_at"].isoformat() if article["published_at"] else None) == want["published_at"]
    assert (article["published_on"].isoformat() if article["published_on"] else None) == want["published_on"]
    assert [row["caption"] for row in result.tables["images"] if row["caption"]] == want["captions"]
    if "path" in want:
        assert article["text"] == text
        assert [[row["name"], row["url"]] for row in result.tables["attachments"]] == want["attachments"]
        cells = [[row[name] for name in ("table", "row", "column", "text")] for row in result.tables["table_cells"]]
        assert cells == want["cells"]
    assert (article["extraction"], article["layout"]) == ("generic", None)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_characters_that_no_tree_takes_back(path: Path) -> None:
    """Control characters behind what is cut out of the text: lxml reads them and refuses to write them."""
    body = path.read_bytes().replace(b"</p>", b"</p><footer>C</footer>&#1;&#xFFFE;")
    result = read(body, address(wanted(path)))
    assert result.outcome in ("article", "reject", "not_article")
    assert all("\x01" not in row["text"] for row in result.tables["articles"])


@pytest.mark.parametrize("pattern", ["", "/.+"], ids=["any address", "address of an article"])
@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_pages_that_are_no_article(path: Path, pattern: str) -> None:
    url = address(wanted(path)) if path.with_suffix(".json").exists() else address({})
    result = read(path.read_bytes(), url, pattern=pattern)
    assert result.outcome == "not_article"
    assert result.tables["articles"] == []
    (reject,) = result.tables["rejects"]
    assert reject["stage"] == "layout"
    assert reject["detail"]


def test_a_clock_in_the_header_is_a_bound_and_never_the_date() -> None:
    article = read((PAGES / "frames.html").read_bytes()).tables["articles"][0]
    assert article["published_on"] is None
    assert article["published_evidence"] == "none"
    assert article["published_before"] >= article["published_after"]


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("<div>Ngày đăng: 05/03/2024</div>", date(2024, 3, 5)),
        ("<div>Chỉnh sửa lần cuối: 05/03/2024</div>", None),
        ("", None),
    ],
)
def test_only_a_day_of_publication_counts(stamp: str, day: date | None) -> None:
    prose = (
        "Công tác dân vận của huyện trong năm qua đã được đẩy mạnh ở tất cả các xã, thị trấn và được người dân đồng tình. "  # noqa: E501
        * 2
    )
    body = f"<html><head><title>Huyện đẩy mạnh công tác dân vận cơ sở</title></head><body><h1>Huyện đẩy mạnh công tác dân vận cơ sở</h1>{stamp}<div><p>{prose}</p><p>Thực hiện Chỉ thị số 05-CT/TW ngày 15/5/2016, {prose}</p><p>{prose}</p><p style='text-align:right'><b>Lê Hoa</b></p></div><div class='sidebar'>Tin ngày 06/03/2024</div></body></html>"  # noqa: E501
    article = read(body.encode()).tables["articles"][0]
    assert article["published_on"] == day


@pytest.mark.skipif(not REAL.is_dir(), reason="no saved pages of real portals here")
@pytest.mark.parametrize("family", ["generic", "own"])
@pytest.mark.parametrize(
    ("name", "url", "own", "author", "published", "lines", "captions", "tags"),
    [
        ("baocantho_article.html", "https://baocantho.com.vn/tap-trung-a196670.html", "aid", "P.Y", "2026-01-08T18:21:00+07:00", 8, 1, 5),  # noqa: E501
        ("baolaocai_article.html", "https://baolaocai.vn/song-dep-post404649.html", "mcms", "Anh Dũng", "2025-06-17T13:43:02+07:00", 12, 0, 1),  # noqa: E501
    ],
)  # fmt: skip
def test_real_articles(
    name: str, url: str, own: str, author: str, published: str, lines: int, captions: int, tags: int, family: str
) -> None:
    result = read((REAL / name).read_bytes(), url, own if family == "own" else "generic")
    article = result.tables["articles"][0]
    assert article["author"] == author
    assert article["published_at"].isoformat() == published
    assert article["lead"] is not None
    assert len(article["text"].split("\n")) == lines
    assert sum(bool(row["caption"]) for row in result.tables["images"]) == captions
    assert len(article["tags"]) == tags
    assert article["extraction"] == ("layout" if family == "own" else "generic")


@pytest.mark.skipif(not REAL.is_dir(), reason="no saved pages of real portals here")
@pytest.mark.parametrize(
    ("name", "url", "family"),
    [
        ("baocantho_category.html", "https://baocantho.com.vn/thoi-su/", "aid"),
        ("sotttt_hanoi_list_shtd.html", "https://sotttt.hanoi.gov.vn/shtd", "liferay"),
        ("sotttt_hanoi_static_chucnang.html", "https://sotttt.hanoi.gov.vn/chuc-nang-nhiem-vu", "liferay"),
        ("sotttt_hanoi_trap_list_en.html", "https://sotttt.hanoi.gov.vn/web/sotttt-eng/hot-news/-/view_content/1-x.html/en", "liferay"),  # noqa: E501
        ("tintaynguyen_home_mojibake.html", "https://tintaynguyen.com/", "wordpress"),
    ],
)  # fmt: skip
def test_real_pages_that_are_no_article(name: str, url: str, family: str) -> None:
    for way in ("generic", family):
        assert read((REAL / name).read_bytes(), url, way).outcome == "not_article"
