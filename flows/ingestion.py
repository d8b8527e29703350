"""`tinhuy ingest` and `tinhuy export-warc`: a portal's pages from web archives, and out again."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from click import echo

from flows import settings
from flows.errors import TinhuyError
from flows.progress import say
from flows.session import Session
from spiders.archives import export, ingest
from warehouse import ids, raw
from warehouse.raw import Package
from warehouse.store import open_root


def take(session: Session, slug: str) -> None:
    """Bring the pages of the run's archives into one raw package, once."""
    crawl = session.plan.run
    if Package(session.root, slug, ids.check_crawl(crawl)).sealed:
        return
    told = ingest([Path(name) for name in session.plan.archives], session.portal(slug), session.root, crawl)
    skipped = ", ".join(f"{count} {why}" for why, count in told.skipped.most_common(5)) or "none"
    say(session.plan.run, slug, "take", f"{told.taken} pages taken, {told.known} known already, skipped: {skipped}")
    for file, what in told.damaged.items():
        say(session.plan.run, slug, "take", f"{file} is damaged {what}")


def export_warc(file: Path, slug: str, *, force: bool) -> int:
    """Write a portal's raw packages as one WARC file; `.gz` in its name compresses it."""
    root = open_root(address=settings.data_root())
    if not raw.packages(root, slug):
        settings.portal_named(settings.registered(), slug)
        raise TinhuyError(f"{root} has no raw pages of {slug}", f"Run `tinhuy nightly {slug}`.")
    if file.exists() and not force:
        raise TinhuyError(f"{file} is there already", "Give --force to replace it.")
    handle, name = tempfile.mkstemp(prefix="_tmp", dir=file.absolute().parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            count = export(stream, root, slug, compressed=file.name.endswith(".gz"))
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    echo(f"{count} records in {file}")
    return 0
