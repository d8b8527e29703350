"""`tinhuy parse` and `tinhuy extract`: one text or one saved page to its rows, without a data root."""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from click import echo

from flows import settings
from flows.errors import TinhuyError

LONGEST_LINE: Final = 64 << 20
LARGEST_PAGE: Final = 64 << 20
FIGURE: Final = (
    "start", "end", "surface", "kind", "value", "value_max", "denominator", "unit", "per", "qualifier", "change",
    "period_start", "period_end",
)  # fmt: skip
CITATION: Final = ("start", "end", "surface", "type", "key", "date")
"""The guide's fields; what tinhuy knows besides comes after them."""
_OWN: Final = frozenset({"writing"})


def parse(lines: BinaryIO) -> int:
    """Print one line of figures and citations per line of text."""
    from transforms.analysis import analyse

    for number, told in _texts(lines):
        text = unicodedata.normalize("NFC", told["text"])
        result = analyse(text, province=told.get("province"), published=_day(told.get("published"), number))
        figures = [row for figure in result.figures if (row := figure.row())["writing"] == "digits"]
        rows = {
            "id": told["id"],
            "figures": [_ordered(row, FIGURE) for row in figures],
            "citations": [_ordered(citation.row(), CITATION) for citation in result.citations],
        }
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()
    return 0


def _texts(lines: BinaryIO) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE + 1), b""), start=1):
        if len(line) > LONGEST_LINE:
            raise TinhuyError(f"line {number}: longer than {LONGEST_LINE >> 20} MiB", "Give one text per line.")
        if not line.strip():
            continue
        try:
            told = json.loads(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            raise TinhuyError(
                f"line {number}: not JSON in UTF-8: {error}", 'Want {"id": …, "text": …} on each line.'
            ) from error
        if not isinstance(told, dict) or "id" not in told or not isinstance(told.get("text"), str):
            raise TinhuyError(f'line {number}: not an object with "id" and a string "text"')
        yield number, told


def _day(text: Any, number: int) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except (TypeError, ValueError):
        raise TinhuyError(f'line {number}: "published" is {text!r}, not a day such as 2026-11-22') from None


def _ordered(row: Mapping[str, Any], first: tuple[str, ...]) -> dict[str, Any]:
    rest = {name: value for name, value in row.items() if name not in first and name not in _OWN}
    return {**{name: row[name] for name in first}, **rest}


def extract(file: Path, url: str, portal: str | None) -> int:
    """Print the rows of one saved page as JSON; 1 when it is no article."""
    from transforms.page import PageContext, transform
    from warehouse.pages import RawPage

    size = file.stat().st_size
    if size > LARGEST_PAGE:
        raise TinhuyError(f"{file} has {size >> 20} MiB; a page is at most {LARGEST_PAGE >> 20} MiB")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TinhuyError(f"{url!r} is not the http(s) address of a page")
    registered = settings.registered()
    record = settings.portal_named(registered, portal) if portal else _of_host(registered, parts.hostname)
    if record is None:
        slug, canonical = "unknown", url
        context = PageContext(portal=slug, scheme=parts.scheme, host=parts.hostname, family="generic")
    else:
        from flows.session import context_of

        slug, canonical = record.slug, record.article_url(url) or url
        context = context_of(record)
    body = file.read_bytes()
    page = RawPage(
        portal=slug,
        crawl="19700101T000000Z-extract",
        position=0,
        kind="article",
        url=canonical,
        requested_url=url,
        final_url=url,
        status=200,
        fetched_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        body=body,
        headers={},
        sha256=hashlib.sha256(body).hexdigest(),
    )
    result = transform(page, context)
    told = {
        "outcome": result.outcome,
        "layout": result.layout,
        "reason": result.reason,
        "fields": result.fields,
        **result.tables,
    }
    echo(json.dumps(told, ensure_ascii=False, indent=2, default=_plain))
    return 0 if result.outcome == "article" else 1


def _of_host(registered: Mapping[str, Any], host: str) -> Any:
    plain = host.removeprefix("www.")
    for record in registered.values():
        if plain in {name.removeprefix("www.") for name in (record.host, *record.aliases)}:
            return record
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
