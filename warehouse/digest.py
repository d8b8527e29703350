"""The code digest: which code, with which facts, made a part.

Two parts of one package with the same digest have the same rows. The digest covers the source and data files it is
given, the facts (a portal's record, versions of libraries that read pages), the contract of the page tables and the
format of parts; it covers no clock, no machine and no path above the files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from warehouse import contracts, tables

PART_FORMAT: Final = 2
_SKIPPED: Final = frozenset({"__pycache__"})


def code_digest(paths: Iterable[Path], facts: Mapping[str, Any]) -> str:
    """Return 16 hex digits over the files in `paths` (folders whole, compiled files left out) and JSON-able `facts`.

    A file counts by its name under the folder given and by its content. FileNotFoundError names a missing path.
    """
    digest = hashlib.sha256()
    for name, path in sorted(_files(paths)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{name}\n{content}\n".encode())
    rest = {
        "format": PART_FORMAT,
        "tables": {name: tables.contract_digest(name) for name in contracts.PAGE_TABLES},
        "facts": facts,
    }
    digest.update(json.dumps(rest, sort_keys=True, ensure_ascii=True).encode())
    return digest.hexdigest()[:16]


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if path.is_file():
            yield path.name, path
            continue
        if not path.is_dir():
            raise FileNotFoundError(f"{path} is to be part of the code digest but is not there")
        for file in path.rglob("*"):
            if file.is_file() and not _SKIPPED.intersection(file.parts) and file.suffix != ".pyc":
                yield file.relative_to(path.parent).as_posix(), file
