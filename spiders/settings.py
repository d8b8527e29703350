"""Scrapy's settings for one portal: polite, identified, bounded, and closed to everything that is not a crawl."""

from __future__ import annotations

import os
from typing import Any, Final

from spiders.registry import Portal

CONTACT: Final = "TINHUY_CONTACT"
"""Environment variable: an address or page where a portal's keeper reaches whoever runs this crawl."""
ROBOT: Final = "tinhuy"
"""Name that rules in robots.txt may use."""
RETRIES: Final = 4
RETRIES_ASKED: Final = 10
"""Retries when the portal itself says when to come back (Retry-After)."""


def user_agent() -> str:
    """How the crawl names itself: program, purpose and the contact that `TINHUY_CONTACT` gives."""
    contact = " ".join(os.environ.get(CONTACT, "").split())[:200]
    contact = "".join(c for c in contact if " " <= c <= "~" and c not in "()<>\\")
    about = "statistics from public pages"
    return f"{ROBOT}/0.1 ({about}; contact {contact})" if contact else f"{ROBOT}/0.1 ({about})"


def crawl_settings(portal: Portal, *, loopback: bool, legacy: bool) -> dict[str, Any]:
    """Settings of the crawl of one portal; `loopback` for a base address on this machine, which needs no delay, and
    `legacy` for TLS whose certificates do not verify and whose protocols are old."""
    delay = 0.0 if loopback else portal.politeness.delay
    concurrency = 8 if loopback else portal.politeness.concurrency
    return {
        "BOT_NAME": ROBOT,
        "USER_AGENT": user_agent(),
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": ROBOT,
        # Politeness.
        "DOWNLOAD_DELAY": delay,
        "CONCURRENT_REQUESTS": concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "AUTOTHROTTLE_ENABLED": not loopback,
        "AUTOTHROTTLE_START_DELAY": delay,
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(concurrency),
        # Bounds.
        "DOWNLOAD_TIMEOUT": portal.politeness.timeout,
        "DOWNLOAD_MAXSIZE": portal.caps.page_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DNS_TIMEOUT": 20,
        # Certificates hold unless the record says that this portal's do not.
        "DOWNLOAD_VERIFY_CERTIFICATES": not legacy,
        **({"DOWNLOAD_TLS_MIN_VERSION": "TLSv1.0"} if legacy else {}),
        # What comes is a page of the portal or nothing: no other scheme, no redirect but our own, no cookies.
        "DOWNLOAD_HANDLERS": {"file": None, "ftp": None, "data": None, "s3": None},
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "HTTPPROXY_ENABLED": not loopback,
        "HTTPERROR_ALLOW_ALL": True,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "vi-VN,vi;q=0.9,en;q=0.5",
        },
        # The frontier sees to each address once and to memory; Scrapy's own duplicate filter would keep every request.
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "spiders.middlewares.HostGuard": 50,
            "spiders.middlewares.Robots": 100,
            "spiders.middlewares.Patience": 550,
        },
        # Doors that Scrapy opens by itself.
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "MEMUSAGE_ENABLED": True,
        "MEMUSAGE_LIMIT_MB": 1024,
        "LOG_LEVEL": os.environ.get("TINHUY_LOG_LEVEL", "INFO"),
        "LOGSTATS_INTERVAL": 60.0,
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "TINHUY_BACKOFF": 0.1 if loopback else 2.0,
    }
