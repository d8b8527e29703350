"""Releases: every table, whole and immutable, and the pointer that says which one readers see.

    releases/<id>/<table>/portal=…/year=…/part-0.parquet   partitioned tables
    releases/<id>/<table>/part-0.parquet                   the others, and any table without a row
    releases/<id>/release.json                             each file with rows, bytes, SHA-256; what it was made from
    releases/<id>/site/                                    the report
    current -> releases/<id>, current.json                 the pointer

A release is made aside, checked, given its name, and only then can the pointer move (`assemble`, then `publish`). Its
tables are a function of the parts it is made from: the clock is in the id and in `release.json`, never in a table.
A file whose inputs are those of the release before is linked, not written. On an object store, where nothing can be
renamed, `release.json` is written last and `current.json` is the pointer.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import conformance, contracts, ids, ledger, locks, merge, parts, raw, tables
from warehouse.conformance import Check, CheckFailed, NothingLost
from warehouse.store import LocalRoot, Root, Sink, join, telling
from warehouse.view import Tables

FOLDER: Final = "releases"
MANIFEST: Final = "release.json"
POINTER: Final = "current"
POINTER_FILE: Final = "current.json"
FILE: Final = "part-0.parquet"
SITE: Final = "site"
FORMAT: Final = 1
_SINGLE_PAGE_TABLES: Final = tuple(name for name in contracts.PAGE_TABLES if not contracts.TABLES[name].partitioned)
_ASSEMBLED: Final = ("portals", "runs")
MAY_GO: Final = 0.1
FEW: Final = 3
"""Share of a portal's articles that new code may take away unasked, and how many it may in any case."""
_VOLATILE: Final = frozenset({"last_good_at", "articles", "newest"})
"""Columns of `portals` that change every night and are no news by themselves."""
_log: Final = logging.getLogger(__name__)


class ReleaseError(Exception):
    """A release cannot be made, found or pointed to; the message says what to do."""


Deriver = Callable[[Tables], Iterable[Mapping[str, Any]]]
"""Rows of one table from the tables before it; sorted by key, and the same for the same tables."""
Derivers = Mapping[str, Deriver]
"""By table, in the order in which they may read one another."""


@dataclass(frozen=True)
class Release:
    """A finished release."""

    root: Root
    id: str

    @property
    def path(self) -> str:
        """Where it lies: `releases/<id>`."""
        return join(FOLDER, ids.check_release(self.id))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """`release.json`; ReleaseError when it is damaged."""
        try:
            value = self.root.read_json(join(self.path, MANIFEST))
            _ = [(e["path"], e["table"], e["rows"], e["bytes"], e["sha256"]) for e in value["files"]]
            _ = [value[name] for name in ("digest", "plan", "inputs", "fingerprints", "news", "contracts", "site")]
        except (ValueError, KeyError, TypeError) as error:
            raise ReleaseError(f"{self.path}/{MANIFEST} is damaged ({error}); run `tinhuy rebuild`") from error
        return value

    @property
    def created_at(self) -> datetime:
        """When it was made, UTC."""
        return datetime.fromisoformat(self.manifest["created_at"])

    @property
    def digest(self) -> str:
        """SHA-256 over the names and digests of all table files: what the tables say, without the clock."""
        return str(self.manifest["digest"])

    def tables(self) -> Tables:
        """Return its tables for reading."""
        return Tables(self.root, self.path, self.manifest["files"])

    def counts(self) -> dict[str, int]:
        """Return the rows of each table."""
        return {name: self.tables().count(name) for name in contracts.TABLES}


def releases(root: Root) -> list[Release]:
    """Return the finished releases, oldest first."""
    found = []
    for name in root.names(FOLDER):
        try:
            release = Release(root, ids.check_release(name))
        except ids.BadName:
            continue
        if root.exists(join(release.path, MANIFEST)):
            found.append(release)
    return found


