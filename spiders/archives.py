"""Web archives in and out: pages of a portal from WARC and WACZ files, and raw packages as WARC.

An archive is somebody else's crawl. What is taken from it is what a crawl would have kept: answers with status 200 at
addresses that the record's pattern accepts, no challenge stubs, bodies within the portal's size cap; the time of
fetching is that of the capture. A capture whose bytes the portal's packages hold already is not taken again, so that
the same file, or two that overlap, may be given twice.

An archive is read twice: first for what its listings, feeds and redirects tell of articles (`gleaning`), then for the
pages. A page saved under an address that the portal has since left is the article of the address it leads to now.

Files are untrusted: a WACZ is read member by member and never unpacked, records beyond the caps are skipped and
counted, a file cut short gives what stands before the cut.
"""

from __future__ import annotations

import hashlib
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final, TypeVar
from urllib.parse import parse_qsl

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from spiders.gleaning import Answer, Gleanings
from spiders.guards import is_challenge, is_soft_404, is_trap
from spiders.registry import Portal
from warehouse import ids
from warehouse.addresses import canonical, is_article
from warehouse.pages import RawPage
from warehouse.raw import PackageWriter, packages
from warehouse.store import Root

_Made = TypeVar("_Made")
MEMBERS: Final = (".warc", ".warc.gz", ".warc.zst")
_RECORD: Final = 64 << 20
"""Bytes of a record as it lies in the file beyond which it is not looked at."""
_HEADER: Final = 64 << 10
_FORM: Final = 16 << 10
_RATIO: Final = 200
"""How many times larger than its file what is packed in it may be: HTML packs to a tenth, bombs to a thousandth."""
_BROKEN: Final = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError)
"""What reading a damaged or hostile file raises, here and in the libraries."""
_WEB, _FAR = 1991, 9999
"""Years that a capture may be of: there was no web before the first."""
_SAME_BODY: Final = 4
"""Different articles with the same bytes: the fourth is taken for a block page."""
_HEADERS: Final = ("content-type", "content-language", "date", "etag", "last-modified", "link", "generator")
_TYPES: Final = ("text/html", "application/xhtml+xml", "")
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_UNSENT: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class ArchiveError(Exception):
    """A file is no web archive, or cannot be read at all; the message names it."""


@dataclass(slots=True)
class Taken:
    """What an ingestion found."""

    records: int = 0
    taken: int = 0
    known: int = 0
    """Captures that the portal's packages hold already."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Records that are no page of an article, by reason."""
    damaged: dict[str, str] = field(default_factory=dict)
    """File to what is wrong with it from some record on."""


def ingest(files: Iterable[Path], portal: Portal, root: Root, crawl: str) -> Taken:
    """Bring a portal's pages of some archives into one raw package and seal it; an interrupted call goes on.

    ArchiveError when a file is no archive; nothing is sealed then.
    """
    told = Taken()
    chosen = list(files)
    with closing(glean(chosen, portal, _moved(root, portal.slug))) as gleaned, \
            PackageWriter(root, portal.slug, crawl, command="ingest") as writer:  # fmt: skip
        seen = _held(root, portal.slug, writer)
        bodies: dict[str, set[str]] = {}
        for file in chosen:
            for page in pages(file, portal, crawl, told, gleaned):
                key = (page.url, page.sha256 or "")
                if key in seen:
                    told.known += 1
                    continue
                shared = bodies.setdefault(page.sha256 or "", set())
                shared.add(page.url)
                if len(shared) >= _SAME_BODY:
                    told.skipped["the same page at many addresses"] += 1
                    continue
                seen.add(key)
                writer.add(page)
                told.taken += 1
        message = "; ".join(f"{file}: {what}" for file, what in told.damaged.items()) or None
        stats = {
            "listed": told.taken + told.known, "fetched": told.taken, "unchanged": told.known, "records": told.records,
            "skipped": dict(told.skipped), "damaged": dict(told.damaged),
        }  # fmt: skip
        writer.seal("pages" if writer.position else "empty", "partial" if told.damaged else None, message, stats)
    return told


