"""Faults of the net and of portals, by name. `apply(site, "503-every=5")` hangs one into a site.

Faults of one page strike the newest article (`huge`, `zero`, …) or the newest four (`redirect-out`); `victims(site)`
gives their addresses. Requests are counted per site, robots.txt included.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from flows.demo.content import Article, Catalogue, Image, ListCatalogue, SiteFacts
from flows.demo.markup.base import Answer, Markup, Request
from flows.demo.markup.sharepoint import API
from flows.demo.site import Hook, Site

from .tls import server_context

STUB: Final = (
    b'<html><body><script>document.cookie="D1N=9b1c4e7a2f6d8035"+"; expires=Fri, 31-Dec-2099 23:59:59 GMT; path=/";'
    b"window.location.reload(true);</script></body></html>"
)
"""A cookie challenge of about 180 bytes, as some portals answer to strangers."""
MEBIBYTE: Final = 1 << 20


def victims(site: Site, count: int = 1) -> list[str]:
    """Return the paths (with query) of the newest `count` articles."""
    return [site.markup.address(a) for a in site.markup.catalogue.page(None, 0, count)]


def is_at(request: Request, address: str) -> bool:
    """Tell whether a request asks for `address`."""
    parts = urlsplit(address)
    wanted = dict(parse_qsl(parts.query))
    return request.path == parts.path and all(request.query.get(k) == v for k, v in wanted.items())


# ---- answers of any page


@dataclass
class Every(Hook):
    """Answers every Nth request with an error."""

    n: int
    status: int = 503

    def before(self, request: Request, number: int) -> Answer | None:
        """See `Hook`."""
        return (
            Answer(b"<html><body><h1>Service Unavailable</h1></body></html>", status=self.status)
            if number % self.n == 0
            else None
        )


@dataclass
class First(Hook):
    """Answers the first N requests with 429 and `Retry-After`."""

    n: int
    after_seconds: int = 1

    def before(self, request: Request, number: int) -> Answer | None:
        """See `Hook`."""
        if number > self.n:
            return None
        return Answer(b"Too Many Requests\n", "text/plain", 429, headers={"Retry-After": str(self.after_seconds)})


@dataclass
class DropEvery(Hook):
    """Closes the connection in the middle of every Nth answer's body."""

    n: int

    def after(self, request: Request, number: int, answer: Answer) -> Answer:
        """See `Hook`."""
        return replace(answer, cut=True) if number % self.n == 0 and answer.status == 200 else answer


@dataclass
class Slow(Hook):
    """Waits before every answer."""

    seconds: float

    def before(self, request: Request, number: int) -> Answer | None:
        """See `Hook`."""
        time.sleep(self.seconds)
        return None


@dataclass
class Fixed(Hook):
    """Gives one answer to every request (a challenge, an empty page, a blocking firewall)."""

    answer: Answer
    spare: Sequence[str] = ()
    """Paths that are answered as ever."""

    def before(self, request: Request, number: int) -> Answer | None:
        """See `Hook`."""
        return None if request.path in self.spare else self.answer


# ---- answers of chosen pages


@dataclass
class At(Hook):
    """Gives another answer at given addresses."""

    addresses: Sequence[str]
    make: Callable[[int], Answer]
    """Gets the place of the address in the sequence."""

    def before(self, request: Request, number: int) -> Answer | None:
        """See `Hook`."""
        for place, address in enumerate(self.addresses):
            if is_at(request, address):
                return self.make(place)
        return None


@dataclass
class Rewrite(Hook):
    """Changes every HTML answer."""

    change: Callable[[Answer], Answer]

    def after(self, request: Request, number: int, answer: Answer) -> Answer:
        """See `Hook`."""
        if answer.status != 200 or not answer.type.startswith("text/html") or not isinstance(answer.body, bytes):
            return answer
        return self.change(answer)


def endless_gzip() -> Iterator[bytes]:
    """Yield a gzip stream of zeros that never ends (10 MiB in each 10 KiB piece)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(bytes(10 * MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    while True:
        yield piece


def big_page(mebibytes: int) -> Iterator[bytes]:
    """Yield an honest HTML page of this size, piece by piece."""
    yield b"<!DOCTYPE html><html lang='vi'><head><title>Trang rat dai</title></head><body><h1>Trang rat dai</h1>"
    paragraph = ("<p>" + "Nhân dân xã Tân Lập hiến 1.250 m2 đất làm đường. " * 40 + "</p>\n").encode()
    for _ in range(mebibytes * MEBIBYTE // len(paragraph) + 1):
        yield paragraph
    yield b"</body></html>"


def nested_page(depth: int) -> bytes:
    """Return a page of `depth` nested elements."""
    return (
        b"<html><head><title>Sau</title></head><body>"
        + b"<div>" * depth
        + b"<p>D\xc3\xa1y.</p>"
        + b"</div>" * depth
        + b"</body></html>"
    )


def noise(size: int = 200_000) -> bytes:
    """Return bytes that are no text, always the same ones, beginning as a PNG does."""
    blocks = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(size // 32))
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + blocks


def bomb() -> bytes:
    """Return a feed whose entities would grow to gigabytes."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><title>&l9;&f;</title></channel></rss>'.encode()


