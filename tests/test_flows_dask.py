"""Reading on a Dask cluster of this machine: the same part, made by a worker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from standin import generate, record, serve

from warehouse import release
from warehouse.store import open_root

pytestmark = [pytest.mark.prefect, pytest.mark.slow, pytest.mark.timeout(300)]


def _tasks_done(dask_scheduler: Any) -> int:
    return sum(1 for move in dask_scheduler.transition_log if move[2] == "memory")


def test_a_cluster_reads_the_packages(tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    site = generate("file-uuid", 12, slug="mau")
    (tmp_path / "portals").mkdir()
    (tmp_path / "portals" / "mau.toml").write_text(record(site), encoding="utf-8")
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        Client(cluster) as client,
        serve([site]) as urls,
    ):
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", "nightly", "mau", "--base-url", f"mau={urls['mau']}"],
            env={
                **os.environ,
                "TINHUY_WAREHOUSE": str(tmp_path / "root"),
                "TINHUY_PORTALS": str(tmp_path / "portals"),
                "TINHUY_DASK": cluster.scheduler_address,
                "PREFECT_HOME": str(tmp_path / "prefect"),
            },
            cwd=tmp_path, capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        assert client.run_on_scheduler(_tasks_done) >= 1
    now = release.current(open_root(address=tmp_path / "root"))
    assert now is not None
    assert now.counts()["articles"] == 12