def _moved(root: Root, slug: str) -> dict[str, str]:
    """Addresses that crawls found to lead to another one of the portal's articles, oldest crawl first."""
    moved: dict[str, str] = {}
    for package in packages(root, slug):
        state = package.manifest.stats.get("state")
        if isinstance(state, dict):
            moved |= state.get("aliases") or {}
    return moved


def _held(root: Root, slug: str, writer: PackageWriter) -> set[tuple[str, str]]:
    held = set()
    for package in (*packages(root, slug), writer.durable()):
        for row in package.records(["url", "sha256", "status"], batch=4096):
            if row["sha256"] is not None and row["status"] == HTTPStatus.OK:
                held.add((row["url"], row["sha256"]))
    return held


def glean(files: Sequence[Path], portal: Portal, moved: Mapping[str, str] | None = None) -> Gleanings:
    """Read archives for what they tell of a portal's articles beside their pages; close it after use."""
    gleaned = Gleanings(portal, moved or {})
    for file in files:
        forms: dict[str, dict[str, str]] = {}
        waiting: list[_Heard] = []
        for heard in _read(file, Taken(), lambda record: _heard(record, portal)):
            if heard.form:
                forms |= {heard.own: heard.form, heard.other: heard.form}
            elif portal.api is None or heard.answer.url != portal.address_rules().origin + portal.api.path:
                gleaned.take(heard.answer)
            elif sum(len(held.answer.body) for held in waiting) < _RECORD:
                waiting.append(heard)  # which list it is of stands in the request, which may come after it
        for held in waiting:
            held.answer.form = forms.get(held.own) or forms.get(held.other)
            gleaned.take(held.answer)
    gleaned.settle()
    return gleaned


@dataclass(slots=True)
class _Heard:
    own: str
    """Id of the record, and of the one it belongs together with."""
    other: str
    answer: Answer
    form: dict[str, str] | None = None
    """What was posted, when the record is a request."""


def _heard(record: WarcRecord, portal: Portal) -> _Heard | None:
    kind = record.record_type
    asked = kind == WarcRecordType.request and portal.api is not None
    if not asked and kind not in (WarcRecordType.response, WarcRecordType.resource):
        return None
    url = canonical((record.headers.get("WARC-Target-URI") or "").strip("<> "), portal.address_rules())
    if url is None:
        return None
    own, other = (record.headers.get(name) or "" for name in ("WARC-Record-ID", "WARC-Concurrent-To"))
    if asked:
        return _Heard(own, other, Answer(url, 0, b""), _form(record))
    try:
        answer = _answer(record)
        body = bytes(answer.reader.read(portal.caps.page_bytes + 1))
    except (OSError, ValueError):
        return None
    if len(body) > portal.caps.page_bytes:
        return None
    if not answer.is_http:
        return _Heard(own, other, Answer(url, HTTPStatus.OK, body))
    location = next((value for name, value in answer.http_headers if name.lower() == "location"), "")
    return _Heard(own, other, Answer(url, answer.http_headers.status_code or 0, body, location[:2000]))


def _form(record: WarcRecord) -> dict[str, str]:
    """Fields that a request posted."""
    head, _, body = record.reader.read(_FORM).partition(b"\r\n\r\n")
    return dict(parse_qsl(body.decode("utf-8", "replace"))) if head.startswith(b"POST ") else {}


def pages(
    file: Path, portal: Portal, crawl: str, told: Taken | None = None, gleaned: Gleanings | None = None
) -> Iterator[RawPage]:
    """Yield the pages of a portal's articles in a WARC or WACZ file, in the order of the file; positions are 0."""
    told = told if told is not None else Taken()
    return _read(file, told, lambda record: _page(record, portal, crawl, told.skipped, gleaned))


