"""The stand-in portals themselves: that every answer is what a test of the crawler takes it for."""

from __future__ import annotations

import gzip
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from standin import (
    FAULTS,
    Log,
    OldAddresses,
    Served,
    Site,
    apply,
    forbidden_site,
    generate,
    load,
    load_sites,
    nation,
    newsroom_site,
    portal_site,
    record,
    truth,
    write_warc,
)
from standin.faults import MEBIBYTE, STUB, redesigned, victims
from standin.papers import Paper
from standin.shapes import Shape

from flows.demo.content import slugify
from flows.demo.markup import FAMILIES
from flows.demo.markup.base import Answer, Request
from flows.demo.markup.nukeviet import month_for_minutes

OWN = ("file-uuid", "nukeviet", "sharepoint", "danvan")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def fetch(url: str, *, form: dict[str, str] | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers (names in lower case) and body, redirects not followed."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, urlencode(form).encode() if form is not None else None, sent)
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    try:
        answer = opener.open(request, timeout=20)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status or 0, {k.lower(): v for k, v in answer.headers.items()}, answer.read()


def ask(site: Site, address: str) -> Answer:
    """Return a site's answer without a socket."""
    parts = urlsplit(address)
    return site.answer(Request("GET", parts.path, dict(parse_qsl(parts.query))))


def page_of(site: Site, address: str) -> str:
    """Return the page at an address with entities decoded (twice where an editor escapes twice) and blanks plain."""
    body = ask(site, address).body
    assert isinstance(body, bytes)
    return " ".join(unescape(body.decode()).split())


# ---- the texts


def every_article() -> Iterator[Any]:
    for slug, (_, articles) in load().items():
        for article in articles:
            yield pytest.param(slug, article, id=f"{slug}-{article.section}-{article.id}")


def test_samples_are_enough_for_a_demo() -> None:
    found = load()
    articles = [a for _, rows in found.values() for a in rows]
    assert len(articles) >= 33
    assert len({facts.family for facts, _ in found.values()}) >= 3
    assert all(facts.host.endswith(".invalid") for facts, _ in found.values())
    assert sum(a.published_at is None for a in articles) >= 5
    assert sum(bool(a.tables) for a in articles) >= 3
    assert sum(len(a.captions) for a in articles) >= 12
    assert sum(len(a.attachments) for a in articles) >= 5
    years = {a.published_at.year for a in articles if a.published_at}
    assert years >= {2022, 2023, 2024, 2025}


@pytest.mark.parametrize(("slug", "article"), list(every_article()))
def test_sample_text_is_clean(slug: str, article: Any) -> None:
    for line in article.text.split("\n"):
        assert line == " ".join(line.split())
        assert '"' not in line
    assert len(article.paragraphs) >= 4
    by_fields = ("dvk_models_economy", "dvk_models_culture_social", "dvk_models_security", "dvk_models_politics")
    rows: dict[int, dict[str, float]] = {}
    for row in article.indicators:
        rows.setdefault(row["year"], {})[row["indicator"]] = row["value"]
        printed = f"{row['value']:,}".replace(",", "_").replace(".", ",").replace("_", ".")
        assert printed in article.text
    for values in rows.values():
        if "dvk_models_total" in values and by_fields[0] in values:
            assert sum(values[field] for field in by_fields) == values["dvk_models_total"]


def test_one_text_stands_on_two_portals() -> None:
    found = load()
    original = next(a for a in found["tinhuykinhbac"][1] if a.id == 2871)
    copy = next(a for a in found["danvandatviet"][1] if a.id == 14803)
    assert copy.credited_source == found["tinhuykinhbac"][0].host
    assert set(copy.paragraphs) < set(original.paragraphs)
    assert copy.title != original.title


# ---- the pages


@pytest.mark.parametrize("site", load_sites(), ids=lambda s: s.slug)
def test_article_pages_hold_what_the_truth_says(site: Site) -> None:
    for url, article in truth(site):
        text = page_of(site, url.removeprefix(site.markup.facts.origin))
        for line in (article.title, *article.paragraphs, *article.captions, *article.tags):
            assert line in text
        for line in filter(None, (article.lead, article.author_field, article.source_field, *article.byline)):
            assert line in text
        for table in article.tables:
            assert all(cell in text for row in table.rows for cell in row)
        for attachment in article.attachments:
            assert attachment.name in text


@pytest.mark.parametrize("site", load_sites(), ids=lambda s: s.slug)
def test_other_addresses_lead_to_the_article(site: Site) -> None:
    for url, article in truth(site):
        for address in site.markup.also_at(article):
            answer = ask(site, address)
            if answer.status in (301, 302):
                assert answer.headers["Location"] == url
            else:
                assert answer.status == 200
                assert article.paragraphs[0] in page_of(site, address)


@pytest.mark.parametrize("family", [f for f in OWN if f != "sharepoint"])
def test_listings_show_every_article_once(family: str) -> None:
    site = generate(family, 53, page_size=7)
    markup = site.markup
    paths = {"file-uuid": "/{}?page={}", "nukeviet": "/news/{}/page-{}/", "danvan": "/Home/{}/trang-{}"}
    seen: list[str] = []
    for section in markup.facts.sections:
        for number in range(1, markup.page_count(section.slug) + 1):
            path = paths[family].format(section.slug, number)
            text = page_of(site, path.replace("page-1/", ""))
            seen += [url for url, a in truth(site) if a.section == section.slug and _links(text, url, site)]
    assert len(seen) == len(set(seen)) == 53


def _links(text: str, url: str, site: Site) -> bool:
    """Whether a listing's own items (not the side list) link to `url`."""
    main = text.split('class="list-most"')[0].split("block_groups")[0]
    path = url.removeprefix(site.markup.facts.origin)
    return f'"{path}"' in main or f'"{url}"' in main


def test_undated_portal_prints_only_the_day_of_viewing() -> None:
    site = next(s for s in load_sites() if s.slug == "danvandatviet")
    for url, _ in truth(site):
        answer = ask(site, url.removeprefix(site.markup.facts.origin))
        assert answer.modified is None
        assert '<span id="lblNgay">Thứ Năm, 20/11/2025</span>' in page_of(site, urlsplit(url).path)


def test_nukeviet_dates_are_wrong_where_its_source_is_wrong() -> None:
    site = next(s for s in load_sites() if s.slug == "tinhuykinhbac")
    article = site.markup.catalogue.get(2117)
    assert article is not None
    assert article.published_at is not None
    assert month_for_minutes(article.published_at) == "Tue, 20 Dec 2022 01:12:00 GMT"
    page = page_of(site, site.markup.address(article))
    assert 'article:published_time" content="2022-12-20+0708:30:00"' in page
    assert 'itemprop="datePublished">2022-12-21T14:02:11+07:00<' in page
    assert '<span class="h5">Thứ ba - 20/12/2022 08:30</span>' in page
    sitemap = ask(site, "/sitemap-vi.news.xml").body
    assert isinstance(sitemap, bytes)
    assert b"<lastmod>2022-12-20T08:30:00+07:00</lastmod>" in sitemap


@pytest.mark.parametrize(
    ("slug", "path"),
    [
        ("baovungcao", "/rss/home.rss"),
        ("tinhuykinhbac", "/news/rss/"),
        ("tinhuykinhbac", "/sitemap.xml"),
        ("tinhuykinhbac", "/sitemap-vi.news.xml"),
    ],
)
def test_feeds_and_sitemaps_are_xml(slug: str, path: str) -> None:
    site = next(s for s in load_sites() if s.slug == slug)
    body = ask(site, path).body
    assert isinstance(body, bytes)
    assert len(ElementTree.fromstring(body).findall(".//*")) >= 2  # noqa: S314


def call_api(base: str, **fields: str) -> dict[str, Any]:
    form = {"do": "QUERYDATA", "fieldOrder": "CreatedDate", "ascending": "desc", **fields}
    status, _, body = fetch(f"{base}/APIVP/api/DSTinTuc/QUERYDATA", form=form)
    assert status == 200
    answer: dict[str, Any] = json.loads(body)
    return answer


def test_api_pages_and_keeps_ids_per_list(serving: Callable[..., Served]) -> None:
    served = serving(*(s for s in load_sites() if s.slug == "congsonglo"))
    base = served["congsonglo"]
    news = call_api(base, UrlList="/ct/cms/tintuc/Lists/ThoiSuChinhTri", start="0", length="3")
    rest = call_api(base, UrlList="/ct/cms/tintuc/Lists/ThoiSuChinhTri", start="3", length="3")
    life = call_api(base, UrlList="/ct/cms/tintuc/Lists/VanHoaXaHoi", start="0", length="50")
    ids = [r["ID"] for r in news["data"] + rest["data"]]
    assert ids == [10042, 9866, 9527, 9104]
    assert {r["ID"] for r in life["data"]} == {8655, 9104, 9310, 9955, 8690, 8712}
    assert life["recordsTotal"] == 6
    row = next(r for r in life["data"] if r["ID"] == 9104)
    assert row["CreatedDate"] == "2024-12-18T14:22:09"
    assert "##" in row["Title"]
    assert "<p " in unescape(row["ContentNews"])
    assert "&lt;p " in row["ContentNews"]
    assert call_api(base, UrlList="/ct/cms/tintuc/Lists/KhongCo", start="0", length="5")["data"] == []


# ---- the server


@pytest.fixture
def one(serving: Callable[..., Served]) -> tuple[Site, str]:
    """Serve one generated newspaper of 30 articles: the site and its base address."""
    site = generate("file-uuid", 30, slug="mot")
    return site, serving(site)["mot"]


def test_conditional_requests(one: tuple[Site, str]) -> None:
    site, base = one
    url = base + victims(site)[0]
    status, headers, body = fetch(url)
    assert status == 200
    assert parsedate_to_datetime(headers["last-modified"]).tzinfo == UTC
    assert fetch(url, If_None_Match=headers["etag"])[0] == 304
    assert fetch(url, If_None_Match='"other"')[2] == body
    assert fetch(url, If_Modified_Since=headers["last-modified"])[0] == 304
    assert fetch(url, If_Modified_Since="Sun, 01 Jan 2023 00:00:00 GMT")[0] == 200
    site.markup.catalogue.edit(site.markup.catalogue.page(None, 0, 1)[0].id)  # type: ignore[attr-defined]
    assert fetch(url, If_None_Match=headers["etag"])[0] == 200


def test_gzip_head_and_404(one: tuple[Site, str]) -> None:
    site, base = one
    url = base + victims(site)[0]
    plain = fetch(url)[2]
    _, headers, packed = fetch(url, Accept_Encoding="gzip, deflate")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    assert "content-encoding" not in fetch(url, Accept_Encoding="gzip;q=0")[1]
    host = urlsplit(base)
    connection = HTTPConnection(str(host.hostname), host.port)
    connection.request("HEAD", victims(site)[0])
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.request("GET", "/khong-co")  # the connection is kept
    answer = connection.getresponse()
    assert answer.status == 404
    assert "Trang bạn tìm không tồn tại" in answer.read().decode()
    connection.close()


def test_a_taken_port_is_an_error(serving: Callable[..., Served]) -> None:
    served = serving(generate("danvan", 1, slug="mot"))
    with pytest.raises(OSError, match="in use"):
        serving(generate("danvan", 1, slug="hai"), port=int(served["mot"].rpartition(":")[2]))


# ---- generated sites


@pytest.mark.parametrize("family", OWN)
def test_generated_articles_are_stable_and_distinct(family: str) -> None:
    first, again = (list(truth(generate(family, 120))) for _ in range(2))
    other = list(truth(generate(family, 120, seed=2)))
    assert first == again
    assert len({url for url, _ in first}) == len({a.text for _, a in first}) == 120
    assert not {a.text for _, a in first} & {a.text for _, a in other}
    assert all(1500 < len(a.text) < 3500 for _, a in first)


@pytest.mark.parametrize("family", OWN)
def test_heavy_pages_weigh_what_real_ones_do(family: str) -> None:
    site = generate(family, 40, heavy=True)
    sizes = [len(bytes(ask(site, a).body)) for a in victims(site, 10)]  # type: ignore[arg-type]
    assert 45_000 < sum(sizes) / len(sizes) < 60_000


@pytest.mark.parametrize("family", OWN)
def test_nights(family: str) -> None:
    site = generate(family, 40)
    catalogue = site.markup.catalogue
    edited, gone = catalogue.page(None, 4, 1)[0], catalogue.page(None, 9, 1)[0]
    page = ask(site, site.markup.address(edited)).body
    catalogue.publish(3)  # type: ignore[attr-defined]
    catalogue.edit(edited.id, edited.section)  # type: ignore[attr-defined]
    catalogue.vanish(gone.id, gone.section)  # type: ignore[attr-defined]
    assert len(list(truth(site))) == catalogue.count() == 42
    assert ask(site, site.markup.address(edited)).body != page
    assert ask(site, site.markup.address(gone)).status == 404
    assert gone.id not in [a.id for a in catalogue.page(gone.section, 0, 50)]
    assert sum(catalogue.count(s.slug) for s in site.markup.facts.sections) == 42


def test_newsroom_nights() -> None:
    site = newsroom_site("baovungcao")
    catalogue = site.markup.catalogue
    before = catalogue.count()
    new = catalogue.edit(33120)  # type: ignore[attr-defined]
    catalogue.vanish(34870)  # type: ignore[attr-defined]
    assert catalogue.count() == before - 1
    assert new.edited_at > new.created_at
    assert new.paragraphs[-1] in page_of(site, site.markup.address(new))


@pytest.mark.parametrize("family", OWN)
def test_records_load(family: str, tmp_path: Any) -> None:
    from spiders.registry import load as load_records

    site = generate(family, 3, slug="mau1")
    (tmp_path / "mau1.toml").write_text(record(site), encoding="utf-8")
    portal = load_records(tmp_path)["mau1"]
    for url, _ in truth(site):
        assert portal.article_url(url) == url


# ---- faults


def test_every_fault_hangs(serving: Callable[..., Served]) -> None:
    values = {
        "503-every": "3",
        "500-every": "3",
        "429-first": "2",
        "429-wait": "1",
        "drop-every": "3",
        "slow": "0.01",
        "api-max": "2",
    }
    for name in FAULTS:
        site = apply(generate("sharepoint" if name == "api-max" else "file-uuid", 9), f"{name}={values.get(name, '')}")
        assert site.hooks or site.tls or not site.listening or site.markup.catalogue.count() != 9 or name == "api-max"
    with pytest.raises(ValueError, match="no such fault"):
        apply(generate("danvan", 1), "rain")


def faulty(serving: Callable[..., Served], *faults: str, family: str = "file-uuid") -> tuple[Site, str]:
    site = apply(generate(family, 12, slug="mot"), *faults)
    return site, serving(site)["mot"]


def test_errors_by_count(serving: Callable[..., Served]) -> None:
    _, base = faulty(serving, "503-every=3")
    assert [fetch(base + "/")[0] for _ in range(6)] == [200, 200, 503, 200, 200, 503]
    _, base = faulty(serving, "429-first=2")
    answers = [fetch(base + "/") for _ in range(3)]
    assert [a[0] for a in answers] == [429, 429, 200]
    assert answers[0][1]["retry-after"] == "1"


def test_dropped_bodies(serving: Callable[..., Served]) -> None:
    _, base = faulty(serving, "drop-every=2")
    assert fetch(base + "/")[0] == 200
    with pytest.raises((IncompleteRead, ConnectionError)):
        fetch(base + "/")


def test_stub_and_down(serving: Callable[..., Served]) -> None:
    _, base = faulty(serving, "stub")
    assert fetch(base + "/thoi-su")[2] == STUB
    assert 160 < len(STUB) < 220
    _, base = faulty(serving, "down")
    with pytest.raises(urllib.error.URLError):
        fetch(base + "/")


def test_ways_out(serving: Callable[..., Served]) -> None:
    log = Log()
    trap = serving(forbidden_site(), log=log)["forbidden"]
    site = generate("nukeviet", 12, slug="mot")
    apply(site, "redirect-out") if not trap else apply(site, "redirect-out", trap=trap)
    base = serving(site)["mot"]
    places = [fetch(base + v)[1]["location"] for v in victims(site, 4)]
    assert places[0] == trap
    assert trap.startswith("http://127.0.0.2:")
    assert all(urlsplit(p).hostname in ("metadata.invalid", "::1", None) for p in places[1:])
    assert log.rows == []
    assert fetch(trap)[0] == 200
    assert len(log.rows) == 1


def test_pages_without_end(serving: Callable[..., Served]) -> None:
    site, base = faulty(serving, "huge")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(base + victims(site)[0], timeout=20) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.read(300_000)) == 300_000
    site, base = faulty(serving, "big=30")
    assert len(fetch(base + victims(site)[0])[2]) > 30 * MEBIBYTE


