"""The command line: helps, exit codes, and a clear message for every wrong use."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import click
import pytest

from flows import cli

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _own_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINHUY_WAREHOUSE", str(tmp_path / "root"))
    monkeypatch.delenv("TINHUY_PORTALS", raising=False)


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = cli.run(argv)
    out, err = capsys.readouterr()
    return code, out, err


def commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in cli.cli.commands.items():
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, sub) for sub in command.commands]
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, *command, "--help")
    assert code == 0
    assert f"tinhuy {' '.join(command)}" in out.split("Example:")[1]


WRONG = [
    (("nightly", "baohagang"), "there is no portal 'baohagang'", "baohagiang"),
    (("nightly", "--since", "2026-13-40"), "'2026-13-40' is not a day", "2026-11-22"),
    (("nightly", "--since", "22/11/2026"), "'22/11/2026' is not a day", "2026-11-22"),
    (("nightly", "--base-url", "baohagiang"), "is not PORTAL=URL", "http://"),
    (("nightly", "--base-url", "baohagiang=ftp://x"), "is not PORTAL=URL", "http://"),
    (("nightly", "--base-url", "baohagiang=http://u:p@127.0.0.1/"), "is not PORTAL=URL", "http://"),
    (("nightly", "--base-url", "baohagiang=http://127.0.0.1:99999"), "is not PORTAL=URL", "http://"),
    (("nightly", "--base-url", "nowhere=http://127.0.0.1:1"), "there is no portal 'nowhere'", "tinhuy portals"),
    (("nightly", "--wait", "-1"), "--wait", ""),
    (("backfill", "baohagiang", "--from", "2024-02-01", "--to", "2024-01-01"), "2024-01-01 is before", ""),
    (("backfill", "baohagiang", "--from", "2024-02-01"), "--to", ""),
    (("rerun", "last"), "there is no data root", "TINHUY_WAREHOUSE"),
    (("rebuild",), "there is no data root", "TINHUY_WAREHOUSE"),
    (("status",), "there is no data root", "tinhuy nightly"),
    (("sql", "select 1"), "there is no data root", "tinhuy demo"),
    (("rollback", "20260101T000000Z-00000000"), "there is no data root", ""),
    (("diagnose", "baohagiang"), "there is no data root", ""),
    (("ingest", "no-such.warc.gz", "--portal", "baohagiang"), "no-such.warc.gz", ""),
    (("parse", "no-such.jsonl"), "no-such.jsonl", ""),
    (("extract", "no-such.html", "--url", "https://baohagiang.vn/x"), "no-such.html", ""),
    (("nosuch",), "No such command 'nosuch'", ""),
    (("sql",), "Missing argument", ""),
]


@pytest.mark.parametrize(("argv", "what", "mend"), WRONG, ids=lambda value: " ".join(value)[:40] if value else "-")
def test_wrong_use_ends_with_2_and_says_what_mends_it(
    argv: tuple[str, ...], what: str, mend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, *argv)
    assert code == 2
    assert what in err
    assert mend in err
    assert "Traceback" not in err
    assert out == ""


def test_a_data_root_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "thesis.docx").write_text("mine")
    code, _, err = told(capsys, "nightly", "baohagiang")
    assert code == 2
    assert "is not a data root: it holds thesis.docx" in err
    assert [path.name for path in (tmp_path / "root").iterdir()] == ["thesis.docx"]


def test_a_wrong_portal_file_is_told_with_file_key_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "portals").mkdir()
    (tmp_path / "portals" / "mot.toml").write_text('name = "Một"\ncolour = "red"\n')
    monkeypatch.setenv("TINHUY_PORTALS", str(tmp_path / "portals"))
    code, _, err = told(capsys, "portals")
    assert code == 2
    assert "mot.toml" in err
    assert "tinhuy portals" in err


@pytest.mark.parametrize("name", ["TINHUY_CRAWLS", "TINHUY_WORKERS", "TINHUY_DASK"])
def test_a_wrong_setting_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "many")
    code, _, err = told(capsys, "portals")
    assert code == 2
    assert name in err


BAD_LINES = [
    (b"no json\n", "line 1: not JSON"),
    (b'{"id": 1, "text": "a"}\n{"id": 2}\n', 'line 2: not an object with "id" and a string "text"'),
    (b'{"id": 1, "text": 3}\n', "line 1: not an object"),
    (b"[1]\n", "line 1: not an object"),
    (b"\xff\xfe\n", "line 1: not JSON in UTF-8"),
    (b'{"id": 1, "text": "a", "published": "May"}\n', "line 1: \"published\" is 'May'"),
    (b"[" * 100_000, "line 1: not JSON"),
]


@pytest.mark.parametrize(("lines", "what"), BAD_LINES)
def test_parse_names_the_line_that_is_wrong(
    lines: bytes, what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    code, _, err = told(capsys, "parse", "-")
    assert code == 2
    assert what in err


def test_parse_gives_the_guide_s_fields_for_numbers_in_digits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Năm 2023, toàn tỉnh có hơn 1.115 mô hình theo Quyết định số 12-QĐ/TU; ba xã đạt chuẩn."
    decomposed = unicodedata.normalize("NFD", text)
    file = tmp_path / "texts.jsonl"
    file.write_text("\ufeff" + json.dumps({"id": 7, "text": decomposed}) + "\n\n", encoding="utf-8")
    code, out, _ = told(capsys, "parse", str(file))
    row: dict[str, Any] = json.loads(out)
    assert code == 0
    assert row["id"] == 7
    (figure,) = row["figures"]
    assert text[figure["start"] : figure["end"]] == figure["surface"] == "1.115"
    assert (figure["value"], figure["kind"], figure["unit"], figure["qualifier"]) == (1115, "count", "mô hình", "over")
    assert (figure["period_start"], figure["period_end"]) == ("2023-01-01", "2023-12-31")
    (citation,) = row["citations"]
    assert (citation["type"], citation["key"]) == ("Quyết định", "12-QĐ/TU")


def test_extract_reads_a_saved_page_of_an_unknown_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paragraphs = (
        "Xã Nậm Mười hiện có 1.204 hộ, trong đó 312 hộ đã tham gia mô hình trồng quế hữu cơ do huyện vận động.",
        "Trước đây, người dân chủ yếu trồng ngô trên nương dốc, đất bạc màu nhanh, thu nhập bấp bênh theo mùa.",
        "Chi bộ các thôn phân công đảng viên đi trước, hướng dẫn bà con làm đất, chọn giống và chăm sóc cây con.",
        "Đến nay, rừng quế phủ xanh nhiều quả đồi, con đường vào thôn được mở rộng, trẻ em đến trường đều hơn.",
        "Chủ tịch Hội Nông dân xã cho biết, mô hình sẽ tiếp tục được nhân rộng ra các thôn còn lại trong xã.",
    )
    title = "Trồng quế hữu cơ ở Nậm Mười"
    meta = '<meta property="article:published_time" content="2024-05-06T07:08:00+07:00">'
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = tmp_path / "page.html"
    page.write_text(
        f"<html><head><title>{title}</title>{meta}</head><body><article><h1>{title}</h1>{body}</article></body></html>",
        encoding="utf-8",
    )
    code, out, _ = told(capsys, "extract", str(page), "--url", "https://huyen.invalid/tin/trong-que-12.html")
    rows = json.loads(out)
    assert code == 0
    assert rows["articles"][0]["title"] == "Trồng quế hữu cơ ở Nậm Mười"
    assert rows["articles"][0]["extraction"] == "generic"
    assert {figure["value"] for figure in rows["figures"]} == {1204, 312}


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02\x03" * 400, b"%PDF-1.7\n" + b"\x80" * 900])
def test_extract_of_no_page_is_a_reject_with_a_reason(
    body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(body)
    code, out, _ = told(capsys, "extract", str(page), "--url", "https://huyen.invalid/tin/trong-que-12.html")
    assert code == 1
    assert json.loads(out)["rejects"][0]["reason"]


def test_dictionary_names_every_table(capsys: pytest.CaptureFixture[str]) -> None:
    from warehouse.contracts import TABLES

    code, out, _ = told(capsys, "dictionary")
    assert code == 0
    assert all(f"## {name}" in out for name in TABLES)


@pytest.mark.parametrize("argv", [("--help",), ("portals",), ("dictionary",), ("status",)], ids=" ".join)
def test_commands_that_run_no_flow_start_fast(argv: tuple[str, ...]) -> None:
    program = [sys.executable, "-X", "importtime", "-m", "flows.cli", *argv]
    seconds = []
    for _ in range(3):
        began = _spent()
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True)
        seconds.append(_spent() - began)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not imported & {"prefect", "scrapy", "pandas", "trafilatura"}
    assert min(seconds) < 1.0


def _spent() -> float:
    """Processor time of ended children, in seconds: what a start costs however busy the machine is."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
