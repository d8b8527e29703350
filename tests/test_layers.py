"""The arrows of import between the rooms, and who may use which library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("warehouse", "spiders", "transforms", "flows")
MAY_IMPORT = {
    "warehouse": {"warehouse"},
    "spiders": {"spiders", "warehouse"},
    "transforms": {"transforms", "warehouse"},
    "flows": {"flows", "spiders", "transforms", "warehouse"},
}
CONFINED = {
    "scrapy": ("spiders/",),
    "twisted": ("spiders/",),
    "bs4": ("transforms/layouts/",),
    "pyarrow.parquet": ("warehouse/",),
    "pyarrow.dataset": ("warehouse/",),
    "prefect": ("flows/",),
    "prefect_dask": ("flows/",),
}
"""Library to the folders that may import it."""
NOT_IN_TRANSFORMS = {
    "socket",
    "urllib.request",
    "http.client",
    "requests",
    "httpx",
    "tempfile",
    "shutil",
    "subprocess",
    "os",
}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}


def modules(room: str) -> list[Path]:
    return sorted(path for path in (ROOT / room).rglob("*.py") if "data" not in path.relative_to(ROOT).parts[1:2])


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_those_below_it(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imports(path)
        if name.split(".")[0] in ROOMS and name.split(".")[0] not in MAY_IMPORT[room]
    ]
    assert not wrong


@pytest.mark.parametrize("library", CONFINED)
def test_a_library_stays_in_its_room(library: str) -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in modules(room)
        if any(name == library or name.startswith(f"{library}.") for name in imports(path))
    }
    assert not [user for user in users if not user.startswith(CONFINED[library])]
    if library not in ("twisted", "pyarrow.dataset"):
        assert users, f"nobody uses {library}; is this rule still needed?"


def test_transforms_reach_neither_net_nor_disk() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules("transforms")
        for name in imports(path)
        if name in NOT_IN_TRANSFORMS
    ]
    assert not wrong


def test_transforms_read_no_clock() -> None:
    wrong = []
    for path in modules("transforms"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id in ("datetime", "date", "time") and node.func.attr in CLOCKS:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong


def test_every_module_says_what_it_owns() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in modules(room)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent
