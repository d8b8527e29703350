"""`tinhuy site --open`: the report on a loopback address, for this machine only."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from warehouse.site.output import SiteError

HOST: Final = "127.0.0.1"
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".gz": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".md": "text/plain; charset=utf-8",
}


class _Handler(SimpleHTTPRequestHandler):
    """Plain files of one folder: no listings, nothing outside it, nothing kept by the browser."""

    protocol_version = "HTTP/1.1"
    server_version = "tinhuy"
    sys_version = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.extensions_map = _TYPES
        super().__init__(*args, **options)

    def guess_type(self, path: Any) -> str:
        return _TYPES.get(Path(path).suffix, "application/octet-stream")

    def send_head(self) -> Any:
        # Names that other sites resolve to this machine are not ours to answer (DNS rebinding).
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if host not in (HOST, "localhost"):
            self.send_error(421)
            return None
        folder = Path(self.directory).resolve()
        path = Path(self.translate_path(self.path))
        if path == folder:
            path = folder / "index.html"
            self.path = "/index.html"
        if not _shown(path, folder):
            self.send_error(404)
            return None
        return super().send_head()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal belongs to the reader."""


def _shown(path: Path, folder: Path) -> bool:
    """Whether a file is one of the site's own; what a link leads to outside is not."""
    try:
        real = path.resolve()
    except ValueError:  # a zero byte in the name
        return False
    return real.is_relative_to(folder) and real.is_file()


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[tuple[ThreadingHTTPServer, str]]:
    """Listen on loopback; yields the server (not yet answering) and its address."""
    if not (folder / "index.html").is_file():
        raise SiteError(f"{folder} holds no report pages; run `tinhuy site --into {folder}` or `tinhuy rebuild`")
    try:
        server = ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(folder)))
    except OSError as error:
        raise SiteError(f"cannot listen on {HOST}:{port} ({error}); leave --port out to take any free one") from error
    server.daemon_threads = True
    try:
        yield server, f"http://{HOST}:{server.server_address[1]}/"
    finally:
        server.server_close()


def serve(folder: Path, port: int = 0, *, show: bool = True) -> None:
    """Serve a site until interrupted, and open the browser at it when `show`."""
    with serving(folder, port) as (server, address):
        sys.stdout.write(f"{address}    (Ctrl-C ends it)\n")
        sys.stdout.flush()
        if show:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
