"""The report in a real Chromium: what a reader sees, with nothing from outside and nothing said in the console."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import site_fakes as fakes

from warehouse.site import build, serving

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("TINHUY_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = ("index.html", "indicators.html", "articles.html", "article.html", "dictionary.html")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Visit:
    """An open page, and what it did that it should not."""

    page: Any
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: str, ready: str = "main") -> Any:
        """Go to a page of the site and wait for a part of it."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector(ready)
        return self.page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world's report."""
    folder = fakes.release(tmp_path_factory.mktemp("browsed"), fakes.world())
    build(folder, folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A running browser."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on the PATH; name one in TINHUY_CHROMIUM")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the report is served."""
    with serving(site) as (server, address):
        Thread(target=server.serve_forever, daemon=True).start()
        yield address
        server.shutdown()


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a fresh browser profile; at the end nobody may have complained or gone outside."""
    opened: list[tuple[Any, Visit]] = []

    def start(base: str = address, **options: Any) -> Visit:
        context = chromium.new_context(**{"viewport": DESKTOP, **options})
        told = Visit(context.new_page(), base)
        told.page.on("console", lambda message: told.complaints.append(f"{message.type}: {message.text}"))
        told.page.on("pageerror", lambda error: told.complaints.append(str(error)))
        told.page.on("dialog", lambda dialog: told.complaints.append(f"dialog: {dialog.message}"))
        context.on("request", lambda request: told.requests.append(request.url))
        opened.append((context, told))
        return told

    yield start
    for context, told in opened:
        hacked = told.page.evaluate("window.hacked")
        context.close()
        assert told.complaints == []
        assert [url for url in told.requests if not url.startswith((told.address, "data:", "blob:"))] == []
        assert hacked is None


def until(page: Any, condition: str, arg: Any = None) -> None:
    """Wait for a condition in the page; Playwright's own waiting polls with `eval`, which the policy forbids."""
    ends = time.monotonic() + 15
    while not page.evaluate(condition, arg):
        assert time.monotonic() < ends, condition
        page.wait_for_timeout(30)


def by_url(number: int) -> fakes.Row:
    return next(row for row in fakes.world()["articles"] if row["url"].endswith(f"/{number}"))


def article_path(number: int, hash_: str = "") -> str:
    return f"article.html?id={by_url(number)['article_id']}{hash_}"


# --- every page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_opens_and_fits_the_screen(visit: Callable[..., Visit], viewport: dict[str, int]) -> None:
    told = visit(viewport=viewport)
    for path in (*PAGES[:3], article_path(1), PAGES[4]):
        page = told.open(path, "h1")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_night_opens_straight_from_disk(visit: Callable[..., Visit], site: Path) -> None:
    told = visit(base=f"{site.as_uri()}/")
    page = told.open("index.html", "#portals")
    assert page.inner_text("h1") == "2 cổng cần xem lại"
    page.click("[data-language=en]")
    assert page.inner_text("h1") == "2 portals need attention"
    told.open("articles.html", "#message:not([hidden])")
    assert "tinhuy site --open" in page.inner_text("#message")


def test_the_language_is_switched_and_remembered(visit: Callable[..., Visit]) -> None:
    told = visit()
    page = told.open("index.html", "h1")
    assert page.evaluate("document.documentElement.lang") == "vi"
    page.click("[data-language=en]")
    page = told.open("articles.html", "h1")
    assert (page.evaluate("document.documentElement.lang"), page.inner_text("h1"), page.title()) == (
        "en",
        "Articles",
        "Articles · tinhuy",
    )
    assert page.get_attribute("[data-language=en]", "aria-pressed") == "true"
    assert page.get_attribute("#results a", "lang") == "vi"
    assert page.inner_text("#results time") == "1 Feb 2026"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page_name", [*PAGES, "indicators.html?c=map"])
