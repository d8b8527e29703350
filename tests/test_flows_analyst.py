"""`tinhuy sql` and `dictionary` as a reader meets them: forms, files, and what a wrong question is told."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import warehouse_fakes as fakes

from flows import cli
from warehouse.store import open_root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analyst") / "root"
    root = open_root(create=True, address=folder)
    fakes.crawl(root, "mot", fakes.crawl_of(0), [fakes.Story(number) for number in range(1200)])
    fakes.publish(root, ["mot"])
    return folder


@pytest.fixture(autouse=True)
def _reader(made: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TINHUY_WAREHOUSE", str(made))
    monkeypatch.chdir(tmp_path)


def asked(capfd: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = cli.run(argv)
    return code, *capfd.readouterr()


COUNT = "select portal, count(*) as articles, 1.5 as half from articles group by 1"


def test_a_table_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = asked(capfd, "sql", COUNT)
    assert (code, out) == (0, "portal  articles  half\n------  --------  ----\nmot         1200   1.5\n")


def test_a_long_table_says_that_it_is_cut(capfd: pytest.CaptureFixture[str]) -> None:
    _, out, err = asked(capfd, "sql", "select article_id from articles")
    assert len(out.splitlines()) == 1002
    assert "the first 1000 rows; `--format csv`" in err


def test_cells_are_cut_at_the_width(capfd: pytest.CaptureFixture[str]) -> None:
    question = "select repeat('x', 100) as long"
    assert asked(capfd, "sql", question)[1].splitlines()[2] == "x" * 59 + "…"
    assert asked(capfd, "sql", "--width", "0", question)[1].splitlines()[2] == "x" * 100


def test_other_forms_go_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.run(("sql", "--format", "json", COUNT)) == 0
    assert json.loads(capfdbinary.readouterr().out) == {"portal": "mot", "articles": 1200, "half": 1.5}
    assert cli.run(("sql", "--format", "csv", "--decimal-comma", COUNT)) == 0
    assert capfdbinary.readouterr().out == "\ufeffportal;articles;half\r\nmot;1200;1,5\r\n".encode()
    for form, start in (("parquet", b"PAR1"), ("xlsx", b"PK")):
        assert cli.run(("sql", "--format", form, COUNT)) == 0
        assert capfdbinary.readouterr().out.startswith(start)


def test_a_file_is_written(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = asked(capfd, "sql", "--output", "all.parquet", "from articles")
    assert (code, out) == (0, "1200 rows in all.parquet\n")
    assert pq.read_table(tmp_path / "all.parquet").num_rows == 1200


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("sql", "from figurs"), ("figurs does not exist", "Tables: articles, figures", "Views: figures_with_context")),
        (("sql", "select nothing from figures"), ('Referenced column "nothing"', "tinhuy dictionary")),
        (("sql", ""), ("gives no rows",)),
        (("sql", "select cast('x' as int)"), ("Could not convert",)),
        (("sql", "--output", "x.doc", COUNT), ("no ending that says its format",)),
        (("sql", "--output", "none/x.csv", COUNT), ("cannot be written",)),
        (("sql", "--decimal-comma", "--output", "x.json", COUNT), ("--decimal-comma is for CSV",)),
        (("sql", "--decimal-comma", COUNT), ("--decimal-comma is for CSV",)),
    ],
)
def test_a_wrong_question_is_explained(
    argv: tuple[str, ...], told: tuple[str, ...], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = asked(capfd, *argv)
    assert (code, out) == (2, "")
    assert all(text in err for text in told), err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_root_without_a_release_says_what_to_run(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TINHUY_WAREHOUSE", str(tmp_path / "none"))
    code, _, err = asked(capfd, "sql", "from articles")
    assert code == 2
    assert "tinhuy demo" in err
