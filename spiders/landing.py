"""Landing: answers become raw pages of the crawl's package, verbatim and as they come.

Addresses in a package are always those of the real host, wherever the bytes came from. Headers that carry secrets
(cookies) or say nothing of the page stay out. Nothing here judges a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from scrapy.http import Headers

from warehouse.pages import RawPage
from warehouse.raw import PackageWriter

KEPT: Final = (
    "content-type", "content-language", "content-encoding", "content-length", "content-disposition", "date", "etag",
    "last-modified", "cache-control", "expires", "age", "location", "server", "x-powered-by", "retry-after", "via",
    "generator", "x-generator", "microsoftsharepointteamservices", "x-aspnet-version", "liferay-portal", "link",
)  # fmt: skip
_VALUE: Final = 2000


class Landing:
    """The package of one crawl, being filled."""

    def __init__(self, writer: PackageWriter, portal: str, crawl: str, flags: Iterable[str] = ()) -> None:
        self.writer = writer
        self.portal = portal
        self.crawl = crawl
        self.flags = tuple(flags)
        """Flags that every page of this crawl carries (`tls_legacy`)."""
        self.pages = writer.position

    def land(
        self,
        kind: str,
        url: str,
        *,
        requested: str,
        final: str | None = None,
        status: int,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        error: str | None = None,
        sha256: str | None = None,
        hints: Mapping[str, Any] | None = None,
        flags: Iterable[str] = (),
    ) -> None:
        """Store one answer (or the failure to get one)."""
        self.writer.add(
            RawPage(
                portal=self.portal,
                crawl=self.crawl,
                position=self.pages,
                kind=kind,
                url=url,
                requested_url=requested,
                final_url=final or requested,
                status=status,
                fetched_at=datetime.now(UTC),
                body=body,
                headers=dict(headers or {}),
                error=error,
                sha256=sha256,
                hints=dict(hints or {}),
                flags=(*self.flags, *flags),
            )
        )
        self.pages += 1


def kept_headers(headers: Headers) -> dict[str, str]:
    """Headers of an answer that are stored: names in lower case, values as text of bounded length."""
    kept: dict[str, str] = {}
    for name in KEPT:
        value = headers.get(name)
        if value is not None:
            kept[name] = value.decode("utf-8", "replace")[:_VALUE]
    return kept
