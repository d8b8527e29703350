"""The warehouse on an object store (moto, on loopback): the same bytes, the pointer in `current.json`."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from tests import warehouse_fakes as fakes
from tests.warehouse_fakes import Story, crawl, crawl_of, publish, table
from warehouse import contracts, ledger, locks, release, store
from warehouse.checks import verify
from warehouse.locks import LockHeld
from warehouse.raw import PackageWriter, known_pages, packages
from warehouse.store import DataRootError, Root, open_root

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    moto_server = pytest.importorskip("moto.server")
    running = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"{host}:{port}"
    running.stop()


@pytest.fixture
def address(server: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    import boto3

    monkeypatch.setattr(locks.tempfile, "gettempdir", lambda: str(tmp_path))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    bucket = "tinhuy-" + str(abs(hash(request.node.name)))[:12]
    boto3.client("s3", endpoint_url=f"http://{server}", region_name="us-east-1").create_bucket(Bucket=bucket)
    return f"s3://{bucket}/data?scheme=http&endpoint_override={server}&region=us-east-1"


def test_nights_on_an_object_store(address: str, tmp_path: Path) -> None:
    root = open_root(create=True, address=address)
    here = open_root(create=True, address=tmp_path / "data")
    for one in (root, here):
        crawl(one, "abc", crawl_of(0), [Story(i) for i in range(12)], pages_per_file=5)
        assert publish(one, ["abc"], finish=build) is not None
        assert publish(one, ["abc"], finish=build) is None
        crawl(one, "abc", crawl_of(1), [Story(3, version=1), Story(20, broken=True)])
        assert publish(one, ["abc"], finish=build) is not None
    there = release.current(root)
    local = release.current(here)
    assert there is not None
    assert local is not None
    assert there.digest == local.digest
    assert there.manifest["linked"] == local.manifest["linked"]
    assert verify(root, fakes.DERIVE) == []
    assert len(table(root, "articles")) == 12
    assert root.read(f"{there.path}/site/index.html") == b"<p>12</p>"
    for name in contracts.TABLES:
        folder = root.fs_path(f"{there.path}/{name}")
        found = ds.dataset(folder, filesystem=root.filesystem, format="parquet", partitioning="hive").to_table()
        assert found.num_rows == there.counts()[name]
    first = release.releases(root)[0]
    release.rollback(root, first.id)
    assert release.current(root) == first
    ledger.record(root, {"run_id": "r1", "portal": "*", "stage": "plan"})
    assert [row["run_id"] for row in ledger.read(root)] == ["r1"]
    assert len(known_pages(root, "abc")) == 13


def build(folder: Path) -> None:
    rows = sum(file.num_rows for file in [ds.dataset(folder / "articles", partitioning="hive").to_table()])
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text(f"<p>{rows}</p>")


def test_an_interrupted_crawl_and_a_failed_upload(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = open_root(create=True, address=address)
    first = PackageWriter(root, "abc", crawl_of(0), command="nightly", pages_per_file=2)
    for i in range(3):
        first.add(fakes.page_of("abc", crawl_of(0), 0, Story(i)))
    first.close()
    assert packages(root) == []
    crawl(root, "abc", crawl_of(0), [Story(i) for i in range(3)])
    assert publish(root, ["abc"]) is not None
    before = release.current(root)
    crawl(root, "abc", crawl_of(1), [Story(9)])
    written = 0

    def write(sink: store.Sink, data: Any, real: Any = store.Sink.write) -> int:
        nonlocal written
        written += 1
        if written > 30:
            raise OSError(errno.EIO, "connection reset")
        return int(real(sink, data))

    with monkeypatch.context() as patch:
        patch.setattr(store.Sink, "write", write)
        with pytest.raises(OSError, match="connection reset"):
            publish(root, ["abc"])
    assert release.current(root) == before
    assert publish(root, ["abc"]) is not None
    assert len(table(root, "articles")) == 4
    assert verify(root, fakes.DERIVE) == []


def test_one_writer_on_this_machine(address: str) -> None:
    root: Root = open_root(create=True, address=address)
    crawl(root, "abc", crawl_of(0), [Story(1)])
    with (
        PackageWriter(root, "abc", crawl_of(1), command="nightly"),
        pytest.raises(LockHeld),
        PackageWriter(open_root(address=address), "abc", crawl_of(2), command="nightly", wait=0.0),
    ):
        pass


def test_a_bucket_with_something_else_in_it_is_refused(address: str) -> None:
    root = open_root(create=True, address=address)
    root.remove(store.MARKER)
    root.write("thesis.docx", b"mine")
    with pytest.raises(DataRootError, match="not a data root: it holds thesis"):
        open_root(create=True, address=address)
    nobody = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", address)
    with pytest.raises(DataRootError, match="cannot be"):
        open_root(create=True, address=nobody)
