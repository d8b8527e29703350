"""Whole crawls over loopback: what lands, what is asked again, and how each fault ends.

Every crawl here is a process of its own against a server of this machine, as in a night.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from standin import Log, Served, Site, apply, forbidden_site, generate, load_sites, record, serve, truth

from spiders.families import FAMILIES
from spiders.run import CrawlJob, CrawlOutcome, crawl_portal
from warehouse.pages import RawPage
from warehouse.raw import Package
from warehouse.store import open_root

NIGHTS = [f"202611{day:02d}T183000Z-nightly" for day in range(1, 10)]


@dataclass
class Bench:
    """A data root, a registry and the portals served for it."""

    folder: Path
    served: Served
    log: Log
    jobs: dict[str, Any] = field(default_factory=dict)

    def crawl(self, slug: str, crawl: str = NIGHTS[0], **changes: Any) -> CrawlOutcome:
        job = CrawlJob(
            root=str(self.folder / "root"), portal=slug, crawl=crawl, command=crawl.split("-")[1],
            base_url=self.served[slug], registry_dir=self.folder / "registry", **changes,
        )  # fmt: skip
        return crawl_portal(job)

    def package(self, slug: str, crawl: str = NIGHTS[0]) -> Package:
        return Package(open_root(address=str(self.folder / "root")), slug, crawl)

    def pages(self, slug: str, crawl: str = NIGHTS[0]) -> list[RawPage]:
        return list(self.package(slug, crawl).pages())

    def articles(self, slug: str, crawl: str = NIGHTS[0]) -> Counter[str]:
        return Counter(
            p.url for p in self.pages(slug, crawl) if p.kind == "article" and p.status == 200 and not p.error
        )

    def stats(self, slug: str, crawl: str = NIGHTS[0]) -> dict[str, Any]:
        return dict(self.package(slug, crawl).manifest.stats)

    def asked(self) -> int:
        return len(self.log.rows)


@contextmanager
def bench(folder: Path, *sites: Site, **records: str) -> Iterator[Bench]:
    (folder / "registry").mkdir(exist_ok=True)
    for site in sites:
        if site.markup.facts.family not in FAMILIES:
            continue
        text = records.get(site.slug) or record(site)
        (folder / "registry" / f"{site.slug}.toml").write_text(text, encoding="utf-8")
    log = Log()
    with serve(list(sites), log=log) as served:
        yield Bench(folder, served, log)


def wanted(site: Site) -> set[str]:
    return {url for url, article in truth(site) if any(article.paragraphs)}


# ---- two nights


OTHERS = [pytest.param(name, marks=pytest.mark.slow) for name in ("file-uuid", "danvan", "sharepoint")]


@pytest.mark.parametrize("family", ["nukeviet", *OTHERS])
def test_two_nights(tmp_path: Path, family: str) -> None:
    site = generate(family, 45, slug="mau", page_size=10)
    with bench(tmp_path, site) as night:
        first = night.crawl("mau")
        assert (first.outcome, first.failure_class, first.sealed) == ("pages", None, True)
        assert night.articles("mau") == Counter(dict.fromkeys(wanted(site), 1))
        assert night.stats("mau")["listed"] == 45

        asked = night.asked()
        second = night.crawl("mau", NIGHTS[1])
        assert (second.outcome, second.failure_class) == ("pages", None)
        assert not night.articles("mau", NIGHTS[1])
        rows = night.log.rows[asked:]
        article_paths = {url.split("/", 3)[3].partition("?")[0] for url in wanted(site)}
        again = [row for row in rows if row["path"].lstrip("/") in article_paths]
        assert all(row["conditional"] for row in again)
        assert night.stats("mau", NIGHTS[1])["unchanged"] == 45
        assert night.stats("mau", NIGHTS[1])["listed"] == 45


@pytest.mark.slow
def test_a_night_costs_what_changed(tmp_path: Path) -> None:
    site = generate("nukeviet", 120, slug="mau", page_size=10)
    with bench(tmp_path, site) as night:
        night.crawl("mau")
        catalogue = site.markup.catalogue
        catalogue.publish(3)  # type: ignore[attr-defined]
        catalogue.edit(100_115)  # type: ignore[attr-defined]
        catalogue.vanish(100_110)  # type: ignore[attr-defined]
        night.crawl("mau", NIGHTS[1], caps={"refresh_days": 30})
        came = night.articles("mau", NIGHTS[1])
        assert all(any(f"-{number}." in url for url in came) for number in (100_120, 100_121, 100_122, 100_115))
        edited = next(p for p in night.pages("mau", NIGHTS[1]) if "100115" in p.url)
        assert "sitemap_lastmod" in edited.hints  # what the first night said of it is not lost
        assert night.stats("mau", NIGHTS[1])["gone"] == 1

        asked = night.asked()
        night.crawl("mau", NIGHTS[2], caps={"refresh_days": 0})
        assert night.asked() - asked < 25  # outside the window no article is asked, and no listing is walked


@pytest.mark.slow
def test_hints_carry_what_listing_feed_and_sitemap_said(tmp_path: Path) -> None:
    site = generate("nukeviet", 12, slug="mau", page_size=6)
    with bench(tmp_path, site) as night:
        night.crawl("mau")
        for page in night.pages("mau"):
            if page.kind == "article":
                assert page.hints["sitemap_lastmod"].endswith("+07:00")
                assert page.hints["feed"]["guid"].startswith("news_")
                assert page.hints["listed_title"]
                assert page.url.startswith("https://mau.invalid/")
                assert page.requested_url.startswith("https://mau.invalid/")
                assert page.final_url.startswith("https://mau.invalid/")
                assert "127.0.0.1" not in json.dumps(dict(page.headers))


def test_rows_of_an_api_are_hints_and_its_answers_are_kept(tmp_path: Path) -> None:
    site = apply(generate("sharepoint", 30, slug="mau"), "api-max=4")
    with bench(tmp_path, site) as night:
        assert night.crawl("mau").failure_class is None
        assert set(night.articles("mau")) == wanted(site)
        pages = night.pages("mau")
        assert all(page.hints["api"]["CreatedDate"] for page in pages if page.kind == "article")
        api = [page for page in pages if page.kind == "api"]
        assert len({page.url for page in api}) == len(api) >= 8


# ---- the bundled samples and the shared stand-ins


@pytest.mark.slow
def test_bundled_sample_portals(tmp_path: Path, sample_portals: Served) -> None:
    from spiders import registry

    folder = Path(str(__import__("flows.demo", fromlist=["x"]).__file__)).parent / "portals"
    portals = registry.load(folder)
    for site in load_sites():
        job = CrawlJob(
            root=str(tmp_path / "root"), portal=site.slug, crawl=NIGHTS[0], base_url=sample_portals[site.slug],
            registry_dir=folder,
        )  # fmt: skip
        outcome = crawl_portal(job)
        assert (outcome.outcome, outcome.failure_class) == ("pages", None), outcome
        package = Package(open_root(address=str(tmp_path / "root")), site.slug, NIGHTS[0])
        came = Counter(p.url for p in package.pages() if p.kind == "article" and not p.error)
        assert wanted(site) <= set(came)
        assert max(came.values()) == 1
        assert all(portals[site.slug].article_url(url) == url for url in came)


GALLERIES = ("/anh/", "Thu-vien-anh", "thu-vien-anh", "ItemID=13815")


@contextmanager
def shared_portals(shared: Path, log: Path, *faults: str) -> Iterator[dict[str, str]]:
    command = [sys.executable, str(shared / "portals/serve.py"), str(shared / "portals/sites"), "--port", "0"]
    command += ["--log", str(log), *(part for fault in faults for part in ("--fault", fault))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def expected_articles(shared: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in (shared / "portals/expected.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["portal"], set()).add(row["url"])
    return found


@pytest.mark.slow
def test_shared_stand_ins_are_crawled_whole_and_asked_again_conditionally(tmp_path: Path, shared: Path) -> None:
    log = tmp_path / "requests.jsonl"
    root = str(tmp_path / "root")
    wanted_urls = expected_articles(shared)
    with shared_portals(shared, log) as urls:
        for night in NIGHTS[:2]:
            for slug, base in urls.items():
                outcome = crawl_portal(CrawlJob(root=root, portal=slug, crawl=night, base_url=base))
                assert (outcome.outcome, outcome.failure_class) == ("pages", None), outcome
            if night == NIGHTS[0]:
                for slug in urls:
                    package = Package(open_root(address=root), slug, night)
                    came = Counter(p.url for p in package.pages() if p.kind == "article" and not p.error)
                    articles = {u: n for u, n in came.items() if not any(g in u for g in GALLERIES)}
                    assert articles == dict.fromkeys(wanted_urls[slug], 1)
                first = len(log.read_text().splitlines())
    rows = [json.loads(line) for line in log.read_text().splitlines()][first:]
    known = {url.split("/", 3)[3] for urls_of in wanted_urls.values() for url in urls_of}
    assert all(row["status"] == 304 for row in rows if row["path"].lstrip("/") in known)
    pages = [row for row in rows if row["method"] == "GET" and row["path"] not in ("/robots.txt", "/sitemap.xml")]
    assert {row["status"] for row in pages} <= {304, 302}
    assert not any("/print/" in r["path"] or "/savefile/" in r["path"] or "/login" in r["path"] for r in rows)


# ---- faults

Expectation = tuple[str, str | None]
MATRIX: list[tuple[str, str, Expectation, int]] = [
    # fault, family, outcome and class, articles missing of 24
    ("503-every=5", "nukeviet", ("pages", None), 0),
    ("500-every=4", "file-uuid", ("pages", None), 0),
    ("drop-every=4", "nukeviet", ("pages", None), 0),
    ("429-first=2", "nukeviet", ("pages", None), 0),
    ("slow=0.05", "nukeviet", ("pages", None), 0),
    ("calendar", "nukeviet", ("pages", None), 0),
    ("endless-pages", "file-uuid", ("pages", None), 0),
    ("charset", "nukeviet", ("pages", None), 0),
    ("feed-bomb", "nukeviet", ("pages", None), 0),
    ("zero", "nukeviet", ("pages", None), 0),
    ("binary", "nukeviet", ("pages", None), 0),
    ("redirect-loop", "nukeviet", ("pages", None), 1),
    ("big", "nukeviet", ("pages", "partial"), 1),
    ("huge", "nukeviet", ("pages", "partial"), 1),
    ("bad-gzip", "nukeviet", ("pages", "partial"), 1),
    ("redirect-out", "nukeviet", ("pages", "partial"), 4),
    ("down", "nukeviet", ("failed", "network"), 24),
    ("stub", "nukeviet", ("failed", "blocked"), 24),
    ("stub", "sharepoint", ("failed", "blocked"), 24),
    ("blocked", "nukeviet", ("failed", "blocked"), 24),
    ("gone", "nukeviet", ("failed", "gone"), 24),
    ("empty", "nukeviet", ("failed", "no_pages"), 24),
    ("robots-closed", "nukeviet", ("failed", "robots"), 24),
    ("robots-error", "nukeviet", ("failed", "server_error"), 24),
    ("429-wait=100000", "nukeviet", ("failed", "rate_limited"), 24),
    ("tls-expired", "nukeviet", ("failed", "tls"), 24),
    ("tls", "nukeviet", ("failed", "tls"), 24),
    ("tls-legacy", "nukeviet", ("failed", "tls"), 24),
    ("api-broken=html", "sharepoint", ("failed", "layout_changed"), 24),
    ("api-broken=cut", "sharepoint", ("failed", "layout_changed"), 24),
]
QUICK = ("503-every=5", "redirect-out", "stub")


def faulty(fault: str, family: str, expected: Expectation, missing: int, tmp_path: Path) -> None:
    site = generate(family, 24, slug="mau", page_size=10)
    forbidden = forbidden_site()
    with bench(tmp_path, site, forbidden) as night:
        every = wanted(site)
        apply(site, fault, trap=night.served["forbidden"] + "/")
    asked_forbidden = forbidden.requests
    with bench(tmp_path, site) as night:
        outcome = night.crawl("mau")
        assert (outcome.outcome, outcome.failure_class) == expected, outcome
        assert outcome.message or expected == ("pages", None)
        came = night.articles("mau")
        assert len(every - set(came)) == missing
        assert set(came) <= every
        # Without robots.txt (403, 410) a portal is open; every other answer that is no page says why.
        assert all(p.error or p.kind == "robots" or p.status in (200, 302, 304) for p in night.pages("mau"))
    assert forbidden.requests == asked_forbidden
    clean = generate(family, 24, slug="mau", page_size=10)
    with bench(tmp_path, clean) as night:
        outcome = night.crawl("mau", NIGHTS[1])
        assert (outcome.outcome, outcome.failure_class) == ("pages", None), outcome
        kept = 0 if fault in ("zero", "binary") else 1  # a broken page that came as a page is asked again as changed
        assert set(came) | set(night.articles("mau", NIGHTS[1])) == every or not kept


@pytest.mark.parametrize(
    ("fault", "family", "expected", "missing"),
    [pytest.param(*row, id=f"{row[0]}-{row[1]}") for row in MATRIX if row[0] in QUICK],
)
def test_faults(fault: str, family: str, expected: Expectation, missing: int, tmp_path: Path) -> None:
    faulty(fault, family, expected, missing, tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize(
    ("fault", "family", "expected", "missing"),
    [pytest.param(*row, id=f"{row[0]}-{row[1]}") for row in MATRIX if row[0] not in QUICK],
)
def test_more_faults(fault: str, family: str, expected: Expectation, missing: int, tmp_path: Path) -> None:
    faulty(fault, family, expected, missing, tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("fault", ["tls-expired", "tls-legacy"])
def test_bad_tls_is_let_in_by_the_record_alone_and_recorded(tmp_path: Path, fault: str) -> None:
    site = apply(generate("nukeviet", 6, slug="mau"), fault)
    legacy = record(site).replace("central = true", 'central = true\ntls = "legacy"')
    with bench(tmp_path, site, mau=legacy) as night:
        assert night.crawl("mau").failure_class is None
        assert night.stats("mau")["tls"] == "legacy"
        assert all("tls_legacy" in page.flags for page in night.pages("mau"))


# ---- interruption


@pytest.mark.parametrize(
    ("family", "kill"),
    [("nukeviet", signal.SIGKILL), pytest.param("sharepoint", signal.SIGTERM, marks=pytest.mark.slow)],
)
def test_a_killed_crawl_goes_on_where_it_was(tmp_path: Path, family: str, kill: signal.Signals) -> None:
    site = generate(family, 500, slug="mau", page_size=20)
    with bench(tmp_path, site) as night:
        job = CrawlJob(
            root=str(tmp_path / "root"), portal="mau", crawl=NIGHTS[0], base_url=night.served["mau"],
            registry_dir=tmp_path / "registry",
        )  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "spiders.run", "--job", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdin is not None
        process.stdin.write(job.as_json().encode())
        process.stdin.close()
        while night.asked() < 330 and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(kill)
        process.wait()
        assert not night.package("mau").sealed
        durable = night.articles("mau")
        assert len(durable) >= 150

        asked = night.asked()
        outcome = crawl_portal(job)
        assert (outcome.outcome, outcome.sealed) == ("pages", True)
        assert night.articles("mau") == Counter(dict.fromkeys(wanted(site), 1))
        paths = {url.split("/", 3)[3] for url in durable}
        assert not [
            row for row in night.log.rows[asked:] if row["path"].lstrip("/") in paths and family != "sharepoint"
        ]
        assert [page.position for page in night.pages("mau")] == list(range(len(night.pages("mau"))))


@pytest.mark.slow
def test_a_crawl_told_to_stop_ends_soon_and_is_not_sealed(tmp_path: Path) -> None:
    site = apply(generate("nukeviet", 300, slug="mau"), "slow=0.05")
    with bench(tmp_path, site) as night:
        stop = threading.Event()
        job = CrawlJob(
            root=str(tmp_path / "root"), portal="mau", crawl=NIGHTS[0], base_url=night.served["mau"],
            registry_dir=tmp_path / "registry",
        )  # fmt: skip
        told: list[float] = []

        def tell() -> None:
            while night.asked() < 20:
                time.sleep(0.02)
            told.append(time.monotonic())
            stop.set()

        threading.Thread(target=tell, daemon=True).start()
        outcome = crawl_portal(job, stop=stop)
        assert time.monotonic() - told[0] < 15
        assert (outcome.outcome, outcome.failure_class, outcome.sealed) == ("failed", "crashed", False)
        assert "told to stop" in (outcome.message or "")


# ---- windows, caps and wrong jobs


@pytest.mark.slow
def test_a_backfill_keeps_to_its_window_and_walks_over_known_pages(tmp_path: Path) -> None:
    site = generate("nukeviet", 200, slug="mau", page_size=20)
    with bench(tmp_path, site) as night:
        every = dict(truth(site))
        days = sorted(article.created_at.date() for article in every.values())
        night.crawl("mau", NIGHTS[0], since=days[150])
        since, until = days[40], days[80]
        outcome = night.crawl("mau", "20261103T000000Z-backfill", since=since, until=until)
        assert outcome.failure_class is None
        came = night.articles("mau", "20261103T000000Z-backfill")
        in_window = {url for url, article in every.items() if since <= article.created_at.date() <= until}
        assert set(came) == in_window


@pytest.mark.slow
def test_caps_end_a_crawl_and_the_next_night_goes_on(tmp_path: Path) -> None:
    site = generate("file-uuid", 60, slug="mau", page_size=10)
    with bench(tmp_path, site) as night:
        came: set[str] = set()
        for number in range(4):
            outcome = night.crawl("mau", NIGHTS[number], caps={"pages": 45, "refresh_days": 0})
            assert outcome.outcome == "pages"
            came |= set(night.articles("mau", NIGHTS[number]))
        assert came == wanted(site)
        assert "cap of pages" in (night.package("mau").manifest.message or "")


@pytest.mark.slow
def test_a_time_cap_is_partial(tmp_path: Path) -> None:
    site = apply(generate("nukeviet", 200, slug="mau"), "slow=0.2")
    with bench(tmp_path, site) as night:
        outcome = night.crawl("mau", caps={"minutes": 0.05})
        assert (outcome.outcome, outcome.failure_class) == ("pages", "partial")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"portal": "khongco"}, "no portal 'khongco'"),
        ({"base_url": "ftp://127.0.0.1/"}, "base address"),
        ({"caps": {"pages": 0}}, "greater than or equal to 1"),
        ({"caps": {"colour": 1}}, "Extra inputs"),
    ],
)
def test_wrong_jobs_are_configuration(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "mau.toml").write_text(record(generate("nukeviet", 1, slug="mau")))
    job: dict[str, Any] = {
        "root": str(tmp_path / "root"), "portal": "mau", "crawl": NIGHTS[0], "base_url": "http://127.0.0.1:9/",
        "registry_dir": tmp_path / "registry",
    }  # fmt: skip
    outcome = crawl_portal(CrawlJob(**(job | changes)))
    assert (outcome.outcome, outcome.failure_class, outcome.sealed) == ("failed", "configuration", False)
    assert said in (outcome.message or "")


def test_a_job_travels_as_json() -> None:
    job = CrawlJob(
        root="r", portal="mau", crawl=NIGHTS[0], since=date(2024, 1, 1), caps={"pages": 5}, registry_dir=Path("x")
    )
    assert CrawlJob.from_json(job.as_json()) == job
    with pytest.raises(ValueError, match="after until"):
        CrawlJob(root="r", portal="mau", crawl=NIGHTS[0], since=date(2024, 1, 2), until=date(2024, 1, 1))


@pytest.mark.slow
def test_the_crawl_names_itself_and_its_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINHUY_CONTACT", "data@example.org (ban)\r\nX-Evil: 1")
    site = generate("danvan", 3, slug="mau")
    with bench(tmp_path, site) as night:
        night.crawl("mau")
        agents = {row["user_agent"] for row in night.log.rows}
        assert len(agents) == 1
        agent = agents.pop()
        assert agent.startswith("tinhuy/")
        assert "data@example.org" in agent
        assert "\n" not in agent
