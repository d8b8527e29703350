"""Addresses: what names a page, and what must never be asked for.

One place decides when two links are the same article, which links belong to a portal at all, and how the portal's
real host maps to another base address (a mirror, an archive, a test site) and back. Spiders and transforms both ask
here, because an article's identity is the hash of its portal and its canonical address.

`canonical` promises: the result is ASCII, has the portal's own scheme and host, no port, no credentials, no fragment,
no dot segments and no tracking parameters; applying it twice changes nothing; anything else is None. It never raises
on any string.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

MAX_LENGTH: Final = 2000
"""Longer addresses are refused: no article has one, traps and attacks do."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRACKING: Final = _words(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh zarsrc zalo gidzl zanpid mc_cid
    mc_eid _ga _gl _gid fb_action_ids fb_action_types fb_source fb_ref fb_comment_id mibextid ocid spm vero_id wickedid
    __cft__ __tn__ hc_ref from_zalo utm
    """
)
"""Parameters that say where a reader came from, never what is shown. `utm_…` is matched by prefix."""

_VIEW_KEYS: Final = _words(
    """
    print inban in_ban isprint printable download savefile sendmail mailto format viewmode tmpl replytocom share
    outputtype pdf amp task
    """
)
"""Parameters that ask for another view of a page (print, download, mail): such an address is never an article."""

_VIEW_SEGMENTS: Final = _words(
    """
    print printview print-version savefile sendmail send-mail email mailto in-bai in-tin in-trang ban-in gui-email
    gui-mail gui-ban-be pop_up popup download tag tags tu-khoa tim-kiem search seek rss feed feeds login dang-nhap
    register dang-ky logout cart admin wp-admin wp-json wp-login.php
    """
)
"""Path segments that a print, mail, tag, search, feed or account page carries, whatever follows them."""

_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE: Final = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/")
_QUERY_SAFE: Final = _PATH_SAFE | frozenset(b"?")
_ESCAPE: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_SESSION: Final = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
_ASP_SESSION: Final = re.compile(r"/\([A-Z]\([A-Za-z0-9_-]{8,64}\)\)(?=/)")
_PAGER: Final = re.compile(r"/(?:page|trang)[-/]?\d{1,6}(?:/|\.html?)?$", re.IGNORECASE)
_FILE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|bmp|svg|ico|css|js|json|xml|rss|atom|pdf|docx?|xlsx?|pptx?|rtf|odt|zip|rar|7z|gz|mp[34]|m4[av]|"
    r"avi|wmv|flv|mov|webm|swf|woff2?|ttf|eot|apk|exe)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What of an address carries identity on one portal."""

    scheme: str
    host: str
    aliases: tuple[str, ...] = ()
    """Other host names of the same portal; `www.` with and without is always one."""
    article_pattern: str = ""
    """What path (with query) of an article's canonical address matches in full; empty: not known."""
    case_insensitive: bool = False
    """The server takes paths in any case (IIS)."""
    keep_query: tuple[str, ...] | None = ()
    """Names of the parameters that carry identity in article addresses (`*` allowed); None keeps all but tracking."""
    ports: tuple[int, ...] = field(default=())
    """Ports besides the scheme's own that are the portal's."""

    @property
    def origin(self) -> str:
        """`scheme://host`, with which every canonical address begins."""
        return f"{self.scheme}://{self.host}" + (f":{self.ports[0]}" if self.ports else "")


def canonical(url: str, rules: AddressRules, base: str | None = None) -> str | None:
    """Return the canonical address of `url` on the portal, or None when it is not one of this portal's pages.

    `base` is the address of the page that the link stands on. Refused: other hosts and look-alikes of the portal's,
    other ports, credentials, schemes other than http and https, control characters, addresses over `MAX_LENGTH`.
    """
    parts = _split(url, base)
    if parts is None or not _own_host(parts, rules):
        return None
    path = _clean_path(parts.path)
    if path is None:
        return None
    pairs = [(k, v) for k, v in _pairs(parts.query) if not _is_tracking(k)]
    found = _article_form(path, pairs, rules)
    target = found if found is not None else _join(path, pairs)
    address = rules.origin + target
    return address if len(address) <= MAX_LENGTH else None


def is_article(url: str, rules: AddressRules) -> bool:
    """Whether a canonical address matches the portal's article pattern and is no print, mail, tag or listing view."""
    if not rules.article_pattern or not url.startswith(rules.origin):
        return False
    target = url[len(rules.origin) :]
    path, _, query = target.partition("?")
    if _is_view(path, [(k, v) for k, v in _pairs(query)]):
        return False
    return _pattern(rules.article_pattern, rules.case_insensitive).fullmatch(target) is not None