def test_axe_finds_nothing_serious(visit: Callable[..., Visit], page_name: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    told = visit(color_scheme=scheme)
    ready = {"indicators.html": "#rows tbody tr", "article.html": "#text p", "articles.html": "#results li"}.get(
        page_name.partition("?")[0], "h1"
    )
    page = told.open(article_path(1, "#m-c0") if page_name == "article.html" else page_name, ready)
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_the_keyboard_reaches_the_content_first(visit: Callable[..., Visit]) -> None:
    page = visit().open("index.html", "h1")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


# --- the night ------------------------------------------------------------------------------------------------------


def test_the_night_shows_what_is_broken_first(visit: Callable[..., Visit]) -> None:
    page = visit().open("index.html", "table.portals")
    first = page.inner_text("table.portals tbody tr:first-child")
    assert "Báo Sông" in first
    assert "quá hạn" in first
    assert "tinhuy rerun 20260301T183000Z-nightly baosong" in first
    assert page.locator("svg .bar").count() == 19
    assert page.locator("svg .gap").count() == 1


@pytest.mark.parametrize(("hours", "late"), [(5, False), (50, True)])
def test_a_schedule_that_stopped_is_noticed(visit: Callable[..., Visit], hours: int, late: bool) -> None:
    told = visit()
    told.page.clock.set_fixed_time(f"2026-03-{1 + (18 + hours) // 24:02d}T{(18 + hours) % 24:02d}:50:00Z")
    page = told.open("index.html", "h1")
    assert page.is_visible("#late") is late


def test_hostile_names_stay_text(visit: Callable[..., Visit]) -> None:
    told = visit()
    page = told.open("index.html", "h1")
    assert fakes.HOSTILE in page.inner_text("table.portals")
    page = told.open(article_path(2), "#text p")
    assert page.inner_text("#headline") == fakes.HOSTILE
    assert page.inner_text("#text p").startswith(f"Đoạn {fakes.HOSTILE}")
    assert fakes.HOSTILE in page.inner_text("#extras")
    page = told.open("articles.html?q=hacked", "#status[data-complete=true]")
    assert page.inner_text("#results h3") == fakes.HOSTILE
    page = told.open("indicators.html?i=dvk_models_total&k=all", "#rows tbody tr")
    page.check("#others")
    assert fakes.HOSTILE in page.inner_text("#rows")
    assert page.locator("main img").count() == 0


# --- articles -------------------------------------------------------------------------------------------------------


def found(page: Any, query: str) -> list[str]:
    page.fill("#q", query)
    until(
        page,
        "q => { const s = document.getElementById('status').dataset; return s.complete === 'true' && s.q === q; }",
        arg=query,
    )
    return [title.inner_text() for title in page.locator("#results h3").all()]


@pytest.mark.parametrize(
    ("plain", "accented"),
    [
        ("dong van", "Đồng Văn"),
        ("suc dan", "SỨC DÂN"),
        ("giam ngheo ben vung", "giảm nghèo bền vững"),
        ("phu nu cao bang", "phụ nữ Cao Bằng"),
        ("phu nu cao bang", "phu\u0323 nu\u031b\u0303 Cao Ba\u0306\u0300ng"),
        ('"kheo trong giu"', "“khéo trong giữ”"),
        ("25-nq/tw", "25 NQ TW"),
        ("duong", "đường"),
    ],
)
def test_search_finds_with_and_without_accents(visit: Callable[..., Visit], plain: str, accented: str) -> None:
    page = visit().open("articles.html", "#results li")
    some = found(page, plain)
    assert some
    assert sorted(found(page, accented)) == sorted(some)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("Hà Giang", ["Hà Giang: Sức dân ở Đồng Văn"]),
        ("sức dâ", ["Hà Giang: Sức dân ở Đồng Văn"]),  # the last word may be a beginning
        ("sứ dân", []),  # the others are whole
        ('"dân sức"', []),
        ("dân sức", ["Hà Giang: Sức dân ở Đồng Văn"]),
        ("(kỳ 17)", ["Tiếp công dân định kỳ ở Mường Lát (kỳ 17)"]),
        ("không có gì như thế", []),
    ],
)
def test_search_finds_what_it_should(visit: Callable[..., Visit], query: str, titles: list[str]) -> None:
    page = visit().open("articles.html", "#results li")
    assert found(page, query) == titles
    count = page.inner_text("#status")
    assert count == ("1 bài" if len(titles) == 1 else f"{len(titles)} bài")


