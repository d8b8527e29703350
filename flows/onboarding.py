"""`tinhuy portals check` and `tinhuy portals new`: one live or saved page against what tinhuy knows.

Both fetch as a night does: robots.txt, politeness and the portal's own hosts only, into a data root that is thrown
away.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import tomli_w
from click import echo

from flows import settings
from flows.errors import TinhuyError
from spiders import registry
from spiders.fingerprint import Fingerprint, fingerprint
from spiders.registry import RegistryError
from spiders.run import CrawlJob, crawl_portal
from warehouse import ids
from warehouse.export import as_text_table
from warehouse.pages import RawPage
from warehouse.raw import Package
from warehouse.store import open_root

FEW: Final = {"pages": 30, "listing_pages": 1, "minutes": 5}
"""What a look at a portal may fetch."""
LINES: Final = 15
"""Lines of a new record, at most."""
_NO_SECTION: Final = re.compile(
    r"(?:^|/)(?:trang-chu|home|gioi-thieu|lien-he|co-cau|chuc-nang|so-do|sitemap|rss|tim-kiem|search|dang-nhap|login|tags?|tu-khoa|"
    r"quang-cao|toa-soan|lanh-dao|don-vi|phong-ban|english|en|khmer)(?:[-/.]|$)", re.IGNORECASE
)  # fmt: skip
SHOWN: Final = ("title", "lead", "author", "published_at", "published_on", "section", "tags", "text")


def check_portal(slug: str, base_url: str | None) -> int:
    """Fetch an article of a portal and print, field by field, what its layout still finds; 1 when it is not whole."""
    from flows.session import context_of
    from transforms.page import transform

    portal = settings.portal_named(settings.registered(), slug)
    with _fetched(slug, base_url, settings.load().registry) as (pages, told):
        article = next((page for page in pages if page.kind == "article" and page.status == 200), None)
    if article is None:
        echo(f"{slug}: no article came: {told}")
        return 1
    result = transform(article, context_of(portal))
    echo(f"{article.url}\n{result.outcome}, read by {result.layout or 'the generic way'}")
    row: Mapping[str, Any] = next(iter(result.tables.get("articles", ())), {})
    selectors = [(name, "yes" if found else "NO") for name, found in sorted(result.fields.items())]
    if selectors:
        echo("\n" + as_text_table(("selector", "works"), selectors), nl=False)
    echo("\n" + as_text_table(("field", "read"), [(name, _short(row.get(name))) for name in SHOWN], width=90), nl=False)
    if result.reason:
        echo(f"\nwhy: {result.reason}")
    wanted = "generic" if portal.family == "generic" and not portal.layouts else "layout"
    return 0 if result.outcome == "article" and row.get("extraction") == wanted else 1


def new_portal(
    slug: str, url: str, page: Path | None, province: str | None, into: Path, base_url: str | None = None
) -> int:
    """Write a record for a portal from what one page shows, and a test with that page that fails until it is right."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TinhuyError(f"{url!r} is not the http(s) address of a portal")
    ids.check_slug(slug)
    record = into / "spiders" / "portals" / f"{slug}.toml"
    saved = into / "tests" / "data" / "portals" / f"{slug}.html"
    test = into / "tests" / f"test_portal_{slug.replace('-', '_')}.py"
    if not record.parent.is_dir():
        raise TinhuyError(
            f"{into} is no checkout of tinhuy: it has no spiders/portals", "Run it there, or give --into."
        )
    for path in (record, saved, test):
        if path.exists():
            raise TinhuyError(f"{path} is there already", "Choose another slug, or edit that file.")
    address, body, headers = (url, page.read_bytes(), {}) if page is not None else _live(slug, url, base_url)
    try:
        seen = fingerprint(body, address, headers)
    except ValueError as error:
        raise TinhuyError(str(error), "Save an article of the portal as HTML and give it with --page.") from error
    facts = _facts(parts.scheme, address, parts.hostname, province, seen)
    record.write_text(_toml(facts), encoding="utf-8")
    try:
        registry.load(record.parent)
    except RegistryError:
        record.unlink()
        raise
    saved.parent.mkdir(parents=True, exist_ok=True)
    saved.write_bytes(body)
    way = "generic" if seen.family == "generic" else "layout"
    test.write_text(_TEST.format(slug=slug, address=address, name=saved.name, way=way), encoding="utf-8")
    for guess in seen.guesses[:3]:
        echo(f"{guess.family}: {guess.score} ({', '.join(guess.marks)})")
    echo(f"family {seen.family}\nwrote {record}\nwrote {saved}\nwrote {test}")
    echo(f"Complete the record and the test, then: pytest {test}")
    return 0


