"""Web archives of stand-in sites, written by warcio: pages as a crawler of somebody else would have kept them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.demo.markup.base import Request
from flows.demo.site import Site

from .generated import truth


def write_warc(path: Path, site: Site, captured: datetime, addresses: Iterable[str] | None = None) -> int:
    """Write the answers at `addresses` (by default all articles) on the real host into a WARC file; return how many.

    A name that ends in `.gz` makes a compressed file. Each page has a request record and a response record, captured
    at `captured` (UTC).
    """
    origin = site.markup.facts.origin
    wanted = list(addresses) if addresses is not None else [url for url, _ in truth(site)]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.name.endswith(".gz"))
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "warcio"}))
        for url in wanted:
            parts = urlsplit(url)
            answer = site.answer(Request("GET", parts.path, dict(parse_qsl(parts.query))))
            if not isinstance(answer.body, bytes):
                raise ValueError(f"no archive of a page without end: {url}")
            stamp = {"WARC-Date": f"{captured:%Y-%m-%dT%H:%M:%SZ}"}
            asked = StatusAndHeaders(
                f"GET {url.removeprefix(origin)} HTTP/1.1", [("Host", parts.netloc)], is_http_request=True
            )
            heads = [("Content-Type", answer.type), ("Content-Length", str(len(answer.body))), *answer.headers.items()]
            told = StatusAndHeaders(f"{answer.status} OK", heads, protocol="HTTP/1.1")
            response = writer.create_warc_record(
                url, "response", payload=BytesIO(answer.body), http_headers=told, warc_headers_dict=dict(stamp)
            )
            request = writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict=dict(stamp))
            writer.write_request_response_pair(request, response)
    return len(wanted)
