"""What the pages for readers say is so: every line that can run is run over the demo, and prints what stands under it.

One demo night is made for the whole file, by the command itself, as a reader makes it. `TINHUY_TEST_DEMO` names one
that is there already, which saves the night while you write.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import nbformat
import pytest
from nbclient import NotebookClient

from flows.cli import cli

pytestmark = pytest.mark.timeout(900)  # a night and some forty commands, on a machine that may be busy
REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in (*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md"))
    if path.name not in ("DICTIONARY.md", "CHANGELOG.md")
)
TOLD = ("README.md", "README.vi.md", "docs/analyst-guide.md", "CONTRIBUTING.md")
"""Pages whose blocks are run and compared with the output under them."""
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WITHIN = "PREFECT", "TINHUY"


@dataclass(frozen=True)
class Block:
    """A fenced block; `output` is the text block right under it."""

    language: str
    code: str
    line: int
    output: str | None = None


def blocks(page: str) -> list[Block]:
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    found = list(_FENCE.finditer(text))
    result = []
    for index, match in enumerate(found):
        below = found[index + 1] if index + 1 < len(found) else None
        shown = below[2] if below and below[1] == "text" and not text[match.end() : below.start()].strip() else None
        result.append(Block(match[1], match[2], text.count("\n", 0, match.start()) + 1, shown))
    return result


def runnable(page: str) -> list[Block]:
    return [block for block in blocks(page) if block.language in ("sh", "python")]


def environment(root: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_WITHIN)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**clean, "PATH": path, "TINHUY_WAREHOUSE": str(root), "PYTHONUTF8": "1", "COLUMNS": "80"}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `tinhuy demo` was run."""
    folder = tmp_path_factory.mktemp("reader")
    ready = os.environ.get("TINHUY_TEST_DEMO")
    if ready:
        (folder / "tinhuy-demo").symlink_to(Path(ready).resolve(), target_is_directory=True)
        return folder
    told = subprocess.run(
        ["tinhuy", "demo"], cwd=folder, env=environment(folder / "none"), capture_output=True, text=True, timeout=600
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return folder


@pytest.fixture
def reader(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's own folder with the demo in it, as the current one."""
    (tmp_path / "tinhuy-demo").symlink_to(demo / "tinhuy-demo", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shell(code: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code], cwd=folder, env=environment(folder / "tinhuy-demo"),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, f"{code}\n{done.stderr}"
    return done.stdout


def python(code: str, names: dict[str, Any]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "<page>", "exec"), names)  # noqa: S102 - our own pages
    return out.getvalue()


def outputs(page: str, folder: Path) -> Iterator[tuple[Block, str]]:
    """Run the blocks of a page in order; those of Python share their names."""
    names: dict[str, Any] = {}
    for block in runnable(page):
        yield block, shell(block.code, folder) if block.language == "sh" else python(block.code, names)


def plain(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


@pytest.mark.parametrize("page", TOLD)
def test_a_page_prints_what_it_says(page: str, reader: Path) -> None:
    for block, printed in outputs(page, reader):
        assert plain(printed) == plain(block.output or ""), f"{page}, line {block.line}"


def test_the_pages_have_something_to_run() -> None:
    assert {page: len(runnable(page)) for page in TOLD}["docs/analyst-guide.md"] >= 15
    assert all(block.output is not None for page in TOLD for block in runnable(page))


def test_the_notebook_runs(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINHUY_WAREHOUSE", str(demo / "tinhuy-demo"))
    stored = nbformat.read(REPOSITORY / "examples" / "panel.ipynb", as_version=4)
    fresh = nbformat.from_dict(stored)
    NotebookClient(fresh, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert [shown(cell) for cell in fresh.cells] == [shown(cell) for cell in stored.cells]
    assert sum(bool(shown(cell)) for cell in stored.cells) >= 4


def shown(cell: Any) -> str:
    """What a cell prints, as text."""
    return "".join(out.get("text") or out["data"]["text/plain"] for out in cell.get("outputs", []))


# Operations: the commands of the page that only look are run over the demo, with its portals in place of the page's.
LOOKS = ("status", "diagnose", "sql", "releases", "verify")


def lines(page: str) -> list[str]:
    """Every line of a page's shell blocks, and every command in its running text and tables."""
    code = "\n".join(block.code for block in blocks(page) if block.language in ("sh", "console"))
    spans = re.findall(r"(?<!`)`((?:tinhuy|prefect|make) [^`]+)`(?!`)", (REPOSITORY / page).read_text(encoding="utf-8"))
    return [*re.sub(r"\s*\\?\n(?=\s)", " ", code).splitlines(), *spans]


def commands() -> list[tuple[str, str]]:
    return sorted({(page, line) for page in PAGES for line in lines(page) if line.startswith("tinhuy ")})


@pytest.mark.parametrize(
    "line",
    sorted({line for page, line in commands() if page == "docs/operations.md" and line.split()[1] in LOOKS}),
)
def test_a_command_of_operations_looks(line: str, demo: Path) -> None:
    code = re.sub(r"\b(baohagiang|PORTAL)\b", "baovungcao", line)
    own = {**environment(demo / "tinhuy-demo"), "TINHUY_PORTALS": str(REPOSITORY / "flows/demo/portals")}
    done = subprocess.run(["bash", "-c", code], cwd=demo, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def first_command(line: str) -> list[str]:
    """The words of a line of shell up to a pipe or a redirection."""
    reader = shlex.shlex(line.replace("…", ""), posix=True, punctuation_chars=True)
    reader.commenters, reader.whitespace_split = "", True
    return list(takewhile(lambda word: not set(word) <= set("|<>&;()"), reader))


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_that_a_page_names_is_one(page: str, line: str) -> None:
    words = first_command(line)[1:]
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith(("-", "[")):
        name = words.pop(0)
        if name.isupper():  # `tinhuy COMMAND --help`
            return
        assert name in command.commands, f"{page}: {line}"
        command = command.commands[name]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
    named = {word.strip("[]").partition("=")[0] for word in words if word.strip("[").startswith("--")}
    assert named <= known, f"{page}: {line}"


def test_every_command_stands_in_the_readme() -> None:
    told = " ".join(line for page, line in commands() if page == "README.md")
    assert {name for name in cli.commands if f"tinhuy {name}" not in told} == set()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        path = ((REPOSITORY / page).parent / name) if name else REPOSITORY / page
        assert path.exists(), f"{page} links to {target}"
        if anchor:
            heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}, target


def test_the_vietnamese_readme_keeps_step() -> None:
    english, vietnamese = blocks("README.md"), blocks("README.vi.md")
    assert [(b.language, b.code) for b in english] == [(b.language, b.code) for b in vietnamese]
    texts = [(REPOSITORY / page).read_text(encoding="utf-8") for page in ("README.md", "README.vi.md")]
    for pattern in (r"^#+ ", r"^\| ", r"(?<=\]\()(?!README)[^)]+", r"^\| `[^`]+`"):
        counted = [re.findall(pattern, text, re.MULTILINE) for text in texts]
        assert counted[0] == counted[1], pattern


@pytest.mark.parametrize("page", ["README.md", "README.vi.md"])
def test_the_readme_counts_the_portals(page: str) -> None:
    from spiders.registry import load

    told = re.findall(
        r"^\| `(seen|inferred|unknown)`.*\| (\d+) \|$", (REPOSITORY / page).read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {grade: int(count) for grade, count in told} == Counter(portal.grade for portal in load().values())


def test_the_examples_of_contributing_are_taken(tmp_path: Path) -> None:
    from spiders.registry import load
    from transforms.indicators import Definition

    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    record, indicator = (textwrap.dedent(code) for code in re.findall(r"^ *```toml\n(.*?)^ *```$", text, re.M | re.S))
    assert len(record.splitlines()) <= 15
    (tmp_path / "baomoi.toml").write_text(record, encoding="utf-8")
    address = next(word for word in text.split() if word.startswith("https://baomoi.invalid/"))
    assert load(tmp_path)["baomoi"].article_url(address) == address
    (entry,) = tomllib.loads(indicator)["indicator"]
    assert Definition(**entry).key == entry["key"]


def test_make_has_what_the_readme_says() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    told = {line.split()[1] for page in PAGES for line in lines(page) if line.startswith("make ")}
    assert {"demo", "test"} <= told
    assert {goal for goal in told if not re.search(rf"^{goal}:", makefile, re.MULTILINE)} == set()
