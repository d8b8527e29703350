"""The data root: what is accepted, what is refused, and that nothing leaves it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from warehouse import ids, store
from warehouse.store import DataRootError, LocalRoot, open_root


def local(tmp_path: Path) -> LocalRoot:
    root = open_root(create=True, address=tmp_path / "data")
    assert isinstance(root, LocalRoot)
    return root


def test_new_folder_becomes_a_root_and_opens_again(tmp_path: Path) -> None:
    made = local(tmp_path)
    assert (tmp_path / "data" / store.MARKER).exists()
    assert open_root(address=tmp_path / "data").address == made.address


def test_environment_names_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(store.ENVIRONMENT, str(tmp_path / "elsewhere"))
    assert open_root(create=True).address == str((tmp_path / "elsewhere").resolve())


def foreign(folder: Path) -> None:
    (folder / "thesis.docx").write_text("mine")


def other_format(folder: Path) -> None:
    (folder / store.MARKER).write_text('{"format": 99}')


def torn_marker(folder: Path) -> None:
    (folder / store.MARKER).write_text('{"form')


@pytest.mark.parametrize(
    ("prepare", "create", "words"),
    [
        (foreign, True, "is not a data root: it holds thesis.docx"),
        (foreign, False, "export TINHUY_WAREHOUSE="),
        (other_format, True, "has format 99"),
        (torn_marker, True, "cannot be read"),
        (lambda folder: None, False, "run `tinhuy demo`"),
    ],
)
def test_refused_folders_say_what_to_do(tmp_path: Path, prepare, create: bool, words: str) -> None:  # type: ignore[no-untyped-def]
    prepare(tmp_path)
    before = sorted(entry.name for entry in Path(tmp_path).iterdir())
    with pytest.raises(DataRootError, match=words.replace("`", ".").replace("$", ".")):
        open_root(create=create, address=tmp_path)
    assert sorted(entry.name for entry in Path(tmp_path).iterdir()) == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("{tmp}/file", "is a file"),
        ("{tmp}/file/below", "cannot be used"),
        ("{tmp}/none", None),
        ("/proc/tinhuy", "cannot be used"),
        ("gs://bucket/x", "is not known"),
    ],
)
def test_unusable_addresses(tmp_path: Path, address: str, words: str | None) -> None:
    (tmp_path / "file").write_text("")
    if words is None:
        with pytest.raises(DataRootError, match="there is no data root"):
            open_root(address=address.format(tmp=tmp_path))
        return
    with pytest.raises(DataRootError, match=words):
        open_root(create=True, address=address.format(tmp=tmp_path))


def test_harmless_files_do_not_make_a_folder_foreign(tmp_path: Path) -> None:
    (tmp_path / ".gitkeep").write_text("")
    (tmp_path / "_tmpabc-tinhuy.json").write_text("{")
    assert open_root(create=True, address=tmp_path).exists(store.MARKER)


def test_unwritable_root_is_refused_before_a_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    local(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(store.tempfile, "TemporaryFile", refuse)
    with pytest.raises(DataRootError, match=r"cannot be written to.*permissions"):
        open_root(create=True, address=tmp_path / "data")
    assert open_root(address=tmp_path / "data").exists(store.MARKER)


def test_secrets_of_an_address_are_not_printed() -> None:
    root = store.ObjectRoot("s3://key:secret@bucket/data?scheme=http&endpoint_override=127.0.0.1:1&region=us-east-1")
    assert str(root) == "s3://bucket/data"


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/passwd", "a//b", "a/./b", "a\\b", "a\x00b", "a/b/..", "a\nb"]
)
def test_paths_that_lead_out_are_refused(tmp_path: Path, path: str) -> None:
    root = local(tmp_path)
    for act in (root.exists, root.read, root.remove, root.names, lambda p: root.write(p, b"x")):
        with pytest.raises(DataRootError):
            act(path)


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    root = local(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "manifest.json").write_text("{}")
    (root.local / "raw").symlink_to(outside)
    with pytest.raises(DataRootError, match="leads out of the data root"):
        root.write("raw/x.json", b"{}")
    with pytest.raises(DataRootError, match="leads out"):
        root.read("raw/manifest.json")
    with pytest.raises(DataRootError, match="leads out"):
        root.remove("raw/manifest.json")
    root.remove("raw")  # the link itself may go
    assert (outside / "manifest.json").exists()
    assert sorted(entry.name for entry in Path(outside).iterdir()) == ["manifest.json"]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    root = local(tmp_path)
    root.write("ledger/a.json", b"old")

    def torn() -> None:
        with root.create("ledger/a.json") as sink:
            sink.write(b"new, but")
            assert root.read("ledger/a.json") == b"old"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        torn()
    assert root.read("ledger/a.json") == b"old"
    assert [entry.name for entry in (root.local / "ledger").iterdir()] == ["a.json"]


def test_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = local(tmp_path)
    root.write("a.json", b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(
        DataRootError, match=r"a\.json cannot be written: No space left on device; free some space; nothing is lost"
    ):
        root.write("a.json", b"new")
    assert root.read("a.json") == b"old"
    assert sorted(entry.name for entry in Path(root.local).iterdir()) == ["a.json", store.MARKER]


def test_unfinished_names_are_not_seen_and_can_be_cleaned(tmp_path: Path) -> None:
    root = local(tmp_path)
    root.write("raw/abc/x.json", b"{}")
    (root.local / "raw" / "abc" / "_tmp1-y.json").write_text("torn")
    assert root.names("raw/abc") == ["x.json"]
    assert root.files("raw") == ["abc/x.json"]
    assert root.clean("raw/abc") == ["_tmp1-y.json"]
    assert root.temporaries("raw/abc") == []


def test_a_folder_goes_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = open_root(create=True, address=tmp_path)
    root.write("parts/abc/x/manifest.json", b"{}")
    root.write("parts/abc/x/articles.parquet", b"rows")

    def killed(folder: Path) -> None:
        (folder / "articles.parquet").unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):  # noqa: PT012
        patch.setattr(store.shutil, "rmtree", killed)
        root.remove("parts/abc/x")
    assert root.names("parts/abc") == []
    assert len(root.clean("parts/abc")) == 1
    assert root.temporaries("parts/abc") == []


def test_a_folder_s_name_is_made_durable_though_a_killed_run_made_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_root(create=True, address=tmp_path)
    (tmp_path / "raw" / "abc").mkdir(parents=True)
    synced = set()

    def sync(handle: int) -> None:
        synced.add(str(Path(f"/proc/self/fd/{handle}").readlink()))

    monkeypatch.setattr(store.os, "fsync", sync)
    open_root(address=tmp_path).write("raw/abc/page", b"x")
    assert {str(tmp_path), str(tmp_path / "raw"), str(tmp_path / "raw" / "abc")} <= synced


def test_promote_keeps_the_first(tmp_path: Path) -> None:
    root = local(tmp_path)
    for content in (b"first", b"second"):
        staging = root.stage("parts/abc/x")
        root.write(f"{staging}/a", content)
        assert root.promote(staging, "parts/abc/x") is (content == b"first")
    assert root.read("parts/abc/x/a") == b"first"
    assert root.temporaries("parts/abc") == []


SLUGS = [
    ("baohagiang", True), ("tinhuy-binhphuoc", True), ("a1", True),
    ("", False), ("..", False), ("a/b", False), ("BaoHaGiang", False), ("a b", False), ("a.b", False), ("-a", False),
    ("a-", False), ("a--b", False), ("1a", False), ("a\n", False), ("đ", False), ("a" * 200, False), ("ａ", False),
]  # fmt: skip


@pytest.mark.parametrize(("slug", "good"), SLUGS)
def test_slugs(slug: str, good: bool) -> None:
    if good:
        assert ids.check_slug(slug) == slug
    else:
        with pytest.raises(ids.BadName):
            ids.check_slug(slug)


@pytest.mark.parametrize(
    ("crawl", "good"),
    [
        ("20261122T183000Z-nightly", True), ("20261122T183000Z-backfill-2024", True), ("20261122T183000Z", False),
        ("20261122T183000Z-../x", False), ("20261122T183000Z-Nightly", False), ("20261122T183000-nightly", False),
        ("20261122T183000Z-nightly\n", False),
    ],
)  # fmt: skip
def test_crawl_ids(crawl: str, good: bool) -> None:
    if good:
        assert ids.check_crawl(crawl) == crawl
    else:
        with pytest.raises(ids.BadName):
            ids.check_crawl(crawl)


def test_a_crawl_id_with_an_impossible_date_has_no_start() -> None:
    with pytest.raises(ids.BadName, match="no real date"):
        ids.crawl_started("20261399T183000Z-nightly")


def test_ids_are_fixed_for_ever() -> None:
    # sha256 of "baohagiang\nhttps://baohagiang.vn/a" and of "a" 0x1f "" 0x1f "3", by sha256sum.
    assert ids.article_id("baohagiang", "https://baohagiang.vn/a") == ARTICLE
    assert ids.row_id("a", None, 3) == ROW
    assert len(ids.article_id("x", "https://x.invalid/\ud800")) == 16


ARTICLE = "db13456be07c9855"
ROW = "5e27b2767aefb837"