def _read(file: Path, told: Taken, take: Callable[[WarcRecord], _Made | None]) -> Iterator[_Made]:
    """Yield what `take` makes of each record of a file, counted; a file that breaks off is noted and left there."""
    with ExitStack() as stack:
        for name, stream, size in _streams(file, stack):
            before, unpacked = told.records, 0
            try:
                for record in ArchiveIterator(stream, parse_http=False, max_header_len=_HEADER):
                    unpacked += record.content_length
                    if unpacked > _RATIO * size + _RECORD:
                        raise ValueError("packed beyond all reason")
                    told.records += 1
                    if record.content_length > _RECORD:
                        told.skipped["too large"] += 1
                        continue
                    made = take(record)
                    if made is not None:
                        yield made
            except _BROKEN as error:
                if told.records == before:
                    raise ArchiveError(f"{name}: not a web archive that can be read: {error}") from error
                told.damaged[name] = f"after {told.records - before} records: {error}"
            else:
                if told.records == before:
                    raise ArchiveError(f"{name}: holds no record")


def _streams(file: Path, stack: ExitStack) -> Iterator[tuple[str, IO[bytes], int]]:
    """Yield name, stream and size in bytes of each WARC in a file."""
    size = file.stat().st_size
    if not zipfile.is_zipfile(file):
        yield file.name, stack.enter_context(file.open("rb")), size
        return
    try:
        archive = stack.enter_context(zipfile.ZipFile(file))
    except _BROKEN as error:
        raise ArchiveError(f"{file.name}: not a WACZ that can be read: {error}") from error
    members = [info for info in archive.infolist() if info.filename.lower().endswith(MEMBERS)]
    if not members:
        raise ArchiveError(f"{file.name}: holds no {', '.join(MEMBERS)}; a WACZ has them under archive/")
    if sum(info.compress_size for info in members) > size:
        raise ArchiveError(f"{file.name}: its members lie one over another")
    for info in members:
        inside = "".join(c if c.isprintable() else "?" for c in info.filename[:200])
        if info.flag_bits & 1 or info.file_size > _RATIO * max(1, info.compress_size):
            raise ArchiveError(f"{file.name}/{inside}: encrypted, or packed beyond all reason")
        try:
            stream = stack.enter_context(archive.open(info))
        except _BROKEN as error:
            raise ArchiveError(f"{file.name}/{inside}: cannot be unpacked: {error}") from error
        yield f"{file.name}/{inside}", stream, info.file_size


def _page(
    record: WarcRecord, portal: Portal, crawl: str, skipped: Counter[str], gleaned: Gleanings | None
) -> RawPage | None:
    if record.record_type not in (WarcRecordType.response, WarcRecordType.resource):
        return None
    address = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    rules = portal.address_rules()
    url = canonical(address, rules)
    if url is None:
        skipped["other host"] += 1
        return None
    if not is_article(url, rules) or is_trap(url):
        skipped["no article"] += 1
        return None
    if record.headers.get("WARC-Truncated"):
        skipped["cut short by who saved it"] += 1
        return None
    try:
        answer = _answer(record)
        body = bytes(answer.reader.read(portal.caps.page_bytes + 1))
    except (OSError, ValueError):
        skipped["undecodable"] += 1
        return None
    status = answer.http_headers.status_code if answer.is_http else HTTPStatus.OK
    if status != HTTPStatus.OK:
        skipped[f"status {status}"] += 1
        return None
    headers = _headers(record, answer)
    if headers.get("content-type", "").partition(";")[0].strip().lower() not in _TYPES:
        skipped["no HTML"] += 1
        return None
    captured = _captured(record)
    if captured is None:
        skipped["no date"] += 1
        return None
    if captured > ids.crawl_started(crawl) + timedelta(days=1):
        skipped["date in the future"] += 1  # it would outlast every later crawl
        return None
    if len(body) > portal.caps.page_bytes:
        skipped["too large"] += 1
        return None
    if not body or is_challenge(body, headers):
        skipped["empty or a challenge"] += 1
        return None
    if is_soft_404(body):
        skipped["soft 404"] += 1
        return None
    lasting, copy = gleaned.identity(url) if gleaned is not None else (url, False)
    hints = gleaned.hints(lasting) if gleaned is not None else {}
    if gleaned is not None and not copy and gleaned.own(url, body):
        hints = {**hints, "own": True}
    return RawPage(
        portal=portal.slug,
        crawl=crawl,
        position=0,
        kind="other" if copy else "article",
        url=url if copy else lasting,
        requested_url=address,
        final_url=address,
        status=HTTPStatus.OK,
        fetched_at=captured,
        body=body,
        headers=headers,
        sha256=hashlib.sha256(body).hexdigest(),
        hints={**hints, "same_as": lasting} if copy else hints,
        flags=("archive", "alias") if copy else ("archive",),
    )


