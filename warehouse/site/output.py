"""The files of the report: one way to write them, so that the same release always gives the same bytes.

A site is made in `_tmp-site` inside its folder and then put in place name by name; nothing outside the folder is ever
written, and a folder that holds anything but a site of ours is refused. `site.json` is written last and says what
every file is made from; files that the site of the release before has already are taken over, not written again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final, Self

MANIFEST: Final = "site.json"
FORMAT: Final = 1
_STAGE: Final = "_tmp-site"
_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""No name, no time, no system: the clock and the machine stay out."""


class SiteError(Exception):
    """The pages cannot be built or served; the message says what to do."""


def compact(value: Any) -> bytes:
    """Return JSON without spaces, in UTF-8; ValueError on a number that JSON has not (infinity)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def gzipped(data: bytes) -> bytes:
    """Return `data` as one gzip member whose bytes depend on nothing but `data`."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(data) + packer.flush()
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return _GZIP_HEAD + body + tail


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return `site.json` of a folder; None when there is none that this version can use."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        return None
    if not all(isinstance(told.get(name), dict) for name in ("files", "groups")):
        return None
    return told


class Output:
    """A site being written. Use as a context: it is put in place when the context ends without an error."""

    def __init__(self, folder: Path, previous: Path | None = None, *, link: bool = False) -> None:
        """`previous` holds an earlier site to take files from: linked when `link`, else copied."""
        self._folder = folder
        self._stage = folder / _STAGE
        self._link = link
        told = read_manifest(previous) if previous is not None else None
        self._previous = previous if told is not None else None
        self._files: dict[str, str] = told["files"] if told is not None else {}
        self._groups: dict[str, Any] = told["groups"] if told is not None else {}
        self.files: dict[str, str] = {}
        """Path to the digest of what the file holds (before compression)."""
        self.groups: dict[str, dict[str, Any]] = {}
        self.written = 0
        """Bytes written, files taken over left out."""

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in self._folder.iterdir()} - {_STAGE}
        if there and MANIFEST not in there:
            raise SiteError(f"{self._folder} holds something else than report pages; give an empty or a new folder")
        _remove(self._stage)
        self._stage.mkdir()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            _remove(self._stage)
            return
        _remove(self.scratch)
        told = {"format": FORMAT, "files": self.files, "groups": self.groups}
        (self._stage / MANIFEST).write_text(json.dumps(told, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        for path in self._folder.iterdir():
            if path.name != _STAGE:
                _remove(path)
        for path in sorted(self._stage.iterdir(), key=lambda path: (path.name == MANIFEST, path.name)):
            path.replace(self._folder / path.name)
        self._stage.rmdir()

    @property
    def scratch(self) -> Path:
        """A folder for files under way; it is gone when the site is in place."""
        return self._stage / "_scratch"

    def write(self, path: str, data: bytes, *, pack: bool = False) -> None:
        """Write one file (gzip with `pack`), or take it over when the earlier site has the same."""
        digest = hashlib.sha256(data).hexdigest()
        if self._files.get(path) == digest and self._take(path):
            self.files[path] = digest
            return
        content = gzipped(data) if pack else data
        target = self._target(path)
        target.write_bytes(content)
        # Releases share these files; a careless edit of one would change all.
        target.chmod(0o444)
        self.written += len(content)
        self.files[path] = digest

    def write_json(self, path: str, value: Any) -> None:
        """Write JSON, compressed; `path` ends in `.json.gz`."""
        self.write(path, compact(value), pack=True)

    def kept_group(self, name: str, fingerprint: str) -> bool:
        """Take over all files of a group when the earlier site made them from the same; False when it did not."""
        told = self._groups.get(name)
        if not isinstance(told, dict) or told.get("made_from") != fingerprint:
            return False
        paths = told.get("files")
        if not isinstance(paths, list) or not all(path in self._files and self._take(path) for path in paths):
            return False
        self.files.update({path: self._files[path] for path in paths})
        self.groups[name] = told
        return True

    def note_group(self, name: str, fingerprint: str, paths: list[str]) -> None:
        """Record that `paths` are all that was made from what `fingerprint` stands for."""
        self.groups[name] = {"made_from": fingerprint, "files": paths}

    def _take(self, path: str) -> bool:
        if self._previous is None:
            return False
        source, target = self._previous / path, self._target(path)
        if not source.is_file() or source.is_symlink():
            return False
        target.unlink(missing_ok=True)
        if self._link:
            try:
                os.link(source, target)
            except OSError:  # another file system, or one without links
                shutil.copyfile(source, target)
        else:
            shutil.copyfile(source, target)
        return True

    def _target(self, path: str) -> Path:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or any(part in ("..", ".") or part.startswith("_") for part in parts):
            raise SiteError(f"{path!r} is no name for a page")
        target = self._stage.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


class Spool:
    """Lines sorted into buckets: in memory up to a bound, beyond it in files, so that any number of them can pass."""

    def __init__(self, folder: Path, most: int = 8 << 20) -> None:
        self._folder = folder
        self._most = most
        self._held: dict[str, list[bytes]] = {}
        self._bytes = 0
        self._spilled: set[str] = set()

    def add(self, bucket: str, line: bytes) -> None:
        """Put a line (no line break in it) into a bucket."""
        self._held.setdefault(bucket, []).append(line)
        self._bytes += len(line) + 64
        if self._bytes > self._most:
            self._spill()

    def buckets(self) -> list[str]:
        """Return the buckets, sorted."""
        return sorted({*self._held, *self._spilled})

    def take(self) -> Iterator[tuple[str, list[bytes]]]:
        """Yield each bucket with its lines in the order they came, and forget it."""
        for bucket in self.buckets():
            lines: list[bytes] = []
            if bucket in self._spilled:
                path = self._folder / bucket
                lines = path.read_bytes().splitlines()
                path.unlink()
            lines += self._held.pop(bucket, [])
            yield bucket, lines
        self._spilled.clear()
        self._bytes = 0

    def _spill(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for bucket, lines in self._held.items():
            with (self._folder / bucket).open("ab") as stream:
                stream.write(b"\n".join(lines) + b"\n")
            self._spilled.add(bucket)
        self._held.clear()
        self._bytes = 0


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