def _facts(scheme: str, address: str, host: str, province: str | None, seen: Fingerprint) -> dict[str, Any]:
    from transforms.provinces import successor

    facts: dict[str, Any] = {"name": _name(seen.site_name or "") or host, "host": host.removeprefix("www.")}
    if scheme == "http":
        facts["scheme"] = scheme
    if province is None:
        facts["central"] = True
    else:
        facts |= {"province": province, "province_now": successor(province) or province}
    facts["family"] = seen.family
    if seen.article:
        facts["article"] = seen.article
    if seen.feeds:
        facts["feeds"] = list(seen.feeds)[:3]
    how = "unknown" if seen.family == "generic" else "seen"
    facts["evidence"] = {"family": how, "article": "inferred", "lists": "inferred"}
    named = [
        (path, _name(text))
        for path, text in sorted(seen.sections, key=lambda row: row[0].rstrip("/").count("/"))
        if text and not address.endswith(path) and not _NO_SECTION.search(path)
    ]
    facts["sections"] = dict(named[: LINES - len(facts) - 2])
    return facts


def _name(text: str) -> str:
    """A printed name, mended where it was encoded twice."""
    from transforms.text import clean, repair_twice_encoded

    return clean(repair_twice_encoded(text)[0])


def _toml(facts: Mapping[str, Any]) -> str:
    """A record of at most `LINES` lines: one for each fact, the sections last."""
    lines = []
    for key, value in facts.items():
        if key == "evidence":
            grades = ", ".join(f'{name} = "{grade}"' for name, grade in value.items())
            lines.append(f"evidence = {{ {grades} }}\n")
        elif key == "feeds":
            lines.append(f"feeds = [{', '.join(_string(feed) for feed in value)}]\n")
        elif key != "sections":
            lines.append(tomli_w.dumps({key: value}))
    if facts["sections"]:
        lines.append("\n" + tomli_w.dumps({"sections": facts["sections"]}))
    return "".join(lines)


def _string(value: str) -> str:
    return tomli_w.dumps({"x": value}).removeprefix("x = ").rstrip("\n")


def _live(slug: str, url: str, base_url: str | None) -> tuple[str, bytes, Mapping[str, str]]:
    """The newest article that a portal without a record shows, else its first page."""
    parts = urlsplit(url)
    facts = {
        "name": slug,
        "host": (parts.hostname or "").removeprefix("www."),
        "scheme": parts.scheme,
        "central": True,
        "family": "generic",
        "evidence": {"family": "unknown", "article": "unknown"},
    }
    with tempfile.TemporaryDirectory(prefix="tinhuy-") as folder:
        (Path(folder) / f"{slug}.toml").write_text(tomli_w.dumps(facts), encoding="utf-8")
        with _fetched(slug, base_url, Path(folder)) as (pages, told):
            came = [page for page in pages if page.status == 200 and page.body and page.kind in ("article", "listing")]
    if not came:
        raise TinhuyError(f"nothing came from {url}: {told}", "Save an article as HTML and give it with --page.")
    best = min(came, key=lambda page: page.kind)  # articles before listings
    return best.final_url, best.body or b"", best.headers


@contextmanager
def _fetched(slug: str, base_url: str | None, records: Path | None) -> Iterator[tuple[list[RawPage], str]]:
    """A few pages of a portal, and how the crawl ended."""
    with tempfile.TemporaryDirectory(prefix="tinhuy-") as folder:
        root = open_root(create=True, address=Path(folder) / "root")
        crawl = ids.crawl_id(datetime.now(UTC), "nightly")
        outcome = crawl_portal(
            CrawlJob(str(root), slug, crawl, base_url=base_url, registry_dir=records, caps=FEW)
        )  # fmt: skip
        pages = list(Package(root, slug, crawl).pages())
        yield pages, outcome.message or outcome.failure_class or outcome.outcome


def _short(value: Any) -> str:
    return " ".join(str(value).split()) if value not in (None, "", []) else "-"


_TEST: Final = '''"""The saved page of {slug}: what a person reads on it."""

from datetime import UTC, datetime
from pathlib import Path

from flows.session import context_of
from spiders.registry import load
from transforms.page import transform
from warehouse.pages import RawPage

PAGE = Path(__file__).parent / "data" / "portals" / "{name}"
ADDRESS = {address!r}


def test_the_saved_page_reads_as_a_person_reads_it() -> None:
    portal = load()["{slug}"]
    url = portal.article_url(ADDRESS)
    assert url is not None, "the record's article pattern does not match the address of the page"
    page = RawPage(
        "{slug}", "20260101T000000Z-nightly", 0, "article", url, url, url, 200, datetime(2026, 1, 1, tzinfo=UTC),
        PAGE.read_bytes(),
    )  # fmt: skip
    result = transform(page, context_of(portal))
    (article,) = result.tables["articles"]
    assert article["extraction"] == "{way}"
    # Write here what stands on the page.
    assert article["title"] == ""
    assert article["lead"] == ""
    assert article["author"] == ""
    assert str(article["published_at"]) == ""
    assert article["text"].splitlines()[-1] == ""
'''
