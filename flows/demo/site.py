"""The loopback server of the sample portals.

`serve()` gives every site a port of its own on 127.0.0.1 and answers as a real server would: ETag and Last-Modified
with 304, gzip where accepted, HEAD, keep-alive, a 404 page with the look of the site. Pages are rendered when asked
for, so a site may have any number of articles. Hooks may see a request before it is answered and an answer before it
leaves: faults, logs and redesigns of tests hang there.

    with serve(load_sites()) as sites:
        sites["baovungcao"]          # 'http://127.0.0.1:40123', for --base-url
"""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from flows.demo.content import ListCatalogue, load
from flows.demo.markup import FAMILIES
from flows.demo.markup.base import Answer, Markup, Request

_FORM_LIMIT = 1 << 20
_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")


class Hook:
    """What may be hung into a site; both methods do nothing by default."""

    def before(self, request: Request, number: int) -> Answer | None:
        """Return an answer to give instead of the site's; `number` counts the site's requests from 1."""
        return None

    def after(self, request: Request, number: int, answer: Answer) -> Answer:
        """Return the answer to give in place of `answer`."""
        return answer


@dataclass
class Site:
    """One portal as it is served."""

    markup: Markup
    hooks: list[Hook] = field(default_factory=list)
    listening: bool = True
    """False: the port is reserved and nothing listens there."""
    tls: ssl.SSLContext | None = None
    validators: bool = True
    """Whether pages carry ETag and Last-Modified."""
    address: str = "127.0.0.1"
    requests: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def slug(self) -> str:
        """Slug of the portal."""
        return self.markup.facts.slug

    def answer(self, request: Request) -> Answer:
        """Return the answer to one request, hooks applied."""
        with self.lock:
            self.requests += 1
            number = self.requests
        for hook in self.hooks:
            answer = hook.before(request, number)
            if answer is not None:
                break
        else:
            found = self.markup.answer(request)
            answer = found if found is not None else Answer(self.markup.not_found(), status=404)
        for hook in self.hooks:
            answer = hook.after(request, number, answer)
        return answer


class Log(Hook):
    """Keeps every request, and appends it as a JSON line to `path` where one is given."""

    def __init__(self, path: Path | None = None) -> None:
        self.rows: list[dict[str, Any]] = []
        self.path = path
        self.lock = threading.Lock()

    def after(self, request: Request, number: int, answer: Answer) -> Answer:
        """Record the request with the status of its answer (200 for what a validator then turns into 304)."""
        row = {
            "number": number,
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "form": dict(request.form),
            "status": answer.status,
            "conditional": "if-none-match" in request.headers or "if-modified-since" in request.headers,
            "user_agent": request.headers.get("user-agent"),
            "at": time.time(),
        }
        with self.lock:
            self.rows.append(row)
            if self.path:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return answer

    def paths(self, status: int | None = None) -> list[str]:
        """Return the paths asked for, those answered with `status` where one is given."""
        with self.lock:
            return [row["path"] for row in self.rows if status in (None, row["status"])]


