"""The data root: one folder or one `s3://` prefix that holds everything tinhuy keeps.

`TINHUY_WAREHOUSE` names it; the default is `warehouse/data` under the current directory. What this module promises:

- A folder is a data root when it holds `tinhuy.json`. A folder with other content is refused, never adopted.
- A file appears whole or not at all. Locally it is written beside its place under a name that starts with `_tmp`,
  synced, renamed, and its folder synced; on an object store an upload becomes visible when it is complete.
- Nothing is written outside the root: names are checked part by part, and a symbolic link inside the root that leads
  out of it is refused for reading and for writing.

Paths given to a `Root` are relative, with `/` between parts (`raw/baohagiang/…/manifest.json`).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.fs as pafs

ENVIRONMENT: Final = "TINHUY_WAREHOUSE"
DEFAULT: Final = "warehouse/data"
MARKER: Final = "tinhuy.json"
FORMAT: Final = 1
TEMPORARY: Final = "_tmp"
"""Names that begin so are unfinished; readers never look at them and `clean` removes them."""
_HARMLESS: Final = frozenset({".gitkeep", ".gitignore", ".DS_Store", "lost+found", ".keep"})
_MANIFESTS: Final = frozenset({"manifest.json", "release.json"})
_CHUNK: Final = 1 << 20
_NO_ROOM: Final = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "raise the quota",
    errno.EROFS: "mount the disk for writing",
    errno.EACCES: f"check its permissions, or set {ENVIRONMENT} to a folder that you may write to",
    errno.EIO: "the disk itself fails (`dmesg` tells more), mend or replace it",
}
"""What a person can mend outside of tinhuy."""

# Arrow's own allocator keeps what it has once used: with it, assembling 20,000 articles peaks a third higher.
pa.set_memory_pool(pa.system_memory_pool())


class DataRootError(Exception):
    """The data root cannot be used: not one, not writable, of another format, or a name leads out of it."""


class _Writable(Protocol):
    def write(self, data: Any, /) -> Any: ...


class Sink:
    """A file being written: counts its bytes and hashes them, and looks like a binary file to a Parquet writer."""

    closed = False

    def __init__(self, stream: _Writable) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, data: Any) -> int:
        """Write bytes or a buffer; return how many."""
        view = memoryview(data).cast("B")
        self._stream.write(view)
        self._hash.update(view)
        self.bytes += len(view)
        return len(view)

    def tell(self) -> int:
        """Return the position, in bytes."""
        return self.bytes

    def flush(self) -> None:
        """Nothing is held back here; the file below is synced when it is done."""

    def close(self) -> None:
        """Mark the sink as done; the file below is closed by whoever opened it."""
        self.closed = True

    def readable(self) -> bool:
        """Return False."""
        return False

    def writable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return False."""
        return False

    @property
    def sha256(self) -> str:
        """SHA-256 of what was written so far, in hex."""
        return self._hash.hexdigest()


