"""Runs mutants through `transform` and says what is wrong with what comes out."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from transforms.page import PageContext, PageResult, transform
from warehouse.contracts import TABLES, schema
from warehouse.pages import RawPage

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "pages"
SLOWEST = 5.0
"""Seconds of processor time that a page may take."""
_FETCHED = datetime(2025, 3, 4, 18, 30, tzinfo=UTC)
_KINDS = ["article"] * 12 + ["listing", "feed", "sitemap", "api"]
_HEADERS = [
    {},
    {"content-type": "text/html; charset=utf-8"},
    {"content-type": "text/html; charset=x\x00"},
    {"content-type": "image/png"},
]

_HINTS = [{"section": "Thời sự"}, {"listed_date": "32/13/2024"}, {"feed": {"title": "x" * 999}}, {"api": {"ID": None}}]


@dataclass
class Tally:
    """What came of the mutants."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        self.outcomes += other.outcomes
        self.reasons += other.reasons
        self.slowest = max(self.slowest, other.slowest)
        self.faults += other.faults


def corpus(folders: Sequence[Path] = ()) -> list[tuple[str, bytes]]:
    """Return (family, page) for every golden page and for the saved pages in `folders` (family `generic`)."""
    golden = [(path.parent.name, path.read_bytes()) for path in sorted(GOLDEN.glob("*/*.html"))]
    saved = [("generic", path.read_bytes()) for folder in folders for path in sorted(folder.glob("*.html"))]
    return [(family if family != "unfamiliar" else "generic", page) for family, page in golden] + saved


def raw(body: bytes, family: str, rng: random.Random) -> tuple[RawPage, PageContext]:
    """Return a raw page of a made-up portal, and the portal's context."""
    url = "https://fuzz.invalid/tin/bai-viet-12345.html"
    hints = rng.choice([{}, *_HINTS])
    page = RawPage(
        portal="fuzz", crawl="20250304T183000Z-nightly", position=0, kind=rng.choice(_KINDS), url=url,
        requested_url=url,
        final_url=url, status=200, fetched_at=_FETCHED, body=body, headers=rng.choice(_HEADERS), hints=hints,
    )  # fmt: skip
    return page, PageContext("fuzz", "https", "fuzz.invalid", family, "ha-giang", r"/tin/.+", {"/tin": "Tin tức"})


def faults(result: PageResult) -> Iterator[str]:
    """Yield what is wrong with a result."""
    rejects = result.tables.get("rejects", [])
    articles = result.tables.get("articles", [])
    if result.outcome not in ("article", "not_article", "reject"):
        yield f"outcome {result.outcome!r}"
    if result.outcome == "article" and len(articles) != 1:
        yield f"{len(articles)} articles"
    if result.outcome == "reject" and not (rejects and all(row["reason"] and row["detail"] for row in rejects)):
        yield "a reject without a reason"
    for name, rows in result.tables.items():
        try:
            pa.RecordBatch.from_pylist(rows, schema=schema(name))
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError, TypeError) as error:
            yield f"{name}: {error}"
            continue
        for column in TABLES[name].columns:
            values = [row[column.name] for row in rows]
            if not column.nullable and any(value is None for value in values):
                yield f"{name}.{column.name} is null"
            if column.values and any(value is not None and value not in column.values for value in values):
                yield f"{name}.{column.name} has a value off its list"
        keys = [tuple(row[key] for key in TABLES[name].key) for row in rows]
        if len(keys) != len(set(keys)):
            yield f"{name}: a key stands twice"
    for article in articles:
        text = article["text"]
        text.encode()
        for name in ("figures", "citations", "places"):
            for row in result.tables.get(name, []):
                if text[row["start"] : row["end"]] != row["surface"]:
                    yield f"{name}: offsets do not give the surface"


def one(page: bytes, family: str, rng: random.Random, tally: Tally) -> None:
    """Run one mutant and count what came of it; exceptions are left to the caller."""
    raw_page, context = raw(page, family, rng)
    begun = time.process_time()
    result = transform(raw_page, context)
    taken = time.process_time() - begun
    tally.slowest = max(tally.slowest, taken)
    tally.outcomes[result.outcome] += 1
    if result.reason:
        tally.reasons[result.reason.split(":")[0][:40]] += 1
    tally.faults += list(faults(result))
    if taken > SLOWEST:
        tally.faults.append(f"{taken:.1f} s")


def run(seed: int, mutants: int, folders: Sequence[Path] = (), keep: Path | None = None) -> Tally:
    """Run `mutants` mutants from `seed`; a mutant that fails is written to `keep`."""
    from fuzz.mutate import mutant

    pages = corpus(folders)
    tally = Tally()
    for number in range(mutants):
        rng = random.Random(f"{seed}-{number}")  # noqa: S311 - not for secrets
        family, page = rng.choice(pages)
        body, names = mutant(page, rng)
        before = len(tally.faults)
        try:
            one(body, family, rng, tally)
        except Exception as error:  # noqa: BLE001 - whatever is raised is the finding
            tally.outcomes["raised"] += 1
            tally.faults.append(f"{type(error).__name__}: {error}")
        if len(tally.faults) > before:
            told = f"seed {seed}, mutant {number}, {family}, {'+'.join(names)}"
            tally.faults[before:] = [f"{told}: {fault}" for fault in tally.faults[before:]]
            if keep is not None:
                (keep / f"{seed}-{number}.html").write_bytes(body)
    return tally


def run_many(seed: int, mutants: int, folders: Sequence[Path], keep: Path | None, jobs: int) -> Tally:
    """Run mutants in `jobs` processes."""
    step = 250
    chunks = [(seed + i, min(step, mutants - i * step)) for i in range((mutants + step - 1) // step)]
    tally = Tally()
    with ProcessPoolExecutor(jobs) as pool:
        for done in [pool.submit(run, *chunk, folders, keep) for chunk in chunks]:
            tally.add(done.result())
    return tally