def _captured(record: WarcRecord) -> datetime | None:
    """Return when a record was captured, UTC; None when it does not say, or says what no clock has shown."""
    moment = record.record_date
    if moment is None or not _WEB <= moment.year < _FAR:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _answer(record: WarcRecord) -> WarcRecord:
    """Return a copy of a record, read whole, with its HTTP headers parsed; EOFError when the file ends within it.

    A copy, because an error while decoding takes the reader away that the iterator needs to go on.
    """
    block = record.reader.read()
    if len(block) != record.content_length:
        raise EOFError(f"the file ends {record.content_length - len(block)} bytes before the end of a record")
    answer = WarcRecord()
    answer.init_headers(record_type=WarcRecordType.response)
    answer.set_bytes_content(block)
    answer.is_http = record.is_http
    if answer.is_http:
        answer.parse_http(auto_decode="all", max_header_len=_HEADER)
    return answer


def _headers(record: WarcRecord, answer: WarcRecord) -> dict[str, str]:
    if not answer.is_http:
        return {"content-type": record.headers.get("Content-Type") or ""}
    found = {name.lower(): value for name, value in answer.http_headers}
    return {name: found[name][:2000] for name in _HEADERS if name in found}


def export(file: IO[bytes], root: Root, slug: str, compressed: bool) -> int:
    """Write every answer of a portal's sealed packages as WARC records, oldest first; return how many.

    Left out are answers that only said that nothing had changed, and those that never came.
    """
    writer: Any = WARCWriter(file, gzip=compressed)
    writer.write_record(
        writer.create_warcinfo_record("", {"software": "tinhuy", "description": f"raw pages of {slug}"})
    )
    count = 0
    for package in packages(root, slug):
        for page in package.pages():
            leads_on = page.status in _REDIRECTS and "location" in page.headers
            if page.status == 0 or (page.body is None and not leads_on):
                continue
            writer.write_record(_record(writer, page))
            count += 1
    return count


def _record(writer: Any, page: RawPage) -> Any:
    # Bodies are kept as they were after decoding, so what the portal said of their coding no longer holds.
    kept = [(name, value) for name, value in _told(page.headers) if name not in _UNSENT]
    if page.status in _REDIRECTS and page.final_url != page.url:
        # Where it led on the real host, whichever host answered for it.
        kept = [(name, value) for name, value in kept if name != "location"] + [("location", page.final_url)]
    kept.append(("content-length", str(len(page.body or b""))))
    heads = StatusAndHeaders(f"{page.status} {_phrase(page.status)}", kept, protocol="HTTP/1.1")
    return writer.create_warc_record(
        page.requested_url if page.status in _REDIRECTS else page.final_url,
        "response",
        payload=BytesIO(page.body or b""),
        http_headers=heads,
        warc_headers_dict={"WARC-Date": _stamp(page.fetched_at)},
    )


def _told(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        # A header of a hostile page must not end its line: what follows would be a header, or a record, of its own.
        yield name, " ".join(value.split())


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