@pytest.mark.parametrize(
    ("fault", "holds"),
    [
        ("zero", lambda status, headers, body: (status, body) == (200, b"")),
        (
            "binary",
            lambda status, headers, body: (
                body.startswith(b"\x89PNG") and headers["content-type"].startswith("text/html")
            ),
        ),
        (
            "charset",
            lambda status, headers, body: "iso-8859-1" in headers["content-type"] and b"charset=iso-8859-1" in body,
        ),
        ("mojibake", lambda status, headers, body: "Ä\x91".encode() in body or "á»".encode() in body),
        ("deep", lambda status, headers, body: body.count(b"<div>") == 20_000),
        ("redirect-loop", lambda status, headers, body: status == 302),
    ],
)
def test_bad_pages(serving: Callable[..., Served], fault: str, holds: Callable[..., bool]) -> None:
    site, base = faulty(serving, fault)
    assert holds(*fetch(base + victims(site)[0]))
    others = "charset", "mojibake"
    if fault not in others:
        assert fetch(base + victims(site, 2)[1])[0] == 200


def test_redesign_leaves_the_text(serving: Callable[..., Served]) -> None:
    site, base = faulty(serving, "redesign")
    article = site.markup.catalogue.page(None, 0, 1)[0]
    page = fetch(base + victims(site)[0])[2].decode()
    assert "article_content" not in page
    assert "media-heading" not in page
    assert unescape(article.paragraphs[0])[:40] in unescape(page).replace("\xa0", " ")
    assert (
        redesigned(Answer(b'<h1 class="a" id="b">x</h1>')).body
        == redesigned(Answer(b'<h1 class="a" id="b">x</h1>')).body
    )


