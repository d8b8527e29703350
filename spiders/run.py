"""One crawl of one portal in a process of its own.

`crawl_portal` starts that process and waits; `python -m spiders.run --job JOB.json` is it. A crash, a kill or legacy
TLS is then one portal's own affair. What happened is read from the sealed manifest, never from an exit code:
Scrapy exits with 0 after a callback has raised and after it was told to stop. A process that ends without sealing
leaves its durable page files, and the same job continues after them.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from spiders import registry
from spiders.job import CrawlJob
from spiders.outcome import Outcome, judge
from spiders.registry import Portal, RegistryError
from warehouse import locks, raw
from warehouse.addresses import HostMap, is_loopback
from warehouse.raw import Package, PackageWriter
from warehouse.store import DataRootError, Root, open_root

if TYPE_CHECKING:
    from spiders.base import PortalSpider

__all__ = ["CrawlJob", "CrawlOutcome", "crawl_portal"]

_log: Final = logging.getLogger("spiders.run")
_POLL: Final = 0.1
_GRACE: Final = 15.0
"""Seconds between asking a crawl to end and ending it."""
_OVERTIME: Final = 900.0
"""Seconds beyond the time cap after which a crawl process hangs and is ended."""
INTERRUPTED: Final = 3
NOT_STORED: Final = 4
WRONG: Final = 2


@dataclass(frozen=True, slots=True)
class CrawlOutcome:
    """How a crawl ended."""

    portal: str
    crawl: str
    outcome: str
    """One of `contracts.OUTCOMES`."""
    failure_class: str | None
    message: str | None
    sealed: bool
    """Whether the package is final; if not, the same job continues it."""


def crawl_portal(job: CrawlJob, stop: threading.Event | None = None) -> CrawlOutcome:
    """Crawl in a process of its own and return how it ended; the package is sealed unless the process was ended.

    Setting `stop`, a KeyboardInterrupt or any other exception in this thread ends the process too; none is left behind.
    """
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "spiders.run", "--job", "-", "--parent", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_environment(job),
    )
    assert process.stdin is not None and process.stderr is not None  # noqa: S101, PT018 - both are pipes
    tail: deque[str] = deque(maxlen=30)
    reader = threading.Thread(target=_follow, args=(process.stderr, job.portal, tail), daemon=True)
    reader.start()
    try:
        try:
            process.stdin.write(job.as_json().encode())
            process.stdin.close()
        except BrokenPipeError:
            _log.debug("%s: the crawl process ended before it read its job", job.portal)
        limit = time.monotonic() + _minutes(job) * 60 + _OVERTIME
        while process.poll() is None:
            if (stop is not None and stop.is_set()) or time.monotonic() > limit:
                _end(process)
                break
            time.sleep(_POLL)
    except BaseException:
        _end(process)
        raise
    finally:
        reader.join(timeout=5)
        process.stderr.close()
    return _read_outcome(job, process.returncode, tail)


def _read_outcome(job: CrawlJob, code: int, tail: deque[str]) -> CrawlOutcome:
    package = Package(open_root(create=True, address=job.root), job.portal, job.crawl)
    if package.sealed:
        manifest = package.manifest
        return CrawlOutcome(job.portal, job.crawl, manifest.outcome, manifest.failure_class, manifest.message, True)
    said = next((line for line in reversed(tail) if line.startswith("tinhuy: ")), "").removeprefix("tinhuy: ")
    if code == WRONG:
        return CrawlOutcome(job.portal, job.crawl, "failed", "configuration", said or "the job is wrong", False)
    if code == INTERRUPTED:
        said = "the crawl was told to stop; the same command continues it"
    elif code < 0:
        said = f"the crawl process was ended by {signal.Signals(-code).name}; the same command continues it"
    elif not said:
        last = tail[-1] if tail else "no word"
        said = f"the crawl process ended with code {code} ({last}); the same command continues it"
    return CrawlOutcome(job.portal, job.crawl, "failed", "crashed", said, False)


def _environment(job: CrawlJob) -> dict[str, str]:
    env = dict(os.environ)
    here = str(Path(str(resources.files("spiders"))).parent)
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [here, env.get("PYTHONPATH")]))
    env["PYTHONUNBUFFERED"] = "1"
    if _legacy_tls(job):
        # OpenSSL reads its lowest security level from here and nowhere else that Twisted would hand on; the whole
        # process is affected, which is why it is one portal's own.
        env["OPENSSL_CONF"] = str(Path(str(resources.files("spiders"))) / "openssl-legacy.cnf")
    return env


def _legacy_tls(job: CrawlJob) -> bool:
    portal = _portal_of(job)
    return portal is not None and uses_legacy_tls(portal, job)


def uses_legacy_tls(portal: Portal, job: CrawlJob) -> bool:
    """Whether this crawl speaks TLS with a portal whose record allows old protocols and bad certificates."""
    scheme = job.base_url.partition(":")[0].lower() if job.base_url is not None else portal.scheme
    return portal.tls == "legacy" and scheme == "https"


def _minutes(job: CrawlJob) -> float:
    if "minutes" in job.caps:
        return float(job.caps["minutes"])
    portal = _portal_of(job)
    return portal.caps.minutes if portal is not None else registry.Caps().minutes


def _portal_of(job: CrawlJob) -> Portal | None:
    folder = Path(job.registry_dir) if job.registry_dir is not None else registry.default_directory()
    try:
        return registry.read(folder / f"{job.portal}.toml")
    except RegistryError:
        return None  # the crawl process says what is wrong with it


def _follow(stream: IO[bytes], portal: str, tail: deque[str]) -> None:
    for line in stream:
        text = line.decode("utf-8", "replace").rstrip()
        if text:
            tail.append(text[:2000])
            _log.info("%s: %s", portal, text[:2000])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# ---- the crawl process


def main(argv: list[str] | None = None) -> int:
    """Run one job; the exit code says whether the package was sealed (0), the job was wrong (2), the crawl was told
    to stop (3) or its pages could not be stored (4)."""
    parser = argparse.ArgumentParser(prog="python -m spiders.run", description="Crawl one portal into one raw package.")
    parser.add_argument("--job", required=True, help="file with the job as JSON, or - for standard input")
    parser.add_argument("--parent", type=int, help="process whose end ends this one")
    args = parser.parse_args(argv)
    if args.parent is not None:
        _die_with(args.parent)
    try:
        text = sys.stdin.read() if args.job == "-" else Path(args.job).read_text(encoding="utf-8")
        job = CrawlJob.from_json(text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return _wrong(f"not a crawl job: {error}")
    try:
        portals = registry.load(job.registry_dir)
        if job.portal not in portals:
            return _wrong(f"there is no portal {job.portal!r} in the registry")
        portal = portals[job.portal]
        HostMap(portal.address_rules(), job.base_url)
        portal.caps.model_validate({**portal.caps.model_dump(), **job.caps})
    except (RegistryError, ValueError) as error:
        return _wrong(str(error))
    try:
        root = open_root(create=True, address=job.root)
        with PackageWriter(root, job.portal, job.crawl, command=job.command) as writer:
            return _crawl(job, portal, root, writer)
    except (DataRootError, raw.RawError, locks.LockHeld, OSError) as error:
        return _say(str(error), NOT_STORED)


def _crawl(job: CrawlJob, portal: Portal, root: Root, writer: PackageWriter) -> int:
    from scrapy import signals
    from scrapy.crawler import CrawlerProcess

    from spiders.base import PortalSpider
    from spiders.landing import Landing
    from spiders.settings import crawl_settings

    began = time.monotonic()
    earlier = raw.packages(root, job.portal)
    known = raw.known_pages(root, job.portal)
    legacy = uses_legacy_tls(portal, job)
    landing = Landing(writer, job.portal, job.crawl, ("tls_legacy",) if legacy else ())
    loopback = job.base_url is not None and is_loopback(job.base_url)
    process: Any = CrawlerProcess(crawl_settings(portal, loopback=loopback, legacy=legacy))
    crawler = process.create_crawler(PortalSpider)
    trouble: list[BaseException] = []

    def on_error(failure: Any, response: Any, spider: PortalSpider) -> None:
        spider.tally.crashed += 1
        error = failure.value
        if isinstance(error, OSError | raw.RawError | DataRootError):
            trouble.append(error)
            spider.quitting = True
            crawler.engine.close_spider_async(reason="not_stored")
            return
        for request in spider.resume_pump():
            crawler.engine.crawl(request)

    crawler.signals.connect(on_error, signal=signals.spider_error)
    resumed = writer.durable() if writer.position else None
    process.crawl(crawler, portal=portal, job=job, landing=landing, known=known, earlier=earlier, resumed=resumed)
    process.start()
    spider: PortalSpider | None = crawler.spider
    reason = crawler.stats.get_value("finish_reason")
    if trouble:
        return _say(f"pages cannot be stored: {trouble[0]}", NOT_STORED)
    if spider is None or reason in (None, "shutdown"):
        writer.flush()
        return _say("told to stop", INTERRUPTED)
    spider.tally.listed = spider.listed()
    known_before = sum(1 for url in known if (page := known.get(url)) is not None and page.article)
    outcome = judge(spider.tally, known_before, spider.robots_failure)
    if reason != "finished":
        told = f"the crawl ended early ({reason})"
        outcome = Outcome("pages" if spider.tally.fetched else "failed", "crashed", told)
    writer.seal(outcome.outcome, outcome.failure_class, outcome.message, _stats(spider, crawler.stats, legacy, began))
    spider.finish()
    return 0


def _stats(spider: PortalSpider, counted: Any, legacy: bool, began: float) -> dict[str, Any]:
    tally = spider.tally
    counts = {entry.name: getattr(tally, entry.name) for entry in fields(tally)}
    return {
        **counts,
        "failed": dict(tally.failed),
        "retries": counted.get_value("tinhuy/retries", 0),
        "bytes": counted.get_value("downloader/response_bytes", 0),
        "http": {
            key.rpartition("/")[2]: value
            for key, value in counted.get_stats().items()
            if key.startswith("downloader/response_status_count/")
        },
        "finish_reason": counted.get_value("finish_reason"),
        "tls": "legacy" if legacy else "strict",
        "mirror": spider.job.base_url is not None,
        "seconds": round(time.monotonic() - began, 3),
        "peak_mib": _peak_memory(),
        "state": spider.state(),
    }


def _peak_memory() -> int:
    """Largest resident size of this process so far, MiB."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size // (1 << 20) if sys.platform == "darwin" else size // 1024


def _wrong(message: str) -> int:
    return _say(message, WRONG)


def _say(message: str, code: int) -> int:
    sys.stderr.write("tinhuy: " + json.dumps(message, ensure_ascii=False)[1:-1] + "\n")
    return code


def _die_with(parent: int) -> None:
    """End this process when its parent ends, however that happens (Linux; elsewhere the parent has to say so)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(INTERRUPTED)


if __name__ == "__main__":
    raise SystemExit(main())