def current(root: Root) -> Release | None:
    """Return the release that readers see; None before the first one."""
    if isinstance(root, LocalRoot):
        link = root.local / POINTER
        if not link.is_symlink():
            if link.exists():
                raise ReleaseError(f"{link} is a copy, not a link; remove it, then run `tinhuy rollback ID`")
            return None
        name = Path(link.readlink()).name
    else:
        name = str(_pointer(root).get("release", ""))
        if not name:
            return None
    try:
        release = Release(root, ids.check_release(name))
    except ids.BadName as error:
        raise ReleaseError(f"{root}/{POINTER} leads to {name!r}; `tinhuy rollback ID` mends it") from error
    if not root.exists(join(release.path, MANIFEST)):
        raise ReleaseError(
            f"{root}/{POINTER} leads to {release.path}, which is not whole; `tinhuy releases` lists those that are, "
            "`tinhuy rollback ID` moves the pointer"
        )
    return release


def publish(release: Release) -> None:
    """Move the pointer to `release`. Readers see the release before until this one step is done."""
    with locks.writer(release.root, f"publish {release.id}"):
        _point(release, withdrawn=())


def rollback(root: Root, release: str) -> Release:
    """Move the pointer to another finished release; those after it are withdrawn: a night publishes again as soon as
    it would say something else than they did. ReleaseError when there is no such release."""
    with locks.writer(root, f"rollback {release}"):
        recover(root)
        every = releases(root)
        target = next((one for one in every if one.id == release), None)
        if target is None:
            ids.check_release(release)
            raise ReleaseError(f"there is no release {release}; `tinhuy releases` lists them")
        _point(target, withdrawn=[one.id for one in every if one.id > target.id])
    return target


def recover(root: Root) -> list[str]:
    """Remove what killed runs left unfinished, and make `current.json` agree with the pointer; return what was removed.
    Call only while holding the writer lock, with no other process of this run at work."""
    removed = unfinished(root)
    for path in removed:
        root.remove(path)
    if isinstance(root, LocalRoot):
        link = root.local / POINTER
        if link.is_symlink():
            name = Path(link.readlink()).name
            if _pointer(root).get("release") != name:
                root.write_json(POINTER_FILE, {"release": name, "withdrawn": []})
    return removed


def unfinished(root: Root, packages: bool = False) -> list[str]:
    """Return what lies about unfinished: of a run at work, or left by one that was killed; with `packages` that in
    sealed packages too, which takes a look into each."""
    folders = ["", FOLDER]
    for kind in (raw.FOLDER, parts.FOLDER, ledger.FOLDER):
        folders += [kind, *(join(kind, name) for name in root.names(kind))]
    if packages:
        folders += [package.path for package in raw.packages(root)]
    return [join(folder, name) for folder in folders for name in root.temporaries(folder)]


@dataclass
class _Plan:
    """What goes into a release, before anything is written."""

    portals: list[tuple[str, list[parts.Part]]]
    fingerprints: dict[str, str]
    """Path of a file of the page tables to the digest of what it is made from."""
    news: dict[str, str]
    """Digests of what else makes a release new: contract, code of the derived tables, state of the portals."""
    moved: dict[str, tables.Ids]
    """Portal to the ids whose articles stand under an earlier id."""

    @property
    def digest(self) -> str:
        """Digest of all of it, 64 hex digits."""
        return _sha256([sorted(self.fingerprints.items()), sorted(self.news.items())])


def assemble(
    root: Root,
    *,
    derive: Derivers,
    portals: Sequence[Mapping[str, Any]],
    runs: Iterable[Mapping[str, Any]] = (),
    digests: Mapping[str, str] | None = None,
    code: str = "",
    expectations: Sequence[Check] = (),
    finish: Callable[[Path], None] | None = None,
    fresh: bool = False,
) -> Release | None:
    """Make a release of all sealed packages' parts; None when it would say nothing new.

    `derive` gives the derived tables; `code` is a digest of the code that does. `portals` are rows of that table
    without `articles` and `newest`, which are counted here. `runs` are rows of that table. `digests` is the code
    digest of each portal: its packages must all have their part under it (ReleaseError otherwise, with the command);
    for a portal that it leaves out, the digest of the release before counts. `expectations` are checked with the
    contract; CheckFailed lists every failure, and nothing is published. `finish` gets the folder of the tables and
    may add `site/` to it. With `fresh` nothing is linked, everything is written again.

    The release is whole and named when this returns, but no reader sees it before `publish`.
    """
    with locks.writer(root, "assemble"):
        recover(root)
        before = _before(root, fresh)
        plan = _plan(root, portals, digests or {}, code, before)
        if before is not None and not fresh and _says_nothing_new(plan, before):
            return None
        ready = _unpublished(root, plan, before)
        if ready is not None and not fresh:
            return None if ready.id in _pointer(root).get("withdrawn", ()) else ready
        name = _new_id(root, plan)
        staging = root.stage(join(FOLDER, name))
        try:
            maker = _Maker(root, staging, None if fresh else before)
            maker.page_tables(plan)
            maker.derived(derive)
            maker.portals(portals)
            maker.single("runs", runs)
            maker.empty_tables()
            if fresh and before is not None and _same_but_runs(maker.entries, before) and _intact(before):
                root.remove(staging)
                return None
            _check(maker, before, [*_nothing_lost(plan, before, fresh), *expectations])
            manifest = maker.manifest(name, plan)
            _finish(root, staging, manifest, finish, before)
            root.write_json(join(staging, MANIFEST), manifest)
        except BaseException:
            root.remove(staging)
            raise
        root.promote(staging, join(FOLDER, name))
        return Release(root, name)


