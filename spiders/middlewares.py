"""Downloader middlewares: what may be asked, what robots.txt says, and how long to wait before asking again.

Scrapy's own would follow a redirect to this machine, ignore Crawl-delay, and repeat a refused request within
milliseconds whatever Retry-After says. These do not.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Self, cast

from protego import Protego
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from spiders.guards import is_challenge
from spiders.landing import kept_headers
from spiders.settings import RETRIES, RETRIES_ASKED, ROBOT
from warehouse.addresses import is_private_host

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from spiders.base import PortalSpider

_log: Final = logging.getLogger(__name__)
RETRY_STATUS: Final = frozenset((408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524))
RETRY_ERRORS: Final = (
    CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError,
    ResponseDataLossError, OSError,
)  # fmt: skip
LONGEST_WAIT: Final = 120.0
"""Seconds; a portal that asks for more is left alone until the next night."""
LARGEST_CRAWL_DELAY: Final = 60.0
_ROBOTS_BYTES: Final = 512 * 1024


class Refused(IgnoreRequest):
    """A request that must not be made; `reason` is `host` or `robots`."""

    def __init__(self, reason: str, url: str) -> None:
        super().__init__(f"{reason}: {url}")
        self.reason = reason


def failure_class(error: BaseException) -> str:
    """Class (of `contracts.FAILURE_CLASSES`) of a failure to get an answer."""
    if isinstance(error, Refused):
        return "robots" if error.reason == "robots" else "blocked"
    if isinstance(error, DownloadTimeoutError | TimeoutError):
        return "timeout"
    if isinstance(error, DownloadCancelledError | IgnoreRequest):
        return "partial"
    if _is_tls(error):
        return "tls"
    return "network"


def is_too_large(error: BaseException) -> bool:
    """Whether an answer was given up because its body has no end or is larger than a page may be."""
    return isinstance(error, DownloadCancelledError) or (
        isinstance(error, IgnoreRequest) and not isinstance(error, Refused) and "MAXSIZE" in str(error)
    )


def _is_tls(error: BaseException) -> bool:
    text = f"{type(error).__module__}.{type(error).__name__} {error}".lower()
    return any(word in text for word in ("ssl", "certificate", "tls", "verification failed", "handshake"))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that an answer's Retry-After asks to wait (a number or an HTTP date); None when it says nothing."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


class HostGuard:
    """Lets a request out only to the portal's own host (or the base address that stands for it).

    Every way to a request passes here: links, feeds, redirects, robots.txt. A portal whose name resolves to a private
    address is refused too, unless the base address says so.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse a request to any other host."""
        if not _spider(self.crawler).may_ask(request.url):
            raise Refused("host", request.url)

    def process_response(self, request: Request, response: Response) -> Response:
        """Refuse an answer from a private address under a public name."""
        spider = _spider(self.crawler)
        address = getattr(response, "ip_address", None)
        direct = spider.job.base_url is None and "proxy" not in request.meta
        if direct and address is not None and is_private_host(str(address)):
            raise Refused("host", f"{request.url} resolves to {address}")
        return response


class Robots:
    """Keeps to robots.txt: fetched once, before anything else, with its Crawl-delay.

    Not found means open; an answer of 429 or 5xx, or none, means closed (RFC 9309, 2.3.1). Rules are read for the real
    addresses, wherever pages are fetched from.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._rules: Protego | None = None
        self._lock = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse what robots.txt closes."""
        if request.meta.get("robots"):
            return
        async with self._lock:
            if self._rules is None:
                self._rules = await self._fetch()
        real = _spider(self.crawler).hosts.to_real(request.url)
        if not self._rules.can_fetch(real, ROBOT):
            raise Refused("robots", real)

    async def _fetch(self) -> Protego:
        spider = _spider(self.crawler)
        url = f"{spider.hosts.real}/robots.txt"
        request = Request(
            spider.hosts.to_wire(url), meta={"robots": True, "dont_merge_cookies": True}, callback=NO_CALLBACK,
            dont_filter=True, priority=1000,
        )  # fmt: skip
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101 - a middleware runs inside the engine
        try:
            response = await engine.download_async(request)
        except (IgnoreRequest, *RETRY_ERRORS) as error:
            failure = failure_class(error)
            spider.robots_failure = failure
            spider.landing.land("robots", url, requested=url, status=0, error=failure)
            return Protego.parse(_CLOSED)
        return self._read(spider, url, response)

    def _read(self, spider: PortalSpider, url: str, response: Response) -> Protego:
        body, headers = response.body, kept_headers(response.headers)
        closed = response.status == 429 or response.status >= 500
        challenge = response.status == 200 and is_challenge(body, headers)
        failure = "rate_limited" if response.status == 429 else "server_error" if closed else None
        spider.landing.land(
            "robots", url, requested=url, status=response.status, body=None if closed else body, headers=headers,
            error="blocked" if challenge else failure, flags=("challenge",) if challenge else (),
        )  # fmt: skip
        if closed:
            spider.robots_failure = failure
            return Protego.parse(_CLOSED)
        if response.status != 200 or challenge:
            return Protego.parse("")
        rules = Protego.parse(body[:_ROBOTS_BYTES].decode("utf-8", "replace"))
        spider.robots_sitemaps = [str(s) for s in list(rules.sitemaps)[:20]]
        delay = rules.crawl_delay(ROBOT)
        if delay is not None and delay > 0 and not spider.loopback:
            self._slow_down(min(float(delay), LARGEST_CRAWL_DELAY))
        return rules

    def _slow_down(self, delay: float) -> None:
        """Make Crawl-delay the least delay of this crawl."""
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101 - a middleware runs inside the engine
        for slot in engine.downloader.slots.values():
            slot.delay = max(slot.delay, delay)
            slot.concurrency = 1
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = max(throttle.mindelay, delay)
            throttle.maxdelay = max(throttle.maxdelay, delay)
        _log.info("robots.txt asks for %s s between requests", delay)


_CLOSED: Final = "User-agent: *\nDisallow: /\n"


class Patience:
    """Asks again, later: bounded retries with growing waits; Retry-After is honoured, for all requests of the crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.base = crawler.settings.getfloat("TINHUY_BACKOFF")
        self._until = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Hold a request back while the portal has asked for quiet."""
        wait = self._until - time.monotonic()
        if wait > 0:
            await asyncio.sleep(min(wait, LONGEST_WAIT))

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Turn an answer that says `later` into another request, while retries last."""
        if response.status not in RETRY_STATUS:
            return response
        asked = retry_after(kept_headers(response.headers), datetime.now(UTC))
        again = await self._again(request, str(response.status), asked)
        return again if again is not None else response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Turn a broken connection into another request, while retries last."""
        if not isinstance(exception, RETRY_ERRORS) or _is_tls(exception):
            return None
        return await self._again(request, type(exception).__name__, None)

    async def _again(self, request: Request, reason: str, asked: float | None) -> Request | None:
        tried = int(request.meta.get("retry_times", 0))
        spider = _spider(self.crawler)
        most = RETRIES if asked is None else RETRIES_ASKED
        if tried >= most or spider.quitting:
            return None
        wait = asked if asked is not None else self.base * 2**tried * random.uniform(0.8, 1.3)  # noqa: S311 - jitter
        if wait > LONGEST_WAIT or time.monotonic() + wait > spider.deadline:
            _log.warning("%s: not asked again, %.0f s to wait", request.url, wait)
            return None
        if asked is not None:
            self._until = max(self._until, time.monotonic() + wait)
        stats: Any = self.crawler.stats
        stats.inc_value("tinhuy/retries")
        stats.inc_value(f"tinhuy/retries/{reason}")
        await asyncio.sleep(wait)
        again = request.copy()
        again.meta["retry_times"] = tried + 1
        again.dont_filter = True
        return again


def _spider(crawler: Crawler) -> PortalSpider:
    return cast("PortalSpider", crawler.spider)