def identity(url: str, rules: AddressRules) -> str:
    """Key under which two canonical addresses are the same page (letter case folded where the server does)."""
    return url.casefold() if rules.case_insensitive else url


def path_of(url: str) -> str:
    """Path with query of an absolute address."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_file(url: str) -> bool:
    """Whether the path ends like an image, document, script or archive."""
    return _is_file_path(urlsplit(url).path)


def is_private_host(host: str) -> bool:
    """Whether a host names this machine, a private network or a reserved name: never a public site."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return not address.is_global
    if re.fullmatch(r"(?:0x[0-9a-f]+|[0-9]+)(?:\.(?:0x[0-9a-f]+|[0-9]+)){0,3}", name):
        return True  # 2130706433, 0x7f.1, 127.1: ways to write a number that resolvers take for an address
    if "." not in name:
        return True
    return name.rsplit(".", 1)[-1] in {
        "localhost",
        "local",
        "internal",
        "test",
        "lan",
        "home",
        "corp",
        "arpa",
    }


def is_loopback(url: str) -> bool:
    """Whether an address points to this machine."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class HostMap:
    """The portal's real host and the base address that pages are fetched from, in both directions.

    Without a base address both directions change nothing but the host's spelling. A base address may have a path
    (`http://127.0.0.1:8000/baohagiang`), which is put before every path. ValueError says what is wrong with a base.
    """

    def __init__(self, rules: AddressRules, base_url: str | None = None) -> None:
        self.rules = rules
        self.real = rules.origin
        self.wire = self.real if base_url is None else _check_base(base_url)

    @property
    def wire_host(self) -> str:
        """Host (with port) that requests of this crawl may go to."""
        return urlsplit(self.wire).netloc.lower()

    def to_wire(self, url: str) -> str:
        """Address to fetch for an address on the real host; ValueError for any other."""
        if not _begins(url, self.real):
            raise ValueError(f"not an address of {self.real}: {url}")
        return self.wire + (url[len(self.real) :] or "/")

    def to_real(self, url: str) -> str:
        """Address on the real host for one that was fetched; other addresses come back as they are."""
        if self.wire != self.real and _begins(url, self.wire):
            return self.real + (url[len(self.wire) :] or "/")
        return url

    def is_wire(self, url: str) -> bool:
        """Whether a request to `url` stays on the host that this crawl may ask."""
        return _begins(url, self.wire)


def _is_file_path(path: str) -> bool:
    last = path.rstrip("/").rsplit("/", 1)[-1]
    dot = last.rfind(".")
    return dot >= 0 and _FILE.fullmatch(last[dot:]) is not None


def _begins(url: str, prefix: str) -> bool:
    return url == prefix or (url.startswith(prefix) and url[len(prefix)] in "/?#")


def _check_base(base_url: str) -> str:
    try:
        parts = urlsplit(base_url.strip())
        port = parts.port
    except ValueError as error:
        raise ValueError(f"base address {base_url!r}: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"base address {base_url!r}: want http(s)://host[:port][/path]")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError(f"base address {base_url!r}: no credentials, query or fragment")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _split(url: str, base: str | None) -> SplitResult | None:
    if not isinstance(url, str) or len(url) > 4 * MAX_LENGTH:
        return None
    text = url.strip(" \t\r\n\f\v\u00a0\ufeff\u200b")
    text = text.replace("\t", "").replace("\r", "").replace("\n", "")
    if any(c < " " or c == "\x7f" for c in text):
        return None
    head, mark, rest = _cut(text)
    text = head.replace("\\", "/") + mark + rest  # browsers read a backslash in a path as a slash
    if _SCHEME.match(text) and not text[:8].lower().startswith(("http://", "https://")):
        return None
    try:
        if _SCHEME.match(text) and not urlsplit(text).netloc:
            return None
        parts = urlsplit(urljoin(base, text) if base else text)
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return parts


def _cut(text: str) -> tuple[str, str, str]:
    for i, c in enumerate(text):
        if c in "?#":
            return text[:i], c, text[i + 1 :]
    return text, "", ""


def _own_host(parts: SplitResult, rules: AddressRules) -> bool:
    if "@" in parts.netloc:
        return False
    try:
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return False
    host = host.lower()
    if not _HOST.fullmatch(host):
        return False
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme.lower()] and port not in rules.ports:
        return False
    return host in _own_names(rules.host, rules.aliases)


@lru_cache(maxsize=512)
def _own_names(host: str, aliases: tuple[str, ...]) -> frozenset[str]:
    names = {host, *aliases}
    return frozenset(names | {f"www.{n}" for n in names} | {n.removeprefix("www.") for n in names})


def _clean_path(path: str) -> str | None:
    path = _SESSION.sub("", path)
    path = _ASP_SESSION.sub("", path)
    path = _escape(path, _PATH_SAFE)
    if "%00" in path:
        return None
    return _without_dots(path)


def _escape(text: str, safe: frozenset[int]) -> str:
    """Percent-encoding in one form: unreserved bytes plain, everything else `%XX` in capitals, stray `%` as `%25`."""
    raw = text.encode("utf-8", "surrogatepass")
    out = bytearray()
    i = 0
    while i < len(raw):
        byte = raw[i]
        if byte == 0x25:
            match = _ESCAPE.match(raw, i)
            if match is None:
                out += b"%25"
                i += 1
                continue
            value = int(match[1], 16)
            out += bytes((value,)) if value in _UNRESERVED else b"%%%02X" % value
            i += 3
            continue
        out += bytes((byte,)) if byte in safe else b"%%%02X" % byte
        i += 1
    return out.decode("ascii")


def _without_dots(path: str) -> str:
    if not path:
        return "/"
    kept: list[str] = []
    segments = path.split("/")
    for i, segment in enumerate(segments):
        last = i == len(segments) - 1
        if segment == ".":
            if last:
                kept.append("")
        elif segment == "..":
            if len(kept) > 1:
                kept.pop()
            if last:
                kept.append("")
        else:
            kept.append(segment)
    clean = "/".join(kept)
    return clean if clean.startswith("/") else "/" + clean


def _pairs(query: str) -> list[tuple[str, str | None]]:
    """Parameters in order, in one percent-encoding; a name without `=` keeps None."""
    found: list[tuple[str, str | None]] = []
    for piece in query.replace("&amp;", "&").split("&"):
        if not piece:
            continue
        name, equals, value = piece.partition("=")
        found.append((_escape(name, _QUERY_SAFE), _escape(value, _QUERY_SAFE) if equals else None))
    return found


def _join(path: str, pairs: Iterable[tuple[str, str | None]]) -> str:
    query = "&".join(k if v is None else f"{k}={v}" for k, v in pairs)
    return f"{path}?{query}" if query else path


def _is_tracking(name: str) -> bool:
    lowered = name.lower()
    return lowered in _TRACKING or lowered.startswith("utm_")


def _is_view(path: str, pairs: Iterable[tuple[str, str | None]]) -> bool:
    if not _VIEW_SEGMENTS.isdisjoint(path.lower().split("/")[1:]) or _PAGER.search(path):
        return True
    if _is_file_path(path):
        return True
    return any(k.lower().rpartition("_")[2] in _VIEW_KEYS or k.lower() in _VIEW_KEYS for k, _ in pairs)


def _article_form(path: str, pairs: list[tuple[str, str | None]], rules: AddressRules) -> str | None:
    """The spelling of path and identity parameters that the article pattern matches, if there is one.

    Parameters that carry no identity are dropped only from article addresses: a listing needs its page number.
    """
    if not rules.article_pattern or _is_view(path, pairs):
        return None
    pattern = _pattern(rules.article_pattern, rules.case_insensitive)
    kept = _identity_pairs(pairs, rules)
    for form in _path_forms(path):
        target = _join(form, kept)
        if pattern.fullmatch(target):
            return target
    return None


def _path_forms(path: str) -> Iterable[str]:
    """The path as it is, then with the differences that servers commonly overlook."""
    single = re.sub(r"/{2,}", "/", path)
    for form in (path, single):
        yield form
        yield form.rstrip("/") if form.endswith("/") else form + "/"


def _identity_pairs(pairs: list[tuple[str, str | None]], rules: AddressRules) -> list[tuple[str, str | None]]:
    if rules.keep_query is None:
        return pairs
    kept: list[tuple[str, str | None]] = []
    for wanted in rules.keep_query:
        for name, value in pairs:
            same = fnmatchcase(name.lower(), wanted.lower()) if rules.case_insensitive else fnmatchcase(name, wanted)
            if same and value:
                kept.append((name if "*" in wanted else wanted, value))
                break
    return kept


@lru_cache(maxsize=512)
def _pattern(pattern: str, fold: bool) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE if fold else 0)