def _before(root: Root, fresh: bool) -> Release | None:
    """Return the current release; one that is damaged counts as none when everything is written anyway, so that a
    rebuild mends it."""
    try:
        before = current(root)
        _ = before.manifest if before is not None else None
    except ReleaseError:
        if not fresh:
            raise
        return None
    return before


def _plan(
    root: Root,
    portals: Sequence[Mapping[str, Any]],
    digests: Mapping[str, str],
    code: str,
    before: Release | None,
) -> _Plan:
    chosen = []
    moved: dict[str, tables.Ids] = {}
    fingerprints: dict[str, str] = {}
    for portal in root.names(raw.FOLDER):
        found = _parts_of(root, portal, digests.get(portal), before)
        if not found:
            continue
        chosen.append((portal, found))
        index = merge.index_portal(portal, found)
        moved[portal] = index.moved[0]
        for name in contracts.PARTITIONED:
            for year in index.years():
                fingerprints[_partition(name, portal, year)] = index.fingerprint(name, year)
        for name in _SINGLE_PAGE_TABLES:
            fingerprints[f"{join(name, FILE)} {portal}"] = index.fingerprint(name)
    states = [{k: v for k, v in sorted(row.items()) if k not in _VOLATILE} for row in portals]
    news = {
        "contract": _sha256([(name, tables.contract_digest(name)) for name in contracts.TABLES]),
        "code": code,
        "portals": _sha256(sorted(states, key=lambda row: str(row["portal"]))),
    }
    return _Plan(chosen, {path: found for path, found in fingerprints.items() if found}, news, moved)


def _parts_of(root: Root, portal: str, digest: str | None, before: Release | None) -> list[parts.Part]:
    """Return the part of each sealed package of a portal, oldest first, all under one code digest."""
    try:
        packages = raw.packages(root, portal)
    except ids.BadName:
        return []
    if digest is None and before is not None and before.manifest["inputs"].get(portal):
        digest = before.manifest["inputs"][portal]["digest"]
    if digest is None:
        known = {one.digest for one in parts.parts(root, portal)}
        if len(known) > 1:
            raise ReleaseError(
                f"{portal} has parts of {len(known)} versions of the code; run `tinhuy rebuild {portal}`"
            )
        digest = next(iter(known), None)
    found = []
    for package in packages:
        one = parts.part(root, portal, package.crawl, digest) if digest else None
        if one is None:
            raise ReleaseError(f"{package.path} has no part under the code in use; run `tinhuy rebuild {portal}`")
        found.append(one)
    return found


def _says_nothing_new(plan: _Plan, before: Release) -> bool:
    return bool(before.manifest["plan"] == plan.digest)


def _unpublished(root: Root, plan: _Plan, before: Release | None) -> Release | None:
    """Return the release of this very plan that a killed run made but did not publish, or that was withdrawn."""
    for release in reversed(releases(root)):
        if before is not None and release.id <= before.id:
            return None
        try:
            same = release.manifest["plan"] == plan.digest
        except ReleaseError as error:
            _log.warning("%s", error)
            continue
        if same and _intact(release):
            return release
    return None


def _same_but_runs(entries: Sequence[Mapping[str, Any]], before: Release) -> bool:
    """Whether tables are those of a release; that there was a run since is no news by itself."""
    told, made = ([e for e in some if e["table"] != "runs"] for some in (before.manifest["files"], entries))
    return tables_digest(told) == tables_digest(made)