def test_the_accents_typed_decide_between_equals(tmp_path: Path, visit: Callable[..., Visit]) -> None:
    titles = ("Bàn việc nước", "Bản nhỏ ven sông", "Bán hàng nông sản", "Bạn của nhà nông")
    folder = fakes.release(tmp_path, {"articles": [fakes.article(n, title) for n, title in enumerate(titles)]})
    build(folder, folder / "site")
    with serving(folder / "site") as (server, address):
        Thread(target=server.serve_forever, daemon=True).start()
        page = visit(base=address).open("articles.html", "#results li")
        for title in titles:
            word = title.split()[0].lower()
            some = found(page, word)
            assert (some[0], len(some)) == (title, 4)
        server.shutdown()


def test_filters_narrow_the_list_and_live_in_the_address(visit: Callable[..., Visit]) -> None:
    told = visit()
    page = told.open(
        "articles.html?portal=baosong&province=cao-bang&from=2025-01-10&to=2025-01-12", "#status[data-complete=true]"
    )
    rows = [
        r
        for r in fakes.world()["articles"]
        if r["province"] == "cao-bang" and r["published_on"] and 10 <= r["published_on"].day <= 12
    ]
    assert sorted(t.inner_text() for t in page.locator("#results h3").all()) == sorted(r["title"] for r in rows)
    assert len(rows) > 1
    page = told.open("articles.html?flag=undated", "#status[data-complete=true]")
    assert page.get_attribute("#status", "data-found") == "6"
    page = told.open("articles.html", "#results li")
    page.select_option("#flag", "=dates_disagree")
    page.wait_for_selector("#status[data-found='1']")
    assert "flag=%3Ddates_disagree" in page.url
    page.click("button[type=reset]")
    page.wait_for_selector("#status[data-found='63']")
    assert "?" not in page.url


def test_a_period_filter_takes_undated_articles_by_their_bound(visit: Callable[..., Visit]) -> None:
    page = visit().open("articles.html?from=2026-03-02", "#status[data-complete=true]")
    assert page.get_attribute("#status", "data-found") == "6"
    assert "chưa rõ ngày (không muộn hơn 02/03/2026)" in page.inner_text("#results li")


def test_more_results_come_on_demand(visit: Callable[..., Visit]) -> None:
    page = visit().open("articles.html?portal=baosong", "#status[data-complete=true]")
    assert page.locator("#results li").count() == 50
    page.click("#more")
    until(page, "document.querySelectorAll('#results li').length === 60")
    assert not page.is_visible("#more")
    assert page.evaluate("document.activeElement.closest('li') === document.querySelectorAll('#results li')[50]")


# --- one article ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3])
def test_marks_stand_exactly_on_their_figures(visit: Callable[..., Visit], number: int) -> None:
    page = visit().open(article_path(number), "#text p")
    tables = fakes.world()
    mine = by_url(number)["article_id"]
    for figure in (f for f in tables["figures"] if f["article_id"] == mine):
        marks = page.locator(f"main .mark[data-item='{figure['figure_id']}']")
        assert "".join(marks.all_text_contents()) == figure["surface"]
        # The text before the mark, in code points, is the text before the figure.
        before = page.evaluate(
            """id => { const range = document.createRange(); const mark = document.getElementById('m-' + id);
            const block = mark.closest('p, h1'); range.setStart(block, 0); range.setEndBefore(mark);
            return [range.toString(), block.textContent]; }""",
            figure["figure_id"],
        )
        text = by_url(number)["text"]
        line = text.rfind("\n", 0, figure["start"]) + 1
        assert before[0] == text[line : figure["start"]]
        assert before[1] == text[line:].split("\n")[0]
        assert page.locator(f"#f-{figure['figure_id']}").count() == 1
    citations = [c for c in tables["citations"] if c["article_id"] == mine]
    assert page.locator("main .mark.citation[data-item]").all_text_contents() == [c["surface"] for c in citations]