def test_endless_calendar_and_pages(serving: Callable[..., Served]) -> None:
    _, base = faulty(serving, "calendar")
    assert b'href="/lich/2025/11"' in fetch(base + "/")[2]
    assert b'href="/lich/2026/1"' in fetch(base + "/lich/2025/12")[2]
    site, base = faulty(serving, "endless-pages")
    assert b"?page=8001" in fetch(base + "/thoi-su?page=8000")[2]
    assert fetch(base + victims(site)[0])[0] == 200


def test_api_faults(serving: Callable[..., Served]) -> None:
    site, base = faulty(serving, "api-max=2", family="sharepoint")
    path = f"/ct/cms/tintuc/Lists/{site.markup.facts.sections[0].slug}"
    assert len(call_api(base, UrlList=path, start="0", length="50")["data"]) == 2
    site, base = faulty(serving, "api-broken=html", family="sharepoint")
    assert fetch(f"{base}/APIVP/api/DSTinTuc/QUERYDATA", form={"do": "QUERYDATA"})[2].startswith(b"<html>")


@pytest.mark.parametrize(("fault", "message"), [("tls", "self.signed"), ("tls-expired", "self.signed|expired")])
def test_certificates(serving: Callable[..., Served], fault: str, message: str) -> None:
    _, base = faulty(serving, fault)
    assert base.startswith("https://127.0.0.1:")
    with pytest.raises(urllib.error.URLError, match=message):
        fetch(base + "/")
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=careless), urllib.request.ProxyHandler({}))
    with opener.open(base + "/", timeout=20) as answer:
        assert answer.status == 200


