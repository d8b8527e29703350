"""A portal that moves between two nights: crawled before and after, its articles stay one row of one id.

The stand-in is baotuyenquang.com.vn: first at the addresses of its earlier system, then at those of the present one,
which sends the old addresses on.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standin import Hook, Log, OldAddresses, Site, portal_site, serve, truth, write_warc
from standin.shapes import Shape

from flows import derive
from flows.demo.markup.base import Answer, Request
from flows.session import context_of
from flows.stages import missing, portal_digest, read_package
from spiders import archives, registry
from spiders.registry import Portal
from spiders.run import CrawlJob, CrawlOutcome, crawl_portal
from tests.warehouse_fakes import portal_row
from warehouse import ids, release
from warehouse.checks import verify
from warehouse.raw import Package
from warehouse.store import LocalRoot, open_root

OLD = Shape("/{section}/{slug}-{id}.html")
NIGHTS = [f"202611{day:02d}T183000Z-nightly" for day in range(1, 10)]
COUNT = 24


@dataclass
class Moving:
    """A portal with its stand-in, and the data root that its nights go to."""

    site: Site
    portal: Portal
    folder: Path
    base: str
    log: Log

    @property
    def root(self) -> LocalRoot:
        made = open_root(create=True, address=self.folder / "root")
        assert isinstance(made, LocalRoot)
        return made

    def move(self, *, redirects: bool = True) -> None:
        """The portal takes its present system into use."""
        self.site.markup.shape = self.new  # type: ignore[attr-defined]
        if redirects:
            self.site.hooks.append(OldAddresses(self.site, OLD))

    def __post_init__(self) -> None:
        self.new: Shape = self.site.markup.shape  # type: ignore[attr-defined]
        self.site.markup.shape = OLD  # type: ignore[attr-defined]

    def job(self, number: int, **caps: Any) -> CrawlJob:
        return CrawlJob(
            str(self.root), self.portal.slug, NIGHTS[number], base_url=self.base,
            registry_dir=self.folder / "portals", caps=caps,
        )  # fmt: skip

    def crawl(self, number: int, **caps: Any) -> CrawlOutcome:
        return crawl_portal(self.job(number, **caps))

    def publish(self, root: LocalRoot | None = None, jobs: Mapping[str, Any] | None = None) -> LocalRoot:
        root = root or self.root
        digest = portal_digest(self.portal.facts())
        for reading in missing(root, str(root), self.portal.slug, digest, context_of(self.portal)):
            read_package(reading)
        made = release.assemble(
            root,
            derive=derive.DERIVERS,
            portals=[portal_row(self.portal.slug)],
            digests={self.portal.slug: digest},
            code="x",
        )
        assert made is not None
        release.publish(made)
        return root

    def rows(self, name: str, root: LocalRoot | None = None) -> list[dict[str, Any]]:
        now = release.current(root or self.root)
        assert now is not None
        return list(now.tables().rows(name))

    def ids(self) -> dict[str, str]:
        """Id to the address where the article stands."""
        return {row["article_id"]: row["url"] for row in self.rows("articles")}

    def addresses(self, shape: Shape) -> set[str]:
        origin = self.site.markup.facts.origin
        return {origin + shape.address(article, article.section) for _, article in truth(self.site)}


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[Moving]:
    portal = registry.load()["baotuyenquang"]
    (tmp_path / "portals").mkdir()
    source = registry.default_directory() / "baotuyenquang.toml"
    (tmp_path / "portals" / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    site = portal_site(portal, COUNT, page_size=10)
    log = Log()
    with serve([site], log=log) as urls:
        yield Moving(site, portal, tmp_path, urls[portal.slug], log)


def settled(moving: Moving) -> None:
    """Every article is there once, at its present address, under the id of its first."""
    first = {ids.article_id(moving.portal.slug, url) for url in moving.addresses(OLD)}
    now = moving.ids()
    assert set(now) == first
    assert set(now.values()) == moving.addresses(moving.new)
    for name in ("figures", "citations", "places", "images", "attachments", "table_cells", "audits"):
        assert {row["article_id"] for row in moving.rows(name)} <= first


def rebuilt(moving: Moving, folder: Path) -> None:
    """A rebuild from the packages alone gives the same bytes."""
    import shutil

    again = open_root(create=True, address=folder)
    assert isinstance(again, LocalRoot)
    shutil.copytree(moving.root.local / "raw", again.local / "raw")
    moving.publish(again)
    told, made = release.current(moving.root), release.current(again)
    assert told is not None
    assert made is not None
    assert told.digest == made.digest
    assert list(verify(moving.root)) == []


def test_a_move_between_two_nights(moving: Moving, tmp_path: Path) -> None:
    moving.crawl(0)
    moving.publish()
    assert set(moving.ids().values()) == moving.addresses(OLD)
    figures = len(moving.rows("figures"))
    assert figures
    moving.move()
    done = moving.crawl(1)
    assert (done.outcome, done.failure_class) == ("pages", None)
    moving.publish()
    settled(moving)
    assert len(moving.rows("figures")) == figures
    asked = len(moving.log.rows)
    moving.crawl(2, refresh_days=0)
    old = {url.removeprefix(moving.site.markup.facts.origin) for url in moving.addresses(OLD)}
    assert not [row for row in moving.log.rows[asked:] if row["path"] in old], "what has moved is not asked for again"
    rebuilt(moving, tmp_path / "again")


def test_articles_long_past_their_refresh_are_asked_where_they_lead(moving: Moving, tmp_path: Path) -> None:
    """The newest three tell of the move; the others follow, some a night."""
    moving.crawl(0)
    moving.publish()
    moving.move()
    for number in range(1, 6):
        # Nights of another month: nothing lies in its window of refresh.
        crawl = f"202612{number:02d}T183000Z-nightly"
        job = CrawlJob(
            str(moving.root), moving.portal.slug, crawl, base_url=moving.base, registry_dir=tmp_path / "portals",
            caps={"refresh_pages": 12},
        )  # fmt: skip
        assert crawl_portal(job).outcome == "pages"
        state = Package(moving.root, moving.portal.slug, crawl).manifest.stats["state"]
        assert len(state["aliases"]) == min(COUNT, 3 + 12 * number)
        if state["sweep"] is None:
            break
    # Present addresses that no listing has shown before the sweep are asked too, which may take a third night.
    assert number in (2, 3)
    moving.publish()
    settled(moving)
    rebuilt(moving, tmp_path / "again")


def test_nothing_is_swept_where_an_article_or_two_changed_their_section(moving: Moving) -> None:
    moving.crawl(0)
    moved = [(row["path"]) for row in moving.log.rows if OLD.place(row["path"])][:2]
    moving.move(redirects=False)
    moving.site.markup.shape = OLD  # type: ignore[attr-defined]

    class TwoOnly(OldAddresses):
        def before(self, request: Any, number: int) -> Any:
            if request.path not in moved:
                return None
            found = OLD.place(request.path)
            assert found is not None
            article = self.markup.catalogue.get(found[1])
            assert article is not None
            return self.markup.moved(moving.new.address(article, article.section))

    moving.site.hooks.append(TwoOnly(moving.site, OLD))
    moving.crawl(1)
    state = Package(moving.root, moving.portal.slug, NIGHTS[1]).manifest.stats["state"]
    assert state["sweep"] is None
    assert len(state["aliases"]) == 2


def test_a_notice_that_all_old_addresses_lead_to_takes_no_article_away(moving: Moving) -> None:
    moving.crawl(0)
    moving.publish()
    before = moving.ids()
    moving.move(redirects=False)
    (_, notice), *_ = truth(moving.site)
    target = moving.new.address(notice, notice.section)

    class ToNotice(OldAddresses):
        def before(self, request: Any, number: int) -> Any:
            return self.markup.moved(target) if OLD.place(request.path) else None

    moving.site.hooks.append(ToNotice(moving.site, OLD))
    moving.crawl(1)
    moving.publish()
    assert before.keys() <= moving.ids().keys()


def test_killed_in_the_middle_of_the_move(moving: Moving, tmp_path: Path) -> None:
    moving.crawl(0)
    moving.publish()
    moving.move()
    job = tmp_path / "job.json"
    job.write_text(moving.job(1).as_json(), encoding="utf-8")
    asked = len(moving.log.rows)
    crawl = subprocess.Popen([sys.executable, "-m", "spiders.run", "--job", str(job)])
    deadline = time.monotonic() + 60
    while len(moving.log.rows) < asked + 30 and crawl.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    crawl.send_signal(signal.SIGKILL)
    crawl.wait()
    assert not Package(moving.root, moving.portal.slug, NIGHTS[1]).sealed
    done = moving.crawl(1)
    assert (done.outcome, done.failure_class) == ("pages", None)
    moving.publish()
    settled(moving)
    rebuilt(moving, tmp_path / "again")


class _OneCanonical(Hook):
    """A template that gives all articles the address of one of them as their own."""

    def __init__(self, address: str) -> None:
        self.head = f'<link rel="canonical" href="{address}"></head>'.encode()

    def after(self, request: Request, number: int, answer: Answer) -> Answer:
        body = re.sub(rb"<link[^>]*canonical[^>]*>", b"", bytes(answer.body))
        return replace(answer, body=body.replace(b"</head>", self.head, 1))


def test_a_template_that_calls_every_page_by_one_address_costs_no_article(moving: Moving) -> None:
    moving.site.hooks.append(_OneCanonical(sorted(moving.addresses(OLD))[0]))
    moving.crawl(0)
    moving.publish()
    assert set(moving.ids().values()) == moving.addresses(OLD)


def test_an_archive_of_such_pages_costs_no_article(moving: Moving) -> None:
    address = sorted(moving.addresses(OLD))[0]
    moving.site.hooks.append(_OneCanonical(address))
    file = moving.folder / "saved.warc.gz"
    write_warc(file, moving.site, datetime(2026, 11, 1, tzinfo=UTC))
    told = archives.ingest([file], moving.portal, moving.root, NIGHTS[0].replace("nightly", "ingest"))
    assert told.taken == COUNT
    moving.publish()
    assert set(moving.ids().values()) == moving.addresses(OLD)