def test_what_stands_beside_a_figure_says_how_it_was_read(visit: Callable[..., Visit]) -> None:
    told = visit()
    page = told.open(article_path(1), "#beside li")
    beside = page.inner_text("#beside")
    for words in (
        "573 mô hình",
        "0,253",
        "kinh tế",
        "tổng không khớp các phần",
        "toàn tỉnh",
        "01/01/2025 – 31/12/2025",
        "Ban Chấp hành Trung ương",
        "03/06/2013",
    ):
        assert words in beside
    extras = page.inner_text("#extras")
    for words in ("Năm 2025", "253 + 320 = 573", "giống 87%", "Giàng Mí Sơn"):
        assert words in extras
    page = told.open(article_path(3), "#beside li")
    assert "khoảng 45,5 %" in page.inner_text("#beside")
    assert "mục tiêu" in page.inner_text("#beside")


def test_only_addresses_of_the_web_become_links(visit: Callable[..., Visit]) -> None:
    page = visit().open(article_path(1), "#extras a")
    links = page.eval_on_selector_all(
        "#extras a[href^='http']", "all => all.filter(a => a.host !== location.host).map(a => [a.href, a.rel])"
    )
    assert links == [["https://baonui.invalid/bao-cao.pdf", "noreferrer nofollow noopener"]]
    assert page.locator("a[href^='javascript']").count() == 0
    assert "Bấm vào đây (javascript:window.hacked=1)" in page.inner_text("#extras")


def test_a_link_to_a_figure_shows_its_sentence(visit: Callable[..., Visit]) -> None:
    figure = fakes.world()["figures"][0]
    page = visit().open(article_path(1, f"#m-{figure['figure_id']}"), ".mark.target")
    assert page.inner_text(".mark.target") == "573"
    assert page.evaluate("document.activeElement.id") == f"m-{figure['figure_id']}"
    sentence = "".join(page.locator("#text .sentence").all_text_contents())
    assert sentence == by_url(1)["text"][figure["sentence_start"] : figure["sentence_end"]]
    page.click("#beside .entry:nth-child(2) a.surface")
    until(page, "document.querySelector('.mark.target').textContent === '253'")


@pytest.mark.parametrize("hash_", ["#m-nothing", "#m-%E0%A4%A", '#m-"]<img>', "#text"])
def test_an_odd_hash_changes_nothing(visit: Callable[..., Visit], hash_: str) -> None:
    page = visit().open(article_path(1, hash_), "#text p")
    assert page.locator(".mark.target").count() == 0


@pytest.mark.parametrize(("query", "words"), [("", "thiếu mã bài"), ("?id=../../x", "thiếu mã bài")])
def test_an_article_without_an_id_is_said_so(visit: Callable[..., Visit], query: str, words: str) -> None:
    page = visit().open("article.html" + query, "#message:not([hidden])")
    assert words in page.inner_text("#message")


def test_an_article_that_is_not_there_is_said_so(visit: Callable[..., Visit]) -> None:
    told = visit()
    other = by_url(1)["article_id"][:2] + "0" * 14
    page = told.open(f"article.html?id={other}", "#message:not([hidden])")
    assert "Không có bài nào" in page.inner_text("#message")


# --- indicators -----------------------------------------------------------------------------------------------------

DRAWN = """() => Chart.getChart('chart').data.datasets.map(d =>
    [d.label, d.data.map(v => v === null ? null : typeof v === 'number' ? v : v.y).filter(v => v !== null)])"""
TABLED = """() => { const found = new Map(); for (const row of document.querySelectorAll('#rows tr[data-series]')) {
    const name = row.querySelector('th').textContent;
    found.set(name, [...(found.get(name) || []), Number(row.dataset.value)]); }
    return [...found]; }"""


def drawn(page: Any) -> list[Any]:
    """The chart's series with their values, once the library is there."""
    until(page, "window.Chart && Chart.getChart('chart')")
    series: list[Any] = page.evaluate(DRAWN)
    return series