class Root(ABC):
    """A data root. Every path is relative to it; see the module for what is promised."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __str__(self) -> str:
        return self.address

    @property
    @abstractmethod
    def local(self) -> Path | None:
        """The folder, or None on an object store."""

    @property
    @abstractmethod
    def filesystem(self) -> pafs.FileSystem:
        """The Arrow file system that `fs_path` belongs to."""

    @abstractmethod
    def fs_path(self, path: str) -> str:
        """Return `path` as `filesystem` names it; DataRootError when it leads out of the root."""

    @abstractmethod
    def exists(self, path: str) -> bool:
        """Say whether a file or folder is there."""

    @abstractmethod
    def names(self, path: str = "") -> list[str]:
        """Return the sorted names in a folder, unfinished ones left out; empty when there is no such folder."""

    @abstractmethod
    def temporaries(self, path: str = "") -> list[str]:
        """Return the sorted names of unfinished files and folders in a folder."""

    @abstractmethod
    def files(self, path: str) -> list[str]:
        """Return the sorted paths, relative to `path`, of all finished files under it."""

    @abstractmethod
    def create(self, path: str, frozen: bool = False) -> AbstractContextManager[Sink]:
        """Open a context that yields a `Sink`; the file appears, durable, when the context ends without an error.

        A `frozen` file may not be written to afterwards: releases share their unchanged files, and a careless
        `to_parquet` into one of them would change all.
        """

    @abstractmethod
    def open(self, path: str) -> pa.NativeFile:
        """Open a file for random reading."""

    @abstractmethod
    def size(self, path: str) -> int:
        """Return a file's size in bytes."""

    @abstractmethod
    def link(self, source: str, target: str) -> None:
        """Make `target` the same file as `source`: a hard link, or a copy on the store's own side."""

    @abstractmethod
    def remove(self, path: str) -> None:
        """Remove a file or folder with all that is in it; nothing happens when it is not there."""

    @abstractmethod
    def stage(self, target: str) -> str:
        """Return the empty folder in which the content of `target` is made: one beside it that readers do not see, or
        on an object store `target` itself, where a manifest written last says that it is whole."""

    @abstractmethod
    def promote(self, source: str, target: str) -> bool:
        """Give the finished folder `source` its name `target`; False (and `source` removed) when `target` is there."""

    @abstractmethod
    def sync(self, path: str) -> None:
        """Make the names in `path` and its subfolders durable."""

    def read(self, path: str) -> bytes:
        """Return a whole (small) file."""
        with self.open(path) as stream:
            return bytes(stream.read())

    def write(self, path: str, data: bytes) -> str:
        """Write a whole (small) file, atomic and durable; return its SHA-256."""
        with self.create(path) as sink:
            sink.write(data)
        return sink.sha256

    def read_json(self, path: str) -> dict[str, Any]:
        """Return the JSON object in a file; ValueError names the file when it holds anything else."""
        try:
            value = json.loads(self.read(path))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path} is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise ValueError(f"{path} does not hold a JSON object")
        return value

    def write_json(self, path: str, value: Mapping[str, Any]) -> str:
        """Write a JSON object, keys sorted, atomic and durable; return its SHA-256."""
        text = json.dumps(value, ensure_ascii=True, sort_keys=True, indent=1) + "\n"
        return self.write(path, text.encode())

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of a file, read in pieces."""
        digest = hashlib.sha256()
        with self.open(path) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def clean(self, path: str) -> list[str]:
        """Remove unfinished files and folders directly in `path` that a killed run left; return their names."""
        left = self.temporaries(path)
        for name in left:
            self.remove(join(path, name))
        return left


def join(*parts: str) -> str:
    """Join path parts with `/`, empty ones left out."""
    return "/".join(part for part in parts if part)


def check_path(path: str) -> str:
    """Return a relative path when each part of it is a plain name; DataRootError otherwise."""
    if path == "":
        return path
    for part in path.split("/"):
        if part in ("", ".", "..") or "\\" in part or any(ord(letter) < 32 for letter in part):
            raise DataRootError(f"{path!r} is not a path inside the data root")
    return path


class LocalRoot(Root):
    """A folder of this machine (or a mounted one)."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(os.path.realpath(folder))
        self._durable = {self._folder}
        """Folders whose names this process knows to be durable."""
        super().__init__(str(self._folder))

    @property
    def local(self) -> Path:
        return self._folder

    @property
    def filesystem(self) -> pafs.FileSystem:
        return pafs.LocalFileSystem()

    def path(self, path: str) -> Path:
        """Return `path` in the folder; DataRootError when a link on the way leads out of it."""
        full = self._folder / check_path(path)
        real = os.path.realpath(full)
        if real != str(self._folder) and not real.startswith(f"{self._folder}{os.sep}"):
            raise DataRootError(
                f"{full} is a link that leads out of the data root, to {real}; remove the link, "
                f"or move the data there and set {ENVIRONMENT} to the folder itself"
            )
        return full

    def fs_path(self, path: str) -> str:
        return str(self.path(path))

    def exists(self, path: str) -> bool:
        return self.path(path).exists()

    def _list(self, path: str) -> list[str]:
        try:
            return sorted(entry.name for entry in self.path(path).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def names(self, path: str = "") -> list[str]:
        return [name for name in self._list(path) if not name.startswith((TEMPORARY, "."))]

    def temporaries(self, path: str = "") -> list[str]:
        return [name for name in self._list(path) if name.startswith(TEMPORARY)]

    def files(self, path: str) -> list[str]:
        base = self.path(path)
        found = []
        for folder, folders, names in os.walk(base):
            folders[:] = sorted(name for name in folders if not name.startswith((TEMPORARY, ".")))
            for name in names:
                if not name.startswith((TEMPORARY, ".")):
                    found.append(Path(folder, name).relative_to(base).as_posix())
        return sorted(found)

    @contextmanager
    def create(self, path: str, frozen: bool = False) -> Iterator[Sink]:
        target = self.path(path)
        temporary: Path | None = None
        try:
            self._make(target.parent)
            handle, name = tempfile.mkstemp(prefix=TEMPORARY, suffix="-" + target.name[-40:], dir=target.parent)
            temporary = Path(name)
            with os.fdopen(handle, "wb") as stream:
                sink = Sink(stream)
                yield sink
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(0o444 if frozen else 0o644)
            temporary.replace(target)
            if TEMPORARY not in path:  # what is being made aside is synced when it gets its name
                _sync_folder(target.parent)
        except BaseException as error:
            if temporary is not None:
                with suppress(OSError):  # what cannot even be removed is cleaned by the next run
                    temporary.unlink()
            if isinstance(error, OSError):
                _tell(target, error)
            raise

    def open(self, path: str) -> pa.NativeFile:
        return pa.OSFile(str(self.path(path)), "rb")

    def size(self, path: str) -> int:
        return self.path(path).stat().st_size

    def link(self, source: str, target: str) -> None:
        origin, place = self.path(source), self.path(target)
        try:
            self._make(place.parent)
            os.link(origin, place)
        except OSError as error:
            # File systems without hard links (exFAT, some network shares) or at their limit of links get a copy.
            if error.errno not in (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS):
                _tell(place, error)
                raise
            with self.create(target) as sink, origin.open("rb") as stream:
                shutil.copyfileobj(stream, sink, _CHUNK)

    def remove(self, path: str) -> None:
        if not check_path(path):
            raise DataRootError("the data root itself is never removed")
        target = self._folder / path
        self.path(path.rpartition("/")[0])
        with telling(target):
            if target.is_symlink() or target.is_file():
                target.unlink()
            elif target.exists():
                # Out of sight in one step: a kill half way must not leave half a package, part or release.
                gone = target.with_name(f"{TEMPORARY}-removed-{os.urandom(4).hex()}-{target.name[-80:]}")
                self.path(path).rename(gone)
                if not target.name.startswith(TEMPORARY):
                    _sync_folder(target.parent)
                shutil.rmtree(gone)

    def stage(self, target: str) -> str:
        folder, _, name = target.rpartition("/")
        parent = self.path(folder)
        with telling(parent):
            self._make(parent)
            made = Path(tempfile.mkdtemp(prefix=f"{TEMPORARY}-{name}-", dir=parent))
            made.chmod(0o755)
        return join(folder, made.name)

    def promote(self, source: str, target: str) -> bool:
        origin, place = self.path(source), self.path(target)
        with telling(place):
            self.sync(source)
            try:
                origin.rename(place)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                shutil.rmtree(origin)
                return False
            _sync_folder(place.parent)
        return True

    def _make(self, folder: Path) -> None:
        """Make a folder of the root, and what leads to it, so that a power cut does not take the name back along with
        all that is in it. A name found there may be of a run that was killed before it could sync it."""
        aside = TEMPORARY in str(folder.relative_to(self._folder))
        if (aside or folder in self._durable) and folder.is_dir():
            return
        if folder == self._folder:
            _make_folder(folder)
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        if not aside:
            _sync_folder(folder.parent)
            self._durable.add(folder)

    def sync(self, path: str) -> None:
        for folder, _, _ in os.walk(self.path(path), topdown=False):
            _sync_folder(Path(folder))

    def settle(self, path: str) -> None:
        """Make a file that others wrote durable."""
        with self.path(path).open("rb") as stream:
            os.fsync(stream.fileno())

    def point(self, path: str, target: str) -> None:
        """Make the symbolic link `path` lead to `target` (relative, inside the root), in one step."""
        link = self._folder / check_path(path)
        temporary = link.with_name(f"{TEMPORARY}-{link.name}-{os.getpid()}")
        with telling(link):
            with suppress(FileNotFoundError):
                temporary.unlink()
            temporary.symlink_to(target)
            temporary.replace(link)
            _sync_folder(link.parent)


class ObjectRoot(Root):
    """A prefix of an object store, through `pyarrow.fs`. There are no renames there: a manifest or the pointer tells
    what is finished, and no key is written twice with different content except the pointer itself."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        # Keys and secrets may stand in the address; what is printed leaves them out.
        super().__init__(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
        try:
            self._fs, base = pafs.FileSystem.from_uri(address)
        except (pa.ArrowInvalid, OSError) as error:
            raise DataRootError(f"{self.address} cannot be opened: {error}") from error
        self._base = base.rstrip("/")

    @property
    def local(self) -> None:
        return None

    @property
    def filesystem(self) -> pafs.FileSystem:
        return self._fs

    def fs_path(self, path: str) -> str:
        return join(self._base, check_path(path))

    def _info(self, path: str) -> pafs.FileInfo:
        return self._fs.get_file_info(self.fs_path(path))

    def exists(self, path: str) -> bool:
        return bool(self._info(path).type != pafs.FileType.NotFound)

    def _select(self, path: str, recursive: bool) -> list[pafs.FileInfo]:
        selector = pafs.FileSelector(self.fs_path(path), allow_not_found=True, recursive=recursive)
        return list(self._fs.get_file_info(selector))

    def names(self, path: str = "") -> list[str]:
        found = (info.base_name for info in self._select(path, recursive=False))
        return sorted(name for name in found if not name.startswith((TEMPORARY, ".")))

    def temporaries(self, path: str = "") -> list[str]:
        found = (info.base_name for info in self._select(path, recursive=False))
        return sorted(name for name in found if name.startswith(TEMPORARY))

    def files(self, path: str) -> list[str]:
        base = self.fs_path(path) + "/"
        found = (
            info.path.removeprefix(base)
            for info in self._select(path, recursive=True)
            if info.type == pafs.FileType.File
        )
        return sorted(p for p in found if not any(part.startswith((TEMPORARY, ".")) for part in p.split("/")))

    @contextmanager
    def create(self, path: str, frozen: bool = False) -> Iterator[Sink]:
        # Collected in a temporary file first: leaving an Arrow upload early would finish it, torn.
        with tempfile.TemporaryFile() as scratch:
            sink = Sink(scratch)
            yield sink
            scratch.seek(0)
            self._put(path, scratch)

    def _put(self, path: str, stream: BinaryIO) -> None:
        with self._fs.open_output_stream(self.fs_path(path)) as upload:
            while chunk := stream.read(_CHUNK):
                upload.write(chunk)

    def open(self, path: str) -> pa.NativeFile:
        return self._fs.open_input_file(self.fs_path(path))

    def size(self, path: str) -> int:
        info = self._info(path)
        if info.type != pafs.FileType.File:
            raise FileNotFoundError(f"{self.address}/{path}")
        return int(info.size)

    def link(self, source: str, target: str) -> None:
        self._fs.copy_file(self.fs_path(source), self.fs_path(target))

    def remove(self, path: str) -> None:
        if not check_path(path):
            raise DataRootError("the data root itself is never removed")
        info = self._info(path)
        if info.type == pafs.FileType.File:
            self._fs.delete_file(self.fs_path(path))
        elif info.type == pafs.FileType.Directory:
            # What says that the folder is whole goes first: half of it must not pass for all of it.
            for manifest in [name for name in self.names(path) if name in _MANIFESTS]:
                self._fs.delete_file(self.fs_path(join(path, manifest)))
            self._fs.delete_dir(self.fs_path(path))

    def stage(self, target: str) -> str:
        self.remove(target)
        return target

    def promote(self, source: str, target: str) -> bool:
        if source != target:
            raise DataRootError(
                f"{self.address} is an object store; folders there are not renamed ({source} to {target})"
            )
        return True

    def sync(self, path: str) -> None:
        """An upload that has ended is durable."""


def address_of_root() -> str:
    """Return what `TINHUY_WAREHOUSE` says, or the default."""
    return os.environ.get(ENVIRONMENT, "").strip() or DEFAULT


def open_root(create: bool = False, address: str | os.PathLike[str] | None = None) -> Root:
    """Open the data root at `address` (default: `TINHUY_WAREHOUSE`, else `warehouse/data`).

    With `create`, a new or empty folder becomes a data root and is shown to be writable. DataRootError says what is
    wrong and what mends it.
    """
    where = os.fspath(address) if address is not None else address_of_root()
    if "://" in where:
        if not where.startswith("s3://"):
            raise DataRootError(f"{where.split('://')[0]}:// is not known; {ENVIRONMENT} takes a folder or s3://…")
        root: Root = ObjectRoot(where)
        try:
            return _adopt(root, create, root.names)
        except OSError as error:
            raise DataRootError(f"{root} cannot be used as data root: {error}; check its address and keys") from error
    folder = Path(where).expanduser()
    if folder.exists() and not folder.is_dir():
        raise DataRootError(f"{folder} is a file, not a data root; set {ENVIRONMENT} to a folder")
    if not folder.exists() and not create:
        raise DataRootError(
            f"there is no data root at {folder}; run `tinhuy demo` or `tinhuy nightly`, or set {ENVIRONMENT}"
        )
    try:
        if create:
            _make_folder(folder.absolute())
        root = LocalRoot(folder)
        return _adopt(root, create, lambda: sorted(entry.name for entry in folder.iterdir()))
    except OSError as error:
        raise DataRootError(f"{folder} cannot be used as data root: {error.strerror or error}; {_MEND}") from error


_MEND: Final = f"check its permissions and space, or set {ENVIRONMENT} to a folder that you may write to"


def _adopt(root: Root, create: bool, listing: Callable[[], list[str]]) -> Root:
    if root.exists(MARKER):
        try:
            version = root.read_json(MARKER).get("format")
        except ValueError as error:
            raise DataRootError(f"{root}/{MARKER} cannot be read ({error}); restore it from a backup") from error
        if version != FORMAT:
            raise DataRootError(
                f"{root} has format {version!r}, this tinhuy reads format {FORMAT}; use the tinhuy that wrote it"
            )
        if create:
            _probe(root)
        return root
    foreign = [name for name in listing() if name not in _HARMLESS and not name.startswith(TEMPORARY)]
    if foreign:
        shown = ", ".join(foreign[:3]) + (", …" if len(foreign) > 3 else "")
        raise DataRootError(
            f"{root} is not a data root: it holds {shown} but no {MARKER}; "
            f"set {ENVIRONMENT} to a new or empty folder (`export {ENVIRONMENT}=$PWD/tinhuy-data`)"
        )
    if not create:
        raise DataRootError(f"{root} is empty, not a data root yet; run `tinhuy demo` or `tinhuy nightly`")
    root.write_json(MARKER, {"format": FORMAT, "project": "tinhuy"})
    return root


def _probe(root: Root) -> None:
    if root.local is None:
        return
    try:
        with tempfile.TemporaryFile(prefix=TEMPORARY, dir=root.local) as scratch:
            scratch.write(b"tinhuy")
    except OSError as error:
        raise DataRootError(f"{root} cannot be written to: {error}; {mend(error)}") from error


@contextmanager
def telling(place: Path) -> Iterator[None]:
    """Say of an error that a person can mend how."""
    try:
        yield
    except OSError as error:
        _tell(place, error)
        raise


def _tell(place: Path, error: OSError) -> None:
    if error.errno in _NO_ROOM:
        raise DataRootError(f"{place} cannot be written: {error.strerror}; {mend(error)}") from error


def mend(error: OSError) -> str:
    """Return what a person can do about a data root that cannot be written to."""
    return f"{_NO_ROOM.get(error.errno or 0, _MEND)}; nothing is lost: run the same command again"


def _make_folder(folder: Path) -> None:
    """Make a folder and what leads to it; a name that a power cut takes back takes all that is in it along."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