# ---- the nation

RECORD = """name = "Cổng {slug}"
host = "{slug}.invalid"
central = true
family = "{family}"
{more}
evidence = {{ family = "seen", article = "seen", lists = "seen" }}
"""


def synthetic(folder: Path) -> Path:
    """Write a record for every family, and eight of unknown family, with the address patterns that real ones have."""
    from spiders.families import FAMILIES as KNOWN

    more = {"file-uuid": r"article = '/[^/?]+/\d{6}/[^/?]+-[0-9a-f]{7}/'"}
    for family in KNOWN:
        for number in range(8 if family == "generic" else 1):
            slug = f"mau{family.replace('-', '')}{number}"
            text = RECORD.format(slug=slug, family=family, more=more.get(family, ""))
            (folder / f"{slug}.toml").write_text(text, encoding="utf-8")
    return folder


def test_nation_answers_at_addresses_that_records_accept(tmp_path: Path) -> None:
    from spiders.registry import load as load_records

    for folder in (synthetic(tmp_path), None):
        portals = load_records(folder)
        sites = nation(portals, count=12)
        assert [s.slug for s in sites] == sorted(portals)
        for site in sites:
            assert site.markup.facts.host == portals[site.slug].host
            for url, article in truth(site):
                assert portals[site.slug].article_url(url) == url
                answer = ask(site, url.removeprefix(site.markup.facts.origin))
                assert answer.status == 200
                text = page_of(site, url.removeprefix(site.markup.facts.origin))
                assert article.title in text or json.dumps(article.title, ensure_ascii=False) in text
                assert ask(site, "/khong-co-trang-nay-dau-1x").status == 404