@pytest.mark.parametrize("kind", ["line", "bar"])
@pytest.mark.parametrize("view", ["reported", "joined"])
@pytest.mark.parametrize("key", ["dvk_models_total", "poverty_rate_pct"])
def test_chart_and_table_agree(visit: Callable[..., Visit], key: str, view: str, kind: str) -> None:
    page = visit().open(f"indicators.html?i={key}&v={view}&c={kind}&k=year", "#rows tbody tr")
    lines = drawn(page)
    assert lines
    assert lines == page.evaluate(TABLED)


def test_old_and_new_provinces_are_never_counted_twice(visit: Callable[..., Visit]) -> None:
    told = visit()
    page = told.open("indicators.html?i=dvk_models_total&k=year", "#rows tbody tr")
    assert dict(drawn(page)) == {
        "Cao Bằng": [30, 31, 32, 33],
        "Hà Giang (đến 30/6/2025)": [100, 101, 102, 103],
        "Tuyên Quang (đến 30/6/2025)": [51, 52, 53],
        "Tuyên Quang (từ 1/7/2025)": [170.5],
    }
    page.select_option("#view", "joined")
    # 2021 has no value of old Tuyên Quang; 2025 has its own.
    assert dict(drawn(page)) == {"Cao Bằng": [30, 31, 32, 33], "Tuyên Quang": [152, 154, 156, 170.5]}
    assert "1 kỳ không gộp được vì thiếu số của tỉnh cũ (Tuyên Quang)" in page.inner_text("#status")
    assert page.locator("#rows tr:has(th:text-is('Tuyên Quang')) .sentence-link").count() == 7
    page = told.open("indicators.html?i=poverty_rate_pct&v=joined&k=year", "#rows tbody tr")
    assert dict(drawn(page)) == {"Cao Bằng": [3, 3.25, 3.5, 3.75]}
    assert "không cộng được" in page.inner_text("#rule")


def test_unlike_periods_are_not_mixed_unless_asked(visit: Callable[..., Visit]) -> None:
    page = visit().open("indicators.html?i=dvk_models_total", "#rows tbody tr")
    assert page.input_value("#period") == "year"
    assert "1 giá trị thuộc loại kỳ khác đang ẩn" in page.inner_text("#status")
    page.select_option("#period", "half")
    assert dict(drawn(page)) == {"Hà Giang (đến 30/6/2025)": [61]}
    assert "6 tháng đầu năm 2024" in page.inner_text("#rows")


def test_provinces_are_chosen_and_kept_in_the_address(visit: Callable[..., Visit]) -> None:
    told = visit()
    page = told.open("indicators.html?i=dvk_models_total&k=year", "#provinces input")
    page.uncheck("#provinces input[value='cao-bang']")
    assert "Cao Bằng" not in dict(drawn(page))
    assert drawn(page) == page.evaluate(TABLED)
    again = told.open(page.url.removeprefix(told.address), "#rows tbody tr")
    assert "Cao Bằng" not in dict(drawn(again))


def test_each_value_leads_to_its_sentence(visit: Callable[..., Visit]) -> None:
    told = visit()
    page = told.open("indicators.html?i=dvk_models_total&k=year", "#rows a")
    page.click("#rows tbody tr:first-child a")
    page.wait_for_selector(".mark.target")
    assert page.inner_text(".mark.target") == "573"
    page = told.open("indicators.html?i=dvk_models_total&k=year", "#rows a")
    drawn(page)
    spot = page.evaluate("""() => { const chart = Chart.getChart('chart'); const at = chart.getDatasetMeta(0).data[1];
        const box = chart.canvas.getBoundingClientRect(); return [box.x + at.x, box.y + at.y]; }""")
    page.mouse.click(*spot)
    page.wait_for_selector("#point:not([hidden]) a")
    assert "Cao Bằng, năm 2022: 31 mô hình" in page.inner_text("#point")


def test_values_passed_over_are_shown_with_their_reason(visit: Callable[..., Visit]) -> None:
    page = visit().open("indicators.html?i=dvk_models_total&k=year", "#rows tbody tr")
    assert "999" not in page.inner_text("#rows")
    page.check("#others")
    passed = page.inner_text("#rows tr.passed")
    assert "999" in passed
    assert "khác giá trị được chọn" in passed


