"""Drift, for every layout: on the night after a redesign the first page tells, whatever the family.

Nights of one page, from the raw package to the verdict; the page is the golden one of its layout, redesigned. What the
whole night makes of it is in `test_flows_nightly.py`.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from standin.faults import redesigned

from flows import judge, stages
from flows.demo.site import Answer
from flows.stages import Reading
from transforms.page import PageContext
from warehouse.pages import RawPage
from warehouse.parts import part
from warehouse.raw import PackageWriter
from warehouse.store import Root, open_root

PAGES = Path(__file__).parent / "data" / "pages"
GOLDEN = sorted(path for path in PAGES.rglob("*.html") if path.parent.name != "unfamiliar")
NIGHTS = ("20261121T183000Z-nightly", "20261122T183000Z-nightly")
DIGEST = "0" * 16


def night(root: Root, crawl: str, body: bytes, family: str, good: list[dict[str, Any]]) -> tuple[Any, judge.Verdict]:
    """Store one page, read it, judge it; return the part's counts and the verdict."""
    url = f"https://golden.invalid/tin/mot-bai-viet-{crawl[:8]}"
    with PackageWriter(root, "golden", crawl, command="nightly") as writer:
        writer.add(RawPage("golden", crawl, 0, "article", url, url, url, 200, datetime(2026, 11, 22, tzinfo=UTC), body))
        writer.seal("pages")
    stages.read_package(
        Reading(str(root), "golden", crawl, DIGEST, PageContext("golden", "https", "golden.invalid", family))
    )
    made = part(root, "golden", crawl, DIGEST)
    assert made is not None
    stats = made.manifest["stats"]
    brought = judge.Night(
        outcome="pages", listed=20, pages=1, articles=stats["articles"], unread=stats.get("unread", 0),
        generic=stats["generic"], crashed=stats["crashed"], filled=stats["filled"], last_new=date(2026, 11, 22),
        today=date(2026, 11, 22),
    )  # fmt: skip
    return stats, judge.judge(brought, judge.Expectations(silence_days=7), good)


def after_a_redesign(body: bytes) -> bytes:
    """The page with other classes and ids, other elements and other names in its data."""
    changed = redesigned(Answer(body)).body
    assert isinstance(changed, bytes)
    # Data in scripts: other keys, under another root.
    return re.sub(rb'(\\?")([A-Za-z_]\w+)(\\?"\s*:)', rb"\1x\2\3", changed).replace(b"__NEXT_DATA__", b"__STATE__")


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_first_page_of_a_redesign_is_noticed(path: Path, tmp_path: Path) -> None:
    root = open_root(create=True, address=tmp_path / "root")
    family = path.parent.name
    stats, verdict = night(root, NIGHTS[0], path.read_bytes(), family, [])
    assert (stats["articles"], stats["generic"], verdict.state) == (1, 0, "ok"), verdict
    good = [{"articles": stats["articles"], "filled": stats["filled"]}] * 5
    stats, verdict = night(root, NIGHTS[1], after_a_redesign(path.read_bytes()), family, good)
    assert verdict.state == "degraded", json.dumps(stats, ensure_ascii=False)
    assert verdict.failure_class in ("layout_changed", "low_fill")
    assert (stats["generic"], verdict.failure_class) == (stats["articles"], "layout_changed") or not stats["articles"]
    (failing,) = stats["failing"]
    assert failing["url"].startswith("https://golden.invalid/tin/")
    assert failing["selectors"], "diagnose has no selector to name"