def _intact(release: Release) -> bool:
    """Whether the bytes of a release are still those it was made with."""
    for entry in (*release.manifest["files"], *release.manifest["site"]):
        path = join(release.path, entry["path"])
        if not release.root.exists(path) or release.root.sha256(path) != entry["sha256"]:
            return False
    return True


def _new_id(root: Root, plan: _Plan) -> str:
    moment = datetime.now(UTC)
    every = [name for name in root.names(FOLDER) if _is_release(name)]
    if every:
        # Ids sort by time, and two releases never share a second, even when the clock was set back.
        moment = max(moment, datetime.strptime(f"{every[-1][:15]}+0000", "%Y%m%dT%H%M%S%z") + timedelta(seconds=1))
    return f"{ids.stamp(moment)}-{plan.digest[:8]}"


def _is_release(name: str) -> bool:
    try:
        return bool(ids.check_release(name))
    except ids.BadName:
        return False


class _Maker:
    """Writes the tables of one release into its staging folder."""

    def __init__(self, root: Root, staging: str, before: Release | None) -> None:
        self._root = root
        self._staging = staging
        self._before = before
        self._known = {entry["path"]: entry for entry in before.manifest["files"]} if before is not None else {}
        self.entries: list[dict[str, Any]] = []
        self.linked: list[str] = []
        """Paths of files that are those of the release before."""

    @property
    def view(self) -> Tables:
        """The tables made so far."""
        return Tables(self._root, self._staging, self.entries)

    def page_tables(self, plan: _Plan) -> None:
        """Write what pages gave, merged; files made from the same as before are linked."""
        told = self._before.manifest["fingerprints"] if self._before is not None else {}
        stale = {path for path, digest in plan.fingerprints.items() if told.get(path) != digest}
        singles: dict[str, bool] = {}
        for name in _SINGLE_PAGE_TABLES:
            mine = {path for path in (*plan.fingerprints, *told) if path.startswith(f"{join(name, FILE)} ")}
            singles[name] = any(told.get(path) != plan.fingerprints.get(path) for path in mine)
            if mine and not singles[name] and not self._link(join(name, FILE)):
                singles[name] = True
        with ExitStack() as stack:
            writers = {
                name: stack.enter_context(self._writing(join(name, FILE), name))
                for name in sorted(singles)
                if singles[name]
            }
            for portal, found in plan.portals:
                years = {
                    name: frozenset(
                        year
                        for year, path in _years(plan, name, portal)
                        if path in stale or not self._link_partition(path, told)
                    )
                    for name in contracts.PARTITIONED
                }
                if not writers and not any(years.values()):
                    continue
                index = merge.index_portal(portal, found)
                for name, wanted in years.items():
                    for few in index.turns(wanted):
                        self._partitions(index, name, few)
                for name, writer in writers.items():
                    for _, batch in index.batches(name, None):
                        writer.write(batch)
        self._drop_empty()

    def _link_partition(self, path: str, told: Mapping[str, str]) -> bool:
        # A fingerprint without a file: the inputs gave no row, then and now.
        return path in told and (path not in self._known or self._link(path))

    def _partitions(self, index: merge.PortalIndex, name: str, years: frozenset[int]) -> None:
        with ExitStack() as stack:
            writers: dict[int, tables.TableWriter] = {}
            for year, batch in index.batches(name, years):
                if year not in writers:
                    path = _partition(name, index.portal, year)
                    writers[year] = stack.enter_context(self._writing(path, name, index.portal, year))
                writers[year].write(batch)
        # What compressing took is free again but still this process's; on a long way that would add up.
        pa.default_memory_pool().release_unused()

    def derived(self, derive: Derivers) -> None:
        """Write the derived tables, each from those before it; one that came out as before is linked."""
        for name, rows in derive.items():
            if name not in contracts.TABLES or name in (*contracts.PAGE_TABLES, *_ASSEMBLED):
                raise ReleaseError(f"{name} is not a derived table")
            self.single(name, rows(self.view))

    def portals(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write `portals`, with the articles and the newest day of each counted in this release."""
        counts = conformance.articles_by_portal(self.view)
        newest: dict[str, date] = {}
        for entry in self.view.files("articles"):
            for batch in self.view.file_batches(entry, ["published_on"]):
                day = pc.max(batch.column(0)).as_py()
                if day is not None:
                    newest[entry["portal"]] = max(day, newest.get(entry["portal"], day))
        whole = [
            {**row, "articles": counts.get(row["portal"], 0), "newest": newest.get(row["portal"])}
            for row in sorted(rows, key=lambda row: str(row["portal"]))
        ]
        self.single("portals", whole)

    def single(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write a table that is one file."""
        path = join(name, FILE)
        try:
            with self._writing(path, name) as writer:
                writer.write_rows(_whole_rows(name, rows))
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise ReleaseError(f"the rows of {name} break the contract: {error}") from error
        made, known = self.entries[-1], self._known.get(path)
        if known is not None and known["sha256"] == made["sha256"]:
            self._root.remove(join(self._staging, path))
            self.entries.pop()
            if not self._link(path):
                raise ReleaseError(f"{path} changed under way; run the same command again")

    def empty_tables(self) -> None:
        """Give each table that has no row one file with its whole schema, so that every reader finds it."""
        present = {entry["table"] for entry in self.entries}
        for name in contracts.TABLES:
            if name not in present:
                path = join(name, FILE)
                with self._root.create(join(self._staging, path), frozen=True) as sink:
                    tables.TableWriter(sink, contracts.schema(name)).close()
                self._note(path, name, None, None, 0, sink)

    @contextmanager
    def _writing(
        self, path: str, name: str, portal: str | None = None, year: int | None = None
    ) -> Iterator[tables.TableWriter]:
        with (
            self._root.create(join(self._staging, path), frozen=True) as sink,
            tables.TableWriter(sink, tables.file_schema(name)) as writer,
        ):
            yield writer
        self._note(path, name, portal, year, writer.rows, sink)

    def _note(self, path: str, table: str, portal: str | None, year: int | None, rows: int, sink: Sink) -> None:
        self.entries.append(
            {
                "path": path,
                "table": table,
                "portal": portal,
                "year": year,
                "rows": rows,
                "bytes": sink.bytes,
                "sha256": sink.sha256,
            }
        )

    def _link(self, path: str) -> bool:
        """Take a file over from the release before; False when it is not there as it was made."""
        entry = self._known.get(path)
        if entry is None or self._before is None:
            return False
        source = join(self._before.path, path)
        if not self._root.exists(source) or self._root.size(source) != entry["bytes"]:
            _log.warning("%s is not as it was made; written again", source)
            return False
        self._root.link(source, join(self._staging, path))
        self.entries.append(dict(entry))
        self.linked.append(path)
        return True

    def _drop_empty(self) -> None:
        """A single table of pages without rows is written by `empty_tables`, like any other."""
        for entry in [e for e in self.entries if e["table"] in _SINGLE_PAGE_TABLES and not e["rows"]]:
            self.entries.remove(entry)
            self._root.remove(join(self._staging, entry["path"]))
            if entry["path"] in self.linked:
                self.linked.remove(entry["path"])

    def digest(self) -> str:
        """Digest over names and bytes of all files."""
        return tables_digest(self.entries)

    def manifest(self, name: str, plan: _Plan) -> dict[str, Any]:
        """Return what `release.json` says."""
        return {
            "format": FORMAT,
            "id": name,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "previous": self._before.id if self._before is not None else None,
            "digest": self.digest(),
            "plan": plan.digest,
            "contracts": {table: tables.contract_digest(table) for table in contracts.TABLES},
            "news": plan.news,
            "files": sorted(self.entries, key=lambda entry: entry["path"]),
            "linked": sorted(self.linked),
            "fingerprints": plan.fingerprints,
            "inputs": {
                portal: {"digest": found[0].digest, "crawls": [one.crawl for one in found]}
                for portal, found in plan.portals
            },
            "site": [],
        }


def tables_digest(entries: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256 over paths and digests of the files of tables, in order of their paths."""
    return _sha256(sorted((entry["path"], entry["sha256"]) for entry in entries))


def _nothing_lost(plan: _Plan, before: Release | None, fresh: bool) -> list[Check]:
    """The check that no article of the release before is lost, with what may be a reason for it.

    New code may read a page otherwise: a few articles may go, so that a parser that is broken does not empty the
    tables at night. A rebuild, which a person asks for, may also follow packages that were taken away.
    """
    if before is None:
        return []
    counts = conformance.articles_by_portal(before.tables())
    made = dict(plan.portals)
    may_go = {}
    for portal, told in before.manifest["inputs"].items():
        mine = made.get(portal, [])
        other_code = any(one.digest != told["digest"] for one in mine)
        taken_away = not {*told["crawls"]} <= {one.crawl for one in mine}
        count = counts.get(portal, 0)
        if fresh and (other_code or taken_away):
            may_go[portal] = count
        elif other_code and not taken_away:
            may_go[portal] = max(FEW, int(count * MAY_GO))
    return [NothingLost(before.tables(), may_go, plan.moved)]


def _check(maker: _Maker, before: Release | None, expectations: Sequence[Check]) -> None:
    unchanged: set[str] = set()
    if before is not None:
        told = before.manifest["contracts"]
        same = {name for name in contracts.TABLES if told.get(name) == tables.contract_digest(name)}
        unchanged = {path for path in maker.linked if path.partition("/")[0] in same}
    problems = list(conformance.check_release(maker.view, unchanged, expectations))
    if problems:
        raise CheckFailed(problems)


def _finish(
    root: Root, staging: str, manifest: dict[str, Any], finish: Callable[[Path], None] | None, before: Release | None
) -> None:
    """Let the report be built into the release; it sees tables and `release.json` in a folder of this machine."""
    if finish is None:
        return
    if isinstance(root, LocalRoot):
        root.write_json(join(staging, MANIFEST), manifest)
        with telling(root.path(staging)):
            finish(root.path(staging))
        known = {e["path"]: e["sha256"] for e in before.manifest["site"]} if before is not None else {}
        for name in root.files(join(staging, SITE)):
            path = join(SITE, name)
            place = join(staging, path)
            entry = {"path": path, "bytes": root.size(place), "sha256": root.sha256(place)}
            manifest["site"].append(entry)
            if before is not None and known.get(path) == entry["sha256"]:
                # Styles, scripts and most pages are those of last night: kept once, as the tables are.
                source = join(before.path, path)
                if root.exists(source) and root.sha256(source) == entry["sha256"]:
                    root.remove(place)
                    root.link(source, place)
                    continue
            root.settle(place)
        return
    with tempfile.TemporaryDirectory(prefix="tinhuy-") as folder:
        mirror = Path(folder)
        for entry in manifest["files"]:
            place = mirror / entry["path"]
            place.parent.mkdir(parents=True, exist_ok=True)
            with root.open(join(staging, entry["path"])) as source, place.open("wb") as target:
                shutil.copyfileobj(source, target)
        (mirror / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        finish(mirror)
        for file in sorted((mirror / SITE).rglob("*")):
            if file.is_file():
                path = file.relative_to(mirror).as_posix()
                with root.create(join(staging, path)) as sink, file.open("rb") as page:
                    shutil.copyfileobj(page, sink)
                manifest["site"].append({"path": path, "bytes": sink.bytes, "sha256": sink.sha256})


def _point(release: Release, withdrawn: Sequence[str]) -> None:
    root = release.root
    if not root.exists(join(release.path, MANIFEST)):
        raise ReleaseError(f"{release.path} is not whole; run the same command again")
    # Where there is a link it is the truth, and moves last: until then nothing has happened (`recover`).
    root.write_json(POINTER_FILE, {"release": release.id, "withdrawn": list(withdrawn)})
    if isinstance(root, LocalRoot):
        root.point(POINTER, release.path)


def _pointer(root: Root) -> dict[str, Any]:
    try:
        return root.read_json(POINTER_FILE) if root.exists(POINTER_FILE) else {}
    except ValueError as error:
        if root.local is None:
            raise ReleaseError(f"{error}; `tinhuy rollback ID` mends it") from error
        return {}


def _partition(name: str, portal: str, year: int) -> str:
    return f"{name}/portal={portal}/year={year}/{FILE}"


def _years(plan: _Plan, name: str, portal: str) -> Iterator[tuple[int, str]]:
    prefix = f"{name}/portal={portal}/year="
    for path in plan.fingerprints:
        if path.startswith(prefix):
            yield int(path.removeprefix(prefix).partition("/")[0]), path


def _whole_rows(name: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        fault = parts.row_fault(name, row)
        if fault is not None:
            raise ReleaseError(f"a row breaks the contract: {fault}")
        yield row


def _sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
