"""`portals new` and `portals check`: a record and a failing test from one page, and a page against its layout."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from standin import Site, generate, portal_site, record, serve, truth

from flows.cli import cli
from spiders import registry

PAGES = {
    "baocantho_article.html": (
        "https://baocantho.com.vn/tap-trung-trien-khai-cac-dot-thanh-tra-kiem-tra-co-trong-tam-trong-diem-nhat-la-cac-"
        "linh-vuc-co-ng-a196670.html", "aid", "can-tho",
    ),
    "baolaocai_article.html": (
        "https://baolaocai.vn/song-dep-tu-nhung-dieu-gian-di-post404649.html", "mcms", "lao-cai",
    ),
    "sotttt_hanoi_list_shtd.html": ("https://sotttt.hanoi.gov.vn/shtd", "liferay", "ha-noi"),
    "tintaynguyen_home_mojibake.html": ("https://tintaynguyen.com/", "wordpress", None),
}  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "spiders" / "portals").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    return tmp_path


def new(checkout: Path, slug: str, url: str, page: Path, *more: str) -> str:
    done = CliRunner().invoke(
        cli, ["portals", "new", slug, "--url", url, "--page", str(page), "--into", str(checkout), *more],
        standalone_mode=False,
    )  # fmt: skip
    if done.exception is not None:
        raise done.exception
    return done.output


@pytest.mark.parametrize("name", PAGES)
def test_a_saved_page_gives_a_record_of_its_family(name: str, checkout: Path, shared: Path) -> None:
    url, family, province = PAGES[name]
    more = ("--province", province) if province else ()
    assert f"family {family}" in new(checkout, "mau", url, shared / "pages" / name, *more)
    text = (checkout / "spiders/portals/mau.toml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 15
    facts = tomllib.loads(text)
    assert (facts["family"], facts.get("province")) == (family, province)
    assert facts["sections"]
    assert not any(mark in text for mark in ("Ã", "áº", "á»")), "names that were encoded twice are mended"
    assert registry.load(checkout / "spiders/portals")["mau"].family == family
    assert (checkout / "tests/data/portals/mau.html").read_bytes() == (shared / "pages" / name).read_bytes()


def saved(site: Site, folder: Path) -> tuple[str, Path]:
    from urllib.parse import urlsplit

    from flows.demo.markup.base import Request

    url, _ = next(iter(truth(site)))
    answer = site.answer(Request("GET", urlsplit(url).path))
    assert isinstance(answer.body, bytes)
    (folder / "saved.html").write_bytes(answer.body)
    return url, folder / "saved.html"


def run_written_test(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test that was written, on the checkout that it was written into."""
    path = checkout / "tests" / "test_portal_mau.py"
    monkeypatch.setattr(registry, "default_directory", lambda: checkout / "spiders" / "portals")
    runpy.run_path(str(path))["test_the_saved_page_reads_as_a_person_reads_it"]()


