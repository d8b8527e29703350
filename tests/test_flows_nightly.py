"""Nights as Prefect runs them, on stand-in portals: what a red portal leaves alone, and what doing it again does.

One Prefect server serves the whole file; each night costs a second or two.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from standin import Log, Served, Site, apply, generate, record
from standin.archive import write_warc

from flows import derive, runs
from warehouse import ledger, locks, parts, raw, release
from warehouse.store import Root, open_root

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(600)]
Serving = Callable[..., Served]


@pytest.fixture(scope="module", autouse=True)
def _prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Prefect server of this file's own, as a run without one starts it."""
    from flows import server, settings

    home = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(home))
        settings.prefect_environment(str(home))
        with server.running() as own:
            own.ready()
            patch.setenv("PREFECT_API_URL", own.api)  # for commands in processes of their own
            from prefect.settings import (
                PREFECT_API_URL,
                PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
                PREFECT_LOGGING_LEVEL,
                temporary_settings,
            )

            told = {
                PREFECT_API_URL: own.api,
                PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
                PREFECT_LOGGING_LEVEL: "CRITICAL",
            }
            with temporary_settings(told):
                yield


class World:
    """A data root, a registry folder and the sites it knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry = folder / "portals"
        self.registry.mkdir()

    def register(self, *sites: Site, expect: str = "floor = 1\nsilence_days = 3650") -> None:
        for site in sites:
            (self.registry / f"{site.slug}.toml").write_text(record(site, expect=expect), encoding="utf-8")

    @property
    def root(self) -> Root:
        return open_root(create=True, address=self.folder / "root")

    def rows(self) -> list[dict[str, Any]]:
        return ledger.read(self.root)

    def standing(self, slug: str) -> runs.Standing:
        return runs.standings(self.rows())[slug]

    def articles(self) -> dict[str, int]:
        now = release.current(self.root)
        assert now is not None
        found: dict[str, int] = {}
        for row in now.tables().rows("articles", ["portal"]):
            found[row["portal"]] = found.get(row["portal"], 0) + 1
        return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    monkeypatch.setenv("TINHUY_WAREHOUSE", str(tmp_path / "root"))
    monkeypatch.setenv("TINHUY_PORTALS", str(made.registry))
    monkeypatch.setattr(derive, "report", lambda release: None)  # the report has tests of its own
    return made


def night(served: Served, *portals: str, **other: Any) -> Any:
    from flows.nightly import nightly

    chosen = list(portals) or list(served)
    return nightly(chosen, base_urls={slug: served[slug] for slug in chosen}, return_state=True, **other)


REDESIGNED = {"mot": "file-uuid", "hai": "nukeviet", "ba": "danvan"}


def heal(site: Site) -> None:
    site.hooks.clear()
    site.listening = True


def test_a_night_publishes_and_the_next_has_nothing_new(world: World, serving: Serving) -> None:
    site, log = generate("file-uuid", 12, slug="mot"), Log()
    world.register(site)
    served = serving(site, log=log)
    first = night(served)
    assert first.is_completed(), first.message
    assert world.articles() == {"mot": 12}
    made = [one.id for one in release.releases(world.root)]
    asked = len(log.rows)
    second = night(served)
    assert second.is_completed(), second.message
    assert "nothing new" in second.message
    assert [one.id for one in release.releases(world.root)] == made
    assert len(log.rows) - asked <= asked
    assert not [
        row
        for row in log.rows[asked:]
        if row["status"] == 200 and "/api/" not in row["path"] and row["path"].endswith(".html")
    ]


def test_one_portal_s_failure_is_its_own_and_a_retry_does_only_that(world: World, serving: Serving) -> None:
    good, bad = generate("file-uuid", 6, slug="tot"), apply(generate("nukeviet", 6, slug="hong"), "stub")
    world.register(good, bad)
    log = Log()
    served = serving(good, bad, log=log)
    red = night(served)
    assert (red.type.value, red.name) == ("FAILED", "Partial")
    assert "hong failed (blocked)" in red.message
    assert world.articles() == {"tot": 6}
    assert world.standing("tot").state == "ok"
    assert (world.standing("hong").failure_class, world.standing("hong").stale) == ("blocked", True)

    heal(bad)
    before = good.requests
    from flows.nightly import rerun

    green = rerun("last", return_state=True)
    assert green.is_completed(), green.message
    assert good.requests == before, "a portal that ended well was asked again"
    assert world.articles() == {"tot": 6, "hong": 6}
    assert world.standing("hong").failing_since is None
    assert rerun("last", return_state=True).is_completed()


def test_a_portal_s_own_flow_retried_alone_does_what_is_left_and_publishes(world: World, serving: Serving) -> None:
    from flows.nightly import portal_night

    good, bad = generate("file-uuid", 5, slug="tot"), apply(generate("file-uuid", 5, slug="hong"), "503-every=1")
    world.register(good, bad)
    served = serving(good, bad)
    assert night(served).name == "Partial"
    (plan,) = runs.plans(world.rows()).values()
    heal(bad)
    assert portal_night(plan.run, "hong", return_state=True).is_completed()
    assert world.articles() == {"tot": 5, "hong": 5}
    assert runs.done(world.rows(), plan.run) == {"tot", "hong"}
    asked = bad.requests
    assert portal_night(plan.run, "hong", return_state=True).is_completed()
    assert bad.requests == asked


def test_a_redesign_is_noticed_on_its_first_page(
    world: World, serving: Serving, capsys: pytest.CaptureFixture[str]
) -> None:
    """Portals of several families, redesigned in one night; each brings one new article."""
    from flows import desk

    sites = [generate(family, 3, slug=slug) for slug, family in REDESIGNED.items()]
    world.register(*sites)
    served = serving(*sites)
    assert night(served).is_completed()
    for site in sites:
        apply(site, "redesign")
        site.markup.catalogue.publish(1)
    red = night(served)
    assert (red.type.value, red.name) == ("FAILED", "Failed")
    now = release.current(world.root)
    assert now is not None
    newest = {row["portal"]: row for row in now.tables().rows("articles", ["portal", "url", "extraction", "package"])
              if row["package"].endswith(max(plan for plan in runs.plans(world.rows())))}  # fmt: skip
    for slug in REDESIGNED:
        assert f"{slug} degraded (layout_changed)" in red.message
        standing = world.standing(slug)
        assert (standing.state, standing.failure_class) == ("degraded", "layout_changed")
        assert newest[slug]["extraction"] == "generic"
        capsys.readouterr()
        assert desk.diagnose(slug) == 1
        said = capsys.readouterr().out
        assert standing.last is not None
        (page,) = [one for one in standing.last["failing"] if one["url"] == newest[slug]["url"]]
        assert page["selectors"]
        assert page["url"] in said.replace("\n", "")
        assert all(selector in said for selector in page["selectors"])
        assert f"{world.root}/{newest[slug]['package']}" in said
        assert f"tinhuy rebuild {slug}" in said
        (saved,) = [one for one in raw.packages(world.root, slug) if one.path == newest[slug]["package"]]
        assert page["position"] in {one.position for one in saved.pages() if one.url == page["url"]}


@pytest.mark.parametrize("fault", ["down", "empty"])
def test_a_night_of_zero_pages_is_never_green(fault: str, world: World, serving: Serving) -> None:
    site = generate("file-uuid", 4, slug="mot")
    world.register(site)
    assert night(serving(site)).is_completed()
    again = apply(generate("file-uuid", 4, slug="mot"), fault)
    red = night(serving(again))
    assert not red.is_completed()
    assert world.articles() == {"mot": 4}, "absence tonight is never deletion"
    assert world.standing("mot").state != "ok"


def test_a_portal_that_brings_only_known_pages_too_long_is_silent(
    world: World, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import session

    site = generate("file-uuid", 4, slug="mot")
    world.register(site, expect="floor = 1\nsilence_days = 3")
    served = serving(site)
    assert night(served).is_completed()
    today = session.today()
    monkeypatch.setattr(session, "today", lambda: date.fromordinal(today.toordinal() + 4))
    red = night(served)
    assert (world.standing("mot").state, world.standing("mot").failure_class) == ("degraded", "silent")
    assert not red.is_completed()


def test_fewer_articles_than_the_floor_fail(world: World, serving: Serving) -> None:
    site = generate("file-uuid", 4, slug="mot")
    world.register(site, expect="floor = 5\nsilence_days = 3650")
    red = night(serving(site))
    assert (red.name, world.standing("mot").state) == ("Failed", "failed")
    assert "at least 5 are expected" in str(world.standing("mot").message)
    assert world.articles() == {"mot": 4}, "what came is kept all the same"


def test_two_runs_on_one_root_exclude_each_other(world: World, serving: Serving) -> None:
    site = generate("file-uuid", 3, slug="mot")
    world.register(site)
    served = serving(site)
    holder = (
        "import sys, time\nfrom warehouse import locks\nfrom warehouse.store import open_root\n"
        "with locks.writer(open_root(create=True, address=sys.argv[1]), 'nightly'):\n"
        "    print('held', flush=True)\n    time.sleep(float(sys.argv[2]))\n"
    )
    argv = [sys.executable, "-c", holder, str(world.folder / "root"), "8"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        refused = night(served)
        assert not refused.is_completed()
        error = refused.result(raise_on_failure=False)
        assert isinstance(error, locks.LockHeld)
        assert str(other.pid) in str(error)
        assert world.rows() == [], "a refused run leaves nothing behind"
        assert night(served, wait_seconds=60).is_completed()
    assert world.articles() == {"mot": 3}


def stop_after(log: Log, requests: int, stop: threading.Event) -> None:
    """Set `stop` when so many requests came: in the middle of a crawl, however fast the machine is."""
    while len(log.rows) < requests:
        time.sleep(0.02)
    stop.set()


def test_an_interrupted_crawl_is_continued_by_the_next_night(world: World, serving: Serving) -> None:
    from flows import session

    site, log = generate("file-uuid", 30, slug="mot"), Log()
    world.register(site)
    apply(site, "slow=0.3")
    served = serving(site, log=log)
    asked = session.asked("nightly", ["mot"], base_urls=dict(served))
    with session.started(asked) as cut:
        watcher = threading.Thread(target=stop_after, args=(log, 8, cut.stop), daemon=True)
        watcher.start()
        crawled = session.crawl(cut, "mot")
    assert crawled is not None
    assert not crawled.sealed
    assert [row["state"] for row in runs.table(world.rows())] == ["failed"]
    heal(site)
    assert night(served).is_completed()
    assert [package.crawl for package in raw.packages(world.root, "mot")] == [crawled.crawl]
    assert world.articles() == {"mot": 30}


def test_a_backfill_continues_its_own_window_only(world: World, serving: Serving) -> None:
    from flows.nightly import backfill

    site = generate("file-uuid", 10, slug="mot")
    world.register(site)
    served = serving(site)
    done = backfill("mot", date(2000, 1, 1), date(2030, 1, 1), dict(served), return_state=True)
    assert done.is_completed(), done.message
    assert world.articles() == {"mot": 10}
    assert world.root.names("raw/mot")[0].endswith("-backfill")
    assert "mot" not in runs.standings(world.rows()), "a backfill says nothing of tonight's health"


def test_a_rebuild_reads_everything_again_and_gives_the_same_tables(
    world: World, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import stages
    from flows.nightly import rebuild

    monkeypatch.setattr(stages, "portal_digest", lambda facts: "0123456789abcdef")
    site = generate("nukeviet", 9, slug="mot")
    world.register(site)
    served = serving(site)
    assert night(served).is_completed()
    site.markup.catalogue.publish(3)
    assert night(served).is_completed()
    before = release.current(world.root)
    assert before is not None
    inodes = {path: path.stat().st_ino for path in (world.folder / "root" / "parts").rglob("*.parquet")}
    asked = site.requests
    state = rebuild(return_state=True)
    assert state.is_completed(), state.message
    assert site.requests == asked
    after = release.current(world.root)
    assert after is not None
    page_tables = ("articles", "figures", "citations", "places", "images", "attachments", "table_cells", "audits")

    def digests(one: release.Release) -> list[tuple[str, str]]:
        return sorted((e["path"], e["sha256"]) for e in one.manifest["files"] if e["table"] in page_tables)

    assert digests(after) == digests(before)
    again = {path: path.stat().st_ino for path in (world.folder / "root" / "parts").rglob("*.parquet")}
    assert again.keys() == inodes.keys()
    assert not [path for path in again if again[path] == inodes[path]], "a part was not made again"


def test_an_archive_gives_the_tables_of_a_crawl_and_nothing_twice(
    world: World, serving: Serving, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    from flows.nightly import ingest

    site = generate("file-uuid", 6, slug="mot")
    world.register(site)
    write_warc(tmp_path / "mot.warc.gz", site, datetime(2026, 1, 2, tzinfo=UTC))
    assert ingest("mot", [str(tmp_path / "mot.warc.gz")], return_state=True).is_completed()
    taken = release.current(world.root)
    assert taken is not None

    def told(one: release.Release) -> list[dict[str, Any]]:
        columns = [
            "article_id",
            "url",
            "title",
            "lead",
            "text",
            "author",
            "published_at",
            "tags",
            "extraction",
            "layout",
        ]
        return sorted(one.tables().rows("articles", columns), key=lambda row: str(row["article_id"]))

    from_archive = told(taken)
    again = ingest("mot", [str(tmp_path / "mot.warc.gz")], return_state=True)
    assert again.is_completed()
    assert world.articles() == {"mot": 6}
    (tmp_path / "bad.warc.gz").write_bytes(b"no archive")
    red = ingest("mot", [str(tmp_path / "bad.warc.gz")], return_state=True)
    assert "configuration" in red.message
    assert world.articles() == {"mot": 6}
    assert night(serving(site)).is_completed()
    crawled = release.current(world.root)
    assert crawled is not None
    assert told(crawled) == from_archive


def test_changed_code_reads_every_package_again(
    world: World, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import stages

    site = generate("file-uuid", 4, slug="mot")
    world.register(site)
    served = serving(site)
    assert night(served).is_completed()
    monkeypatch.setattr(stages, "portal_digest", lambda facts: "0123456789abcdef")
    site.markup.catalogue.publish(1)
    assert night(served).is_completed()
    assert len([part for part in parts.parts(world.root, "mot") if part.digest == "0123456789abcdef"]) == 2
    assert world.articles() == {"mot": 5}


def test_what_prefect_shows(world: World, serving: Serving) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        ArtifactFilter,
        ArtifactFilterKey,
        FlowRunFilter,
        FlowRunFilterParentFlowRunId,
    )

    good, bad = generate("file-uuid", 3, slug="tot"), apply(generate("file-uuid", 3, slug="hong"), "stub")
    world.register(good, bad)
    red = night(serving(good, bad))
    whole = red.state_details.flow_run_id
    with get_client(sync_client=True) as client:
        portals = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[whole]))
        )
        states = {run.parameters["portal"]: (run.state_name, run.state.message) for run in portals}
        shown = client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["portals", "report"])))
    assert states["tot"][0] == "Completed"
    assert states["hong"][0] == "Failed"
    assert states["hong"][1].startswith("blocked: ")
    mine = {artifact.key: artifact for artifact in shown if artifact.flow_run_id == whole}
    table = {row["portal"]: row for row in json.loads(mine["portals"].data)}
    assert table["tot"]["new_articles"] == 3
    assert table["hong"]["failure_class"] == "blocked"
    assert "file://" in mine["report"].data


def refusal(state: Any) -> str:
    """What a refused run says."""
    from flows.errors import TinhuyError

    error = state.result(raise_on_failure=False)
    assert isinstance(error, TinhuyError), state
    return str(error)


def test_a_rerun_with_odd_arguments_does_what_can_be_meant(world: World, serving: Serving) -> None:
    from flows.nightly import rerun

    good, bad = generate("file-uuid", 3, slug="tot"), apply(generate("file-uuid", 3, slug="hong"), "stub")
    world.register(good, bad)
    _ = world.root
    assert "no run has crawled" in refusal(rerun("last", return_state=True))
    assert night(serving(good, bad)).name == "Partial"
    (first,) = runs.plans(world.rows())
    asked = good.requests
    for of in ("../../etc/passwd", "20200101T000000Z-nightly", "", "LAST", f"{first} "):
        assert "there is no run" in refusal(rerun(of, return_state=True))
    assert "hai was not part of run" in refusal(rerun(first, ["hai"], return_state=True))
    assert list(runs.plans(world.rows())) == [first], "a refused rerun leaves nothing behind"
    # Named, but well: nothing is left to do of it. Named twice: done once.
    assert rerun(first, ["tot"], return_state=True).is_completed()
    heal(bad)
    assert rerun(first, ["hong", "hong", "tot"], return_state=True).is_completed()
    assert world.articles() == {"tot": 3, "hong": 3}
    assert good.requests == asked
    # A rerun may itself be rerun, and is then of the first.
    latest = list(runs.plans(world.rows()))[-1]
    assert rerun(latest, return_state=True).is_completed()
    assert {plan.of for plan in runs.plans(world.rows()).values()} == {None, first}
    assert good.requests == asked


def test_a_run_in_progress_is_not_rerun(world: World, serving: Serving) -> None:
    """Another process holds the lock: the rerun is told who, and begins nothing."""
    from flows import session
    from flows.nightly import rerun

    site = generate("file-uuid", 3, slug="mot")
    world.register(site)
    served = serving(site)
    with session.started(session.asked("nightly", ["mot"], base_urls=dict(served))):
        argv = [sys.executable, "-m", "flows.cli", "rerun", "last"]
        told = subprocess.run(argv, capture_output=True, text=True, cwd=Path(__file__).parents[1], timeout=300)
    assert told.returncode == 2, told.stderr
    assert "another run is writing" in told.stderr
    assert len(runs.plans(world.rows())) == 1
    assert rerun("last", return_state=True).is_completed()
    assert world.articles() == {"mot": 3}


def test_runs_begun_in_one_second_or_with_the_clock_set_back_stay_in_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime, timedelta

    from flows import session

    world.register(generate("file-uuid", 1, slug="mot"))
    plan = session.asked("nightly", ["mot"])
    clock = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    monkeypatch.setattr(session, "now", lambda: clock)
    first, second = session.begin(world.root, plan), session.begin(world.root, plan)
    clock -= timedelta(days=400)
    third = session.begin(world.root, plan)
    assert first.run < second.run < third.run
    assert session.plan_of(world.root, "last") == third


def test_unknown_portals_and_runs_are_refused_in_words(world: World) -> None:
    from flows.errors import TinhuyError
    from flows.nightly import nightly, rerun

    world.register(generate("file-uuid", 1, slug="mot"))
    for state, what in (
        (nightly(["mott"], return_state=True), "there is no portal 'mott'"),
        (nightly(["mot"], base_urls={"hai": "http://127.0.0.1:1"}, return_state=True), "there is no portal 'hai'"),
    ):
        error = state.result(raise_on_failure=False)
        assert isinstance(error, TinhuyError)
        assert what in str(error)
    _ = world.root
    error = rerun("20200101T000000Z-nightly", return_state=True).result(raise_on_failure=False)
    assert isinstance(error, TinhuyError)
    assert "there is no run" in str(error)