def test_nation_prints_all_text(tmp_path: Path) -> None:
    from spiders.registry import load as load_records

    for site in nation(load_records(synthetic(tmp_path)), count=6):
        for url, article in truth(site):
            text = page_of(site, url.removeprefix(site.markup.facts.origin)).replace('\\"', '"').replace("\\u003c", "<")
            for line in (article.title, article.lead or "", *article.paragraphs, *article.captions, *article.byline):
                assert line in text


@pytest.mark.parametrize("family", ["mcms", "aid", "wordpress", "easydnn", "joomla-k2", "liferay", "next", "generic"])
def test_nation_lists_every_article_once(family: str, tmp_path: Path) -> None:
    from spiders.registry import load as load_records

    slug = f"mau{family.replace('-', '')}0"
    site = portal_site(load_records(synthetic(tmp_path))[slug], 31, page_size=7)
    markup = site.markup
    assert isinstance(markup, Paper)
    seen: list[str] = []
    for section in markup.facts.sections:
        for number in range(1, markup.page_count(section.slug) + 1):
            text = page_of(site, markup.page_path(section.slug, number)).split("<aside")[0]
            seen += [url for url, a in truth(site) if markup.address(a) in text and a.section == section.slug]
    assert len(seen) == len(set(seen)) == 31