# ---- traps


class Calendar(Hook):
    """An endless calendar: every month links to its days and to the months beside it."""

    def before(self, request: Request, number: int) -> Answer | None:
        """See `Hook`."""
        match = re.fullmatch(r"/lich/(\d{1,6})/(\d{1,2})(?:/(\d{1,2}))?", request.path)
        if not match:
            return None
        year, month = int(match[1]), int(match[2])
        months = [(year + (month == 12), month % 12 + 1), (year - (month == 1), (month - 2) % 12 + 1)]
        links = "".join(f'<a href="/lich/{y}/{m}">{m}/{y}</a> ' for y, m in months)
        days = "".join(f'<a href="/lich/{year}/{month}/{d}">{d}</a> ' for d in range(1, 29))
        head = f"<html><head><title>Lịch {month}/{year}</title></head>"
        return Answer(f"{head}<body>{links}<div>{days}</div></body></html>".encode())

    def after(self, request: Request, number: int, answer: Answer) -> Answer:
        """Link every page to the calendar."""
        if answer.status != 200 or not isinstance(answer.body, bytes) or not answer.type.startswith("text/html"):
            return answer
        return replace(
            answer, body=answer.body.replace(b"</body>", b'<a href="/lich/2025/11">Lich cong tac</a></body>', 1)
        )


class Endless:
    """A catalogue whose listings never end: past the last page they begin again."""

    def __init__(self, inner: Catalogue) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def count(self, section: str | None = None) -> int:
        """Far more than there are."""
        return 1_000_000

    def page(self, section: str | None, start: int, length: int) -> Sequence[Article]:
        """Return a page, from the beginning again after the last."""
        total = self.inner.count(section)
        return self.inner.page(section, start % total if total else 0, length)

    def get(self, number: int, section: str | None = None) -> Article | None:
        """Return what there is."""
        return self.inner.get(number, section)


def redesigned(answer: Answer) -> Answer:
    """Return a page with every class and id renamed, and microdata gone, as after a redesign of the portal."""
    assert isinstance(answer.body, bytes)

    def renamed(match: re.Match[bytes]) -> bytes:
        return match[1] + b"x" + hashlib.sha1(match[2], usedforsecurity=False).hexdigest()[:7].encode() + b'"'

    body = re.sub(rb'(\s(?:class|id)=")([^"]*)"', renamed, answer.body)
    body = re.sub(rb'\sitem(?:prop|type|scope)(?:="[^"]*")?', b"", body)
    body = body.replace(b"<h1", b"<h2").replace(b"</h1>", b"</h2>")
    return replace(answer, body=body)


def mislabelled(answer: Answer, label: str) -> Answer:
    """Return a page that says it has another charset than it has, in its header and in its head."""
    assert isinstance(answer.body, bytes)
    body = re.sub(rb"(?i)charset=utf-8", f"charset={label}".encode(), answer.body)
    return replace(answer, body=body, type=f"text/html; charset={label}")


def mojibake(answer: Answer) -> Answer:
    """Return a page whose text was read as Windows-1252 and stored as UTF-8 again."""
    assert isinstance(answer.body, bytes)
    return replace(answer, body=answer.body.decode("latin-1").encode())


# ---- by name


def apply(site: Site, *faults: str, trap: str = "http://127.0.0.2:9/") -> Site:
    """Hang faults into a site by name (`name` or `name=value`); ValueError for one that does not exist.

    `trap` is where `redirect-out` leads besides a name that does not exist.
    """
    for fault in faults:
        name, _, value = fault.partition("=")
        if name not in FAULTS:
            raise ValueError(f"no such fault: {name}; one of {', '.join(sorted(FAULTS))}")
        FAULTS[name](site, value, trap)
    return site


def _hook(make: Callable[[str], Hook]) -> Callable[[Site, str, str], None]:
    return lambda site, value, trap: site.hooks.append(make(value))


def _newest(make: Callable[[str], Answer], default: str = "") -> Callable[[Site, str, str], None]:
    def hang(site: Site, value: str, trap: str) -> None:
        addresses = victims(site)
        site.hooks.append(At(addresses, lambda place: make(value or default)))

    return hang


def _out(site: Site, value: str, trap: str) -> None:
    targets = (trap, "http://metadata.invalid/latest/", "http://[::1]:9/", "file:///etc/passwd")
    site.hooks.append(
        At(victims(site, len(targets)), lambda place: Answer(status=302, headers={"Location": targets[place]}))
    )