class Served(Mapping[str, str]):
    """Sites that are being served: slug to base address. Close it, or use it as a context manager."""

    def __init__(self, sites: Sequence[Site], port: int = 0) -> None:
        self.sites = {site.slug: site for site in sites}
        self._servers: list[_Server] = []
        self._urls: dict[str, str] = {}
        try:
            for number, site in enumerate(sites):
                self._urls[site.slug] = self._start(site, port + number if port else 0)
        except OSError:
            self.close()
            raise

    def _start(self, site: Site, port: int) -> str:
        scheme = "https" if site.tls else "http"
        if site.listening:
            server = _Server((site.address, port), site)
            self._servers.append(server)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            port = int(server.server_address[1])
        elif not port:
            with socket.socket() as reserved:
                reserved.bind((site.address, 0))
                port = int(reserved.getsockname()[1])
        return f"{scheme}://{site.address}:{port}"

    def __getitem__(self, slug: str) -> str:
        return self._urls[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._urls)

    def __len__(self) -> int:
        return len(self._urls)

    def close(self) -> None:
        """Stop listening; harmless when done twice."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def load_sites() -> list[Site]:
    """Return the bundled sample portals, ready to be served."""
    return [Site(FAMILIES[facts.family](facts, ListCatalogue(articles))) for facts, articles in load().values()]


def serve(sites: Sequence[Site] | None = None, port: int = 0, log: Log | None = None) -> Served:
    """Serve `sites` (the bundled ones by default) on loopback: site i on `port` + i, or any free ports.

    Raises OSError where a port is taken.
    """
    chosen = list(sites) if sites is not None else load_sites()
    if log:
        for site in chosen:
            site.hooks.append(log)
    return Served(chosen, port)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        self.site = site
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without looking a host name up."""
        socketserver.TCPServer.server_bind(self)
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), int(port)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak TLS where the site does, in the connection's own thread."""
        if self.site.tls:
            request = self.site.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: `Log` keeps what tests need."""

    def version_string(self) -> str:
        """Return the Server header."""
        return self.server.site.markup.server

    def do_GET(self) -> None:
        """Answer a request without a body."""
        self._serve({})

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Answer a form."""
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size > _FORM_LIMIT:
            self.close_connection = True
            self._send(Answer(b"Too large\n", "text/plain", 413), {})
            return
        text = self.rfile.read(size).decode("utf-8", "replace")
        self._serve(dict(parse_qsl(text, keep_blank_values=True)))

    def _serve(self, form: Mapping[str, str]) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(self.command, unquote(parts.path), query, form, headers)
        self._send(self.server.site.answer(request), headers)

    def _send(self, answer: Answer, asked: Mapping[str, str]) -> None:
        headers = {"Content-Type": answer.type, **self.server.site.markup.extra_headers, **answer.headers}
        if isinstance(answer.body, bytes):
            answer, body = self._validated(answer, answer.body, asked, headers)
            headers["Content-Length"] = str(len(body))
        else:
            body = b""
            headers["Transfer-Encoding"] = "chunked"
            headers["Connection"] = "close"
        self.send_response(answer.status)
        for name, value in headers.items():
            if not (answer.status == 304 and name == "Content-Length"):
                self.send_header(name, value)
        try:
            self.end_headers()
            if self.command == "HEAD" or answer.status == 304:
                return
            if not isinstance(answer.body, bytes):
                self._stream(answer.body, cut=answer.cut)
            elif answer.cut:
                self.wfile.write(body[: len(body) // 2])
                self._hang_up()
            else:
                self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def _validated(
        self, answer: Answer, body: bytes, asked: Mapping[str, str], headers: dict[str, str]
    ) -> tuple[Answer, bytes]:
        """Add validators and coding, and turn the answer into 304 where the client has this very page."""
        plain = answer.status == 200 and self.command in ("GET", "HEAD") and self.server.site.validators
        if plain:
            tag = hashlib.sha1(body, usedforsecurity=False).hexdigest()[:16]
            headers["ETag"] = f'"{tag}"'
            if answer.modified:
                headers["Last-Modified"] = format_datetime(answer.modified.astimezone(UTC), usegmt=True)
            if _has_it(asked, tag, answer.modified):
                return replace(answer, status=304), b""
        if "Content-Encoding" not in answer.headers and len(body) > 200 and answer.type.startswith(_TEXT_TYPES):
            headers["Vary"] = "Accept-Encoding"
            if _accepts_gzip(asked):
                headers["Content-Encoding"] = "gzip"
                body = gzip.compress(body, 4, mtime=0)
        return answer, body

    def _stream(self, pieces: Iterable[bytes], *, cut: bool) -> None:
        self.close_connection = True
        for piece in pieces:
            if piece:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if cut:
            self._hang_up()
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _has_it(asked: Mapping[str, str], tag: str, modified: datetime | None) -> bool:
    known = asked.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or tag in {t.strip().removeprefix("W/").strip('"') for t in known.split(",")}
    since = asked.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _accepts_gzip(asked: Mapping[str, str]) -> bool:
    for part in asked.get("accept-encoding", "").split(","):
        coding, _, quality = part.partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