def test_old_addresses_lead_to_new_ones(tmp_path: Path) -> None:
    from spiders.registry import load as load_records

    site = portal_site(load_records(synthetic(tmp_path))["maufileuuid0"], 9)
    old = Shape("/{section}/{slug}-{id}.html")
    site.hooks.append(OldAddresses(site, old))
    for url, article in truth(site):
        assert url.endswith(f"-{article.id:07x}/")
        answer = ask(site, old.address(article, article.section))
        assert (answer.status, answer.headers["Location"]) == (301, url)
        assert ask(site, urlsplit(url).path).status == 200


def test_archives_hold_the_pages(tmp_path: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator

    site = generate("nukeviet", 5, slug="mot")
    file = tmp_path / "mot.warc.gz"
    assert write_warc(file, site, datetime(2024, 5, 19, 3, 0, tzinfo=UTC)) == 5
    with file.open("rb") as stream:
        kept = {
            record.rec_headers.get_header("WARC-Target-URI"): record.content_stream().read()
            for record in ArchiveIterator(stream)
            if record.rec_type == "response"
        }
    assert kept == {url: ask(site, urlsplit(url).path).body for url, _ in truth(site)}


def test_families_cover_the_samples() -> None:
    assert set(OWN) <= set(FAMILIES)
    assert slugify("Đưa “Dân vận khéo” về bản", keep_case=True) == "Dua-Dan-van-kheo-ve-ban"
