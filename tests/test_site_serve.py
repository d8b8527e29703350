"""The loopback server of `tinhuy site --open`: only files of the site, only for this machine."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from warehouse.site import SiteError, serve, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a served folder that has a secret beside it and a link leading out."""
    base = tmp_path_factory.mktemp("served")
    (base / "secret.txt").write_text("secret", encoding="utf-8")
    site = base / "site"
    (site / "data").mkdir(parents=True)
    (site / "index.html").write_text("<p>night</p>", encoding="utf-8")
    (site / "data/x.json.gz").write_bytes(b"\x1f\x8b")
    (site / "app.js").write_text("1", encoding="utf-8")
    (site / "out.txt").symlink_to(base / "secret.txt")
    with serving(site) as (server, address):
        assert address.startswith("http://127.0.0.1:")
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html?id=1", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/data/x.json.gz", "application/octet-stream"),
    ],
)
def test_files_come_with_their_type_and_are_not_kept(served: int, path: str, kind: str) -> None:
    status, headers, _ = get(served, path)
    assert (status, headers["content-type"], headers["cache-control"]) == (200, kind, "no-store")
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//etc/passwd",
        "/out.txt",
        "/data",
        "/data/",
        "/nothing",
        "/%00",
    ],
)
def test_nothing_else_is_shown(served: int, path: str) -> None:
    status, _, body = get(served, path)
    assert status in (400, 404)
    assert b"secret" not in body
    assert b"x.json" not in body


def test_a_name_of_another_site_is_not_answered(served: int) -> None:
    assert get(served, "/", host="evil.invalid")[0] == 421
    assert get(served, "/", host="localhost")[0] == 200


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no report pages"):
        serve(tmp_path)


def test_a_port_in_use_is_said_so(served: int, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("x", encoding="utf-8")
    with pytest.raises(SiteError, match=f"cannot listen on 127.0.0.1:{served}"):
        serve(tmp_path, served)


def test_serving_opens_the_browser_and_ends_on_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.html").write_text("x", encoding="utf-8")
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)

    def interrupted(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("http.server.ThreadingHTTPServer.serve_forever", interrupted)
    serve(tmp_path)
    assert opened == [capsys.readouterr().out.split()[0]]
