"""The dependency audit tells silence from good news."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

AUDIT = runpy.run_path(str(Path(__file__).resolve().parents[1] / ".ci" / "audit.py"))
GOOD = {"name": "sound", "version": "1.0", "vulns": []}
HOLE = {"name": "holed", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
UNKNOWN = {"name": "dark", "skip_reason": "Dependency not found on PyPI and could not be audited: dark (3.0)"}


@pytest.mark.parametrize(
    ("rows", "locked", "code", "said"),
    [
        ([GOOD], 1, 0, "audited 1 of 1 packages: 0 known holes"),
        ([GOOD, HOLE], 2, 1, "holed 2.0: PYSEC-1, mended in 2.1"),
        ([GOOD, UNKNOWN], 2, 3, "NOT AUDITED: 1 packages"),
        ([HOLE, UNKNOWN], 2, 1, "NOT AUDITED: 1 packages"),
        ([], 270, 3, "NOT AUDITED: 270 packages"),
    ],
)
def test_what_could_not_be_asked_is_not_called_sound(
    rows: list[dict[str, Any]], locked: int, code: int, said: str
) -> None:
    found, lines = AUDIT["verdict"]({"dependencies": rows}, locked)
    assert found == code
    assert any(said in line for line in lines)
    assert (code == 3) == ("NOT AUDITED" in "".join(lines) and "PYSEC" not in "".join(lines))