def test_a_state_at_the_end_of_a_year_stands_with_the_years(tmp_path: Path, visit: Callable[..., Visit]) -> None:
    tables = fakes.world()
    row = next(r for r in tables["indicators"] if r["chosen"] and r["province"] == "cao-bang" and r["value"] == 31)
    row["period_start"] = None
    folder = fakes.release(tmp_path, tables)
    build(folder, folder / "site")
    with serving(folder / "site") as (server, address):
        Thread(target=server.serve_forever, daemon=True).start()
        page = visit(base=address).open(f"indicators.html?i={row['indicator']}", "#rows tbody tr")
        assert page.input_value("#period") == "year"
        assert dict(drawn(page))["Cao Bằng"] == [30, 31, 32, 33]
        assert "đến 31/12/2022" in page.inner_text("#rows")
        server.shutdown()


def test_the_tile_map_shows_one_period(visit: Callable[..., Visit]) -> None:
    told = visit()
    page = told.open("indicators.html?i=dvk_models_total&k=year&c=map&w=2022", "#tiles button")
    assert page.is_hidden("#figure")
    shown = page.eval_on_selector_all("#tiles button", "all => all.map(b => [b.ariaLabel, Number(b.dataset.value)])")
    assert [amount for _, amount in shown] == [101, 31, 51]
    assert shown[0][0] == "Hà Giang: 101 mô hình"
    assert page.locator("#ranks li").all_text_contents() == [
        "Hà Giang 101 mô hình",
        "Tuyên Quang 51 mô hình",
        "Cao Bằng 31 mô hình",
    ]
    places = page.eval_on_selector_all(
        "#tiles .tile", "all => all.map(t => t.style.gridRow + '|' + t.style.gridColumn)"
    )
    assert len(places) == len(set(places))
    page.select_option("#when", "2025")
    assert page.get_attribute("#tiles button:has-text('Tuyên Quang')", "data-value") == "170.5"
    assert "w=2025" in page.url
    page.select_option("#view", "joined")
    page.select_option("#when", "2022")
    assert page.get_attribute("#tiles button:has-text('Tuyên Quang')", "data-value") == "152"


def test_a_tile_leads_to_its_sentence_by_keyboard(visit: Callable[..., Visit]) -> None:
    page = visit().open("indicators.html?i=dvk_models_total&k=year&c=map&w=2022&p=cao-bang", "#tiles button")
    page.focus("#tiles button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#point:not([hidden]) a")
    assert "Hà Giang (đến 30/6/2025), năm 2022: 101 mô hình" in page.inner_text("#point")
    assert page.evaluate("document.activeElement.dataset.key") == "2008|ha-giang"
    assert page.is_checked("#provinces input[value='2008|ha-giang']")
    page.check("input[name=chart][value=line]")
    assert set(dict(drawn(page))) == {"Cao Bằng", "Hà Giang (đến 30/6/2025)"}
    assert page.is_hidden("#map")


# --- the dictionary -------------------------------------------------------------------------------------------------


def test_the_dictionary_speaks_both_languages(visit: Callable[..., Visit]) -> None:
    page = visit().open("dictionary.html", "section.table")
    row = "tr:has(th[id='figures.alt_value'])"
    assert "Cách đọc còn lại khi dấu ngăn cách" in page.inner_text(row)
    assert "separator" not in page.inner_text(row)
    page.click("[data-language=en]")
    assert "The other reading of an ambiguous separator." in page.inner_text(row)
    assert "dấu ngăn cách" not in page.inner_text(row)
    page.fill("#word", "dau ngan cach")
    assert page.locator("section.table:visible tbody tr:visible th").all_inner_texts() == ["alt_value"]


def test_the_dictionary_is_filtered(visit: Callable[..., Visit]) -> None:
    page = visit().open("dictionary.html", "section.table")
    page.fill("#word", "separator")
    assert page.inner_text("#found") == "1 cột"
    assert page.locator("section.table:visible tbody tr:visible th").all_inner_texts() == ["alt_value"]