def _loop(site: Site, value: str, trap: str) -> None:
    address = victims(site)[0]
    site.hooks.append(At([address], lambda place: Answer(status=302, headers={"Location": address})))


def _down(site: Site, value: str, trap: str) -> None:
    site.listening = False


def _tls(**settings: bool) -> Callable[[Site, str, str], None]:
    def hang(site: Site, value: str, trap: str) -> None:
        site.tls = server_context(**settings)

    return hang


def _endless_pages(site: Site, value: str, trap: str) -> None:
    site.markup.catalogue = Endless(site.markup.catalogue)


def _empty_site(site: Site, value: str, trap: str) -> None:
    site.markup.catalogue = ListCatalogue([])


def _api_max(site: Site, value: str, trap: str) -> None:
    site.markup.api_max = int(value)  # type: ignore[attr-defined]


def _api_broken(value: str) -> Answer:
    bodies = {
        "html": b"<html><body>Loi he thong</body></html>",
        "null": b"null",
        "cut": b'{"data": [{"ID": 1, "Title": "##',
    }
    return Answer(bodies[value], "application/json; charset=utf-8")


FAULTS: Final[dict[str, Callable[[Site, str, str], None]]] = {
    "503-every": _hook(lambda v: Every(int(v))),
    "500-every": _hook(lambda v: Every(int(v), 500)),
    "429-first": _hook(lambda v: First(int(v))),
    "429-wait": _hook(lambda v: First(1, int(v))),
    "drop-every": _hook(lambda v: DropEvery(int(v))),
    "slow": _hook(lambda v: Slow(float(v))),
    "down": _down,
    "stub": _hook(lambda v: Fixed(Answer(STUB))),
    "blocked": _hook(lambda v: Fixed(Answer(b"<html><body><h1>403 Forbidden</h1></body></html>", status=403))),
    "gone": _hook(lambda v: Fixed(Answer(b"<html><body><h1>410 Gone</h1></body></html>", status=410))),
    "empty": _hook(lambda v: Fixed(Answer(b""), spare=("/robots.txt",))),
    "robots-closed": lambda site, value, trap: site.hooks.append(
        At(["/robots.txt"], lambda place: Answer(b"User-agent: *\nDisallow: /\n", "text/plain"))
    ),
    "robots-error": lambda site, value, trap: site.hooks.append(
        At(["/robots.txt"], lambda place: Answer(b"", status=503))
    ),
    "redirect-out": _out,
    "redirect-loop": _loop,
    "huge": _newest(lambda v: Answer(endless_gzip(), headers={"Content-Encoding": "gzip"})),
    "big": _newest(lambda v: Answer(big_page(int(v))), "30"),
    "zero": _newest(lambda v: Answer(b"")),
    "binary": _newest(lambda v: Answer(noise())),
    "deep": _newest(lambda v: Answer(nested_page(int(v))), "20000"),
    "bad-gzip": _newest(
        lambda v: Answer(gzip.compress(b"<p>x</p>" * 900)[:-40] + b"\x00" * 40, headers={"Content-Encoding": "gzip"})
    ),
    "charset": _hook(lambda v: Rewrite(lambda answer: mislabelled(answer, v or "iso-8859-1"))),
    "mojibake": _hook(lambda v: Rewrite(mojibake)),
    "redesign": _hook(lambda v: Rewrite(redesigned)),
    "calendar": _hook(lambda v: Calendar()),
    "endless-pages": _endless_pages,
    "empty-site": _empty_site,
    "feed-bomb": lambda site, value, trap: site.hooks.append(
        At(["/rss/home.rss", "/news/rss/", "/sitemap.xml"], lambda place: Answer(bomb(), "text/xml"))
    ),
    "api-max": _api_max,
    "api-broken": lambda site, value, trap: site.hooks.append(At([API], lambda place: _api_broken(value or "html"))),
    "tls": _tls(),
    "tls-expired": _tls(expired=True),
    "tls-legacy": _tls(legacy=True),
}
"""Name to what it does to a site; `name=value` where it takes a value."""


class _Blank(Markup):
    """A site that has nothing."""

    def address(self, article: Article) -> str:
        raise KeyError(article.id)

    def image_address(self, article: Article, image: Image) -> str:
        raise KeyError(article.id)

    def attachment_address(self, article: Article, number: int) -> str:
        raise KeyError(article.id)

    def answer(self, request: Request) -> Answer | None:
        return Answer(b"<html><body>You should not be here.</body></html>")

    def not_found(self) -> bytes:
        return b""


def forbidden_site(address: str = "127.0.0.2") -> Site:
    """Return a site on another address of this machine; its log must stay empty."""
    facts = SiteFacts("forbidden", "Forbidden", "http", "forbidden.invalid", "none", ())
    return Site(_Blank(facts, ListCatalogue([])), address=address)