def test_the_written_test_fails_until_it_says_what_stands_on_the_page(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = generate("nukeviet", 3, slug="mau")
    url, page = saved(site, checkout)
    new(checkout, "mau", url.replace("mau.invalid", "mau.invalid"), page)
    page.write_bytes(b"")  # the written test reads its own copy
    with pytest.raises(AssertionError):
        run_written_test(checkout, monkeypatch)
    _, article = next(iter(truth(site)))
    path = checkout / "tests" / "test_portal_mau.py"
    text = path.read_text(encoding="utf-8")
    for name, value in (("title", article.title), ("lead", article.lead), ("author", article.author)):
        text = text.replace(f'assert article["{name}"] == ""', f'assert article["{name}"] == {value!r}')
    text = text.replace(
        'str(article["published_at"]) == ""', f'str(article["published_at"]) == "{article.published_at}"'
    )
    text = text.replace('splitlines()[-1] == ""', f"splitlines()[-1] == {article.text.splitlines()[-1]!r}")
    path.write_text(text, encoding="utf-8")
    run_written_test(checkout, monkeypatch)


def test_nothing_is_written_over_and_a_page_that_is_none_writes_nothing(checkout: Path) -> None:
    from flows.errors import TinhuyError

    url, page = saved(generate("nukeviet", 2, slug="mau"), checkout)
    url = url.replace("mau.invalid", "mau.invalid")
    new(checkout, "mau", url, page)
    with pytest.raises(TinhuyError, match="is there already"):
        new(checkout, "mau", url, page)
    (checkout / "empty.html").write_bytes(b"")
    with pytest.raises(TinhuyError, match="not an HTML page"):
        new(checkout, "khac", url, checkout / "empty.html")
    assert not list(checkout.rglob("*khac*"))
    with pytest.raises(TinhuyError, match="no checkout"):
        new(checkout / "tests", "khac", url, page)


@pytest.mark.parametrize("broken", [False, True])
def test_check_says_field_by_field_what_the_layout_finds(
    broken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from standin.faults import apply

    site = generate("nukeviet", 3, slug="mau")
    (tmp_path / "mau.toml").write_text(record(site), encoding="utf-8")
    monkeypatch.setenv("TINHUY_PORTALS", str(tmp_path))
    if broken:
        apply(site, "redesign")
    with serve([site]) as urls:
        done = CliRunner().invoke(cli, ["portals", "check", "mau", "--base-url", urls["mau"]], standalone_mode=False)
    assert done.exception is None, done.exception
    assert done.return_value == (1 if broken else 0)
    assert ("NO" in done.output) == broken
    for field in ("title", "lead", "author", "published_at", "section", "tags", "text"):
        assert field in done.output
    assert any(article.title in done.output for _, article in truth(site))


# ---- a live site, on loopback

LIVE = [
    ("thainguyen-dcs", "nukeviet", "layout"),
    ("tinhuytthue", "generic", "generic"),
    *(
        pytest.param(slug, family, "layout", marks=pytest.mark.slow)
        for slug, family in (
            ("baohagiang", "file-uuid"),
            ("baocantho", "aid"),
            ("baolaocai", "mcms"),
            ("vpcp", "vccorp"),
        )
    ),
]


@pytest.mark.parametrize(("slug", "family", "way"), LIVE)
def test_a_live_site_gives_a_record_that_loads_and_a_test_that_waits_for_a_person(
    slug: str, family: str, way: str, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = registry.load()[slug]
    site = portal_site(known, 8, design=5)
    args = ["--url", f"{known.scheme}://{known.host}/", "--into", str(checkout)]
    with serve([site]) as urls:
        done = CliRunner().invoke(
            cli, ["portals", "new", "mau", *args, "--base-url", urls[slug]], standalone_mode=False
        )
    assert done.exception is None, done.exception
    assert f"family {family}" in done.output
    text = (checkout / "spiders/portals/mau.toml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 15
    record_written = registry.load(checkout / "spiders/portals")["mau"]
    assert (record_written.family, record_written.host, record_written.name) == (family, known.host, known.name)
    assert record_written.evidence.family == ("unknown" if family == "generic" else "seen")
    assert not any("tag" in path or "tu-khoa" in path for path in record_written.sections)
    path = checkout / "tests" / "test_portal_mau.py"
    source = path.read_text(encoding="utf-8")
    origin = site.markup.facts.origin
    (article,) = [article for url, article in truth(site) if f"ADDRESS = {url!r}" in source]
    assert all(record_written.article_url(url) == url for url, _ in truth(site))
    assert origin in source
    # It fails because nobody has written down what the page says, and for nothing else …
    with pytest.raises(AssertionError) as failed:
        run_written_test(checkout, monkeypatch)
    line = source.splitlines()[failed.traceback[-1].lineno]
    assert line == '    assert article["title"] == ""'
    assert f'article["extraction"] == "{way}"' in source
    # … and passes once that is done.
    row = {"title": article.title, "lead": article.lead, "author": article.author}
    for name, value in row.items():
        source = source.replace(f'assert article["{name}"] == ""', f'assert article["{name}"] == {value!r}')
    source = source.replace(
        'str(article["published_at"]) == ""', f'str(article["published_at"]) == "{article.published_at}"'
    )
    source = source.replace('splitlines()[-1] == ""', f"splitlines()[-1] == {article.text.splitlines()[-1]!r}")
    path.write_text(source, encoding="utf-8")
    run_written_test(checkout, monkeypatch)


def test_a_live_site_that_does_not_answer_writes_nothing(checkout: Path) -> None:
    from flows.errors import TinhuyError

    done = CliRunner().invoke(
        cli,
        ["portals", "new", "mau", "--url", "https://mau.invalid/", "--base-url", "http://127.0.0.1:9", "--into",
         str(checkout)], standalone_mode=False,
    )  # fmt: skip
    assert isinstance(done.exception, TinhuyError)
    assert "nothing came from https://mau.invalid/" in str(done.exception)
    assert not list(checkout.rglob("*mau*"))


@pytest.mark.parametrize(("slug", "way"), [
    ("baocantho", "layout"),
    pytest.param("baolaocai", "layout", marks=pytest.mark.slow),
    pytest.param("baohagiang", "layout", marks=pytest.mark.slow),
    pytest.param("tinhuytthue", "generic", marks=pytest.mark.slow),
])  # fmt: skip
def test_check_of_a_live_site_names_the_way_and_every_field(slug: str, way: str) -> None:
    site = portal_site(registry.load()[slug], 6)
    with serve([site]) as urls:
        done = CliRunner().invoke(cli, ["portals", "check", slug, "--base-url", urls[slug]], standalone_mode=False)
    assert done.exception is None, done.exception
    assert "generic way" in done.output if way == "generic" else "the generic way" not in done.output
    assert "NO" not in done.output
    assert any(article.title in done.output for _, article in truth(site))
    assert done.return_value == 0
