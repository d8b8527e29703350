"""Hostile input where it comes in: answers that spiders read, arguments, links in the data root.

What pages do to rows is in `test_fuzz.py` and `test_transforms_page.py`; addresses, records, archives, spreadsheets and
report pages have their tables in tests of their own. `docs/reliability.md` says which.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fuzz.mutate import mutant
from standin import generate

from flows import cli
from flows.demo.site import Request
from spiders import feeds, fingerprint, guards, links, registry
from spiders.sharepoint_api import ApiWalk
from warehouse import ledger, locks, raw, release
from warehouse.addresses import AddressRules
from warehouse.raw import PackageWriter
from warehouse.store import DataRootError, open_root

RULES = AddressRules("https", "mau.invalid", (), r"/[^?]+\d+[^?]*")
MUTANTS = 60
SLOWEST = 5.0
"""Seconds of processor time that an answer may take, as for pages."""
DEEP = b"[" * 100_000
API: list[bytes] = [
    DEEP, b'{"data":' * 50_000, b'{"data": ' + b"9" * 5000 + b"}", b'{"data": [' + b"1e999," * 999 + b"NaN]}",
    b'{"data": null}', b"null", b"[]", b'"data"', b"", b"\xff\xfe{\x00", b'{"data": {"ID": 1}}',
    b'{"data": [1, "x", null, [], {}]}', b'{"data": [{"ID": true}, {"ID": -1}, {"ID": 1.5}, {"ID": "1/../../x"}]}',
    json.dumps({"data": [{"ID": "\ud800", "Title": "\x00\u202e=1+1", "CreatedDate": [1], "ContentNews": {}}]}).encode(),
    json.dumps({"data": [{"ID": 10**400, "Title": "x" * 10**6}]}).encode(),
]  # fmt: skip


def answers(family: str) -> dict[str, bytes]:
    """What a stand-in of a family answers besides articles: home page, a listing, feed and sitemap."""
    site = generate(family, 12, slug="mau")
    found = {}
    for path in ("/", f"/{site.markup.facts.sections[0].slug}", "/rss/home.rss", "/sitemap.xml", "/vi/news/rss/"):
        answer = site.markup.answer(Request("GET", path))
        if answer is not None and isinstance(answer.body, bytes) and answer.status == 200:
            found[path] = answer.body
    return found


def read_all(body: bytes) -> None:
    """Everything that a spider does with bytes before it stores them."""
    list(feeds.feed_items(body))
    list(feeds.sitemap_entries(body))
    feeds.looks_like_feed(body)
    feeds.looks_like_sitemap(body)
    guards.is_challenge(body, {})
    guards.is_soft_404(body)
    guards.declares_empty(body)
    with suppress(ValueError):  # it says so of what is no page
        fingerprint.fingerprint(body, "https://mau.invalid/", {})
    root = links.parse_html(body)
    if root is not None:
        page = links.page_links(root, "https://mau.invalid/tin?page=2", RULES, embedded=True)
        for link in page.articles:
            assert link.url.startswith("https://mau.invalid/"), link
        links.canonical_link(root, "https://mau.invalid/tin", RULES)


@pytest.mark.parametrize("family", ["nukeviet", "file-uuid", "danvan", "sharepoint"])
def test_listings_feeds_and_sitemaps_are_read_without_trust(family: str) -> None:
    rng = random.Random(f"hostile {family}")  # noqa: S311 - not for secrets
    found = list(answers(family).values())
    assert found
    for number in range(MUTANTS):
        body, names = mutant(rng.choice(found), rng)
        begun = time.process_time()
        read_all(body)
        assert time.process_time() - begun < SLOWEST, f"{family} {number} {names}"


@pytest.fixture
def walk() -> tuple[ApiWalk, Any]:
    portal = next(portal for portal in registry.load().values() if portal.api is not None)
    assert portal.api is not None
    made = ApiWalk(portal.api, portal, portal.address_rules())
    return made, made.first()[0]


@pytest.mark.parametrize("body", API, ids=range(len(API)))
def test_answers_of_an_api_are_rows_or_none(body: bytes, walk: tuple[ApiWalk, Any]) -> None:
    api, task = walk
    rows = api.read(task, body)
    for row in rows or ():
        api.keep(row)
        assert row.url is None or row.url.startswith(("https://", "http://"))
        assert ".." not in (row.url or "")
    list(api.originals())


NAMES = [
    "../../etc/passwd", "..", ".", "/etc", "a/b", "BaoHaGiang", "bao\x00ha", "bao\nha", "bao\u202eha", "bа\u043eha",
    "\udcff", "x" * 5000, "$(id)", "'; drop table articles; --", "--keep", "{portal}", "%2e%2e%2f", "C:\\x",
]  # fmt: skip
COMMANDS: list[Callable[[str], tuple[str, ...]]] = [
    lambda name: ("nightly", "--", name),
    lambda name: ("rebuild", "--", name),
    lambda name: ("rollback", "--", name),
    lambda name: ("diagnose", "--", name),
    lambda name: ("backfill", "--from", "2024-01-01", "--to", "2024-01-02", "--", name),
    lambda name: ("export-warc", "out.warc", f"--portal={name}"),
    lambda name: ("portals", "new", "--url", "https://mau.invalid/", "--", name),
    lambda name: ("portals", "check", "--", name),
]


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:20] for name in NAMES])
def test_a_hostile_argument_is_refused_in_words_and_touches_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("TINHUY_WAREHOUSE", str(tmp_path / "root"))
    monkeypatch.delenv("TINHUY_PORTALS", raising=False)
    open_root(create=True, address=tmp_path / "root")
    (tmp_path / "root" / "locks").mkdir()
    (tmp_path / "root" / "locks" / "writer.lock").touch()
    before = sorted(tmp_path.rglob("*"))
    for command in COMMANDS:
        code = cli.run(command(name))
        out, err = capsys.readouterr()
        assert code == 2, (command(name), out, err)
        assert "Traceback" not in err
        assert "\x00" not in err
        assert "\u202e" not in err
    assert sorted(tmp_path.rglob("*")) == before


def swapped(root: Path, name: str, outside: Path) -> None:
    """Put a link that leads out in place of a folder of the data root."""
    (root / name).mkdir(parents=True, exist_ok=True)
    (root / name).rmdir()
    (root / name).symlink_to(outside, target_is_directory=True)


def deeds(root: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    """What writes into each folder of a data root."""
    crawl = "20261122T183000Z-nightly"
    yield "raw", lambda: PackageWriter(root, "abc", crawl, command="nightly").seal("empty")
    yield "raw/abc", lambda: PackageWriter(root, "abc", crawl, command="nightly").seal("empty")
    yield f"raw/abc/{crawl}", lambda: PackageWriter(root, "abc", crawl, command="nightly").seal("empty")
    yield "locks", lambda: locks.Lock(root, "writer").acquire("night")
    yield "releases", lambda: release.assemble(root, derive={}, portals=[])
    yield "ledger", lambda: ledger.record(root, {"run_id": "r1", "portal": "*", "stage": "plan"})


@pytest.mark.parametrize("name", [name for name, _ in deeds(None)])
def test_a_link_in_the_data_root_leads_no_writer_out_of_it(name: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("mine")
    root = open_root(create=True, address=tmp_path / "root")
    swapped(tmp_path / "root", name, outside)
    deed = dict(deeds(root))[name]
    with pytest.raises(DataRootError, match="link that leads out of the data root"):
        deed()
    assert [path.name for path in outside.iterdir()] == ["precious"]
    assert raw.packages(open_root(create=True, address=tmp_path / "other")) == []
