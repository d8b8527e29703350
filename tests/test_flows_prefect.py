"""Prefect for real: a server and a worker on loopback, the deployments of `prefect.yaml`, a red portal, a retry, green.

.venv/bin/python -m pytest tests/test_flows_prefect.py
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from standin import Served, apply, generate, record

from warehouse import release
from warehouse.store import open_root

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
pytestmark = [pytest.mark.prefect, pytest.mark.timeout(900)]


class Prefect:
    """A server with its worker, and what one asks of it."""

    def __init__(self, folder: Path, registry: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.folder = folder
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")},
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT": "60",
            "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
            "TINHUY_WAREHOUSE": str(folder / "root"),
            "TINHUY_PORTALS": str(registry),
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *argv: str) -> None:
        log = (self.folder / f"{argv[0]}.log").open("wb")
        process = subprocess.Popen(
            [BIN / "prefect", *argv],
            env=self.env,
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.running.append(process)

    def run(self, *argv: str, code: int = 0) -> str:
        done = subprocess.run(
            [BIN / "prefect", "--no-prompt", *argv], env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == code, done.stdout + done.stderr + self.logs()
        return done.stdout

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-4000:] for path in self.folder.glob("*.log"))

    def ask(self, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = Request(f"{self.api}{path}", data, {"Content-Type": "application/json"})
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def until(self, what: Callable[[], Any], seconds: float = 240) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                found = what()
            except OSError:
                found = None
            if found:
                return found
            time.sleep(1)
        raise AssertionError(f"waited {seconds} s in vain\n{self.logs()}")

    def ended(self, run: str, after: int = 1) -> dict[str, Any]:
        def look() -> Any:
            row = self.ask(f"/flow_runs/{run}")
            final = row["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
            return row if final and row["run_count"] >= after else None

        return dict(self.until(look))

    def portals(self, run: str) -> dict[str, str]:
        """Portal to the state of its newest flow run inside `run`."""
        rows = self.ask(
            "/flow_runs/filter",
            {"flow_runs": {"parent_flow_run_id": {"any_": [run]}}, "sort": "EXPECTED_START_TIME_ASC"},
        )
        return {row["parameters"]["portal"]: row["state_name"] for row in rows}

    def stop(self) -> None:
        for process in reversed(self.running):
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def prefect(tmp_path: Path) -> Iterator[Prefect]:
    (tmp_path / "portals").mkdir()
    made = Prefect(tmp_path, tmp_path / "portals")
    try:
        yield made
    finally:
        made.stop()


def test_deployed_night_with_a_red_portal_is_retried_to_green(prefect: Prefect, serving: Callable[..., Served]) -> None:
    good, bad = generate("file-uuid", 5, slug="tot"), apply(generate("nukeviet", 5, slug="hong"), "stub")
    for site in (good, bad):
        (prefect.folder / "portals" / f"{site.slug}.toml").write_text(record(site), encoding="utf-8")
    served = serving(good, bad)
    root = open_root(create=True, address=prefect.folder / "root")

    prefect.start("server", "start", "--host", "127.0.0.1", "--port", str(prefect.port))
    prefect.until(lambda: urlopen(f"{prefect.api}/health", timeout=5).status == 200)
    prefect.run("work-pool", "create", "tinhuy", "--type", "process")
    prefect.run("deploy", "--all")
    deployed = {row["name"]: row for row in prefect.ask("/deployments/filter", {})}
    assert set(deployed) == {"nightly", "backfill", "rerun", "rebuild"}
    (schedule,) = deployed["nightly"]["schedules"]
    assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) == ("30 1 * * *", "Asia/Ho_Chi_Minh")
    assert (
        deployed["nightly"]["concurrency_limit"] == 1 or deployed["nightly"]["global_concurrency_limit"]["limit"] == 1
    )
    assert not [name for name, row in deployed.items() if name != "nightly" and row["schedules"]]
    prefect.start("worker", "start", "--pool", "tinhuy", "--limit", "2")

    def scheduled() -> list[str]:
        rows = prefect.ask("/flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}})
        return [row["expected_start_time"] for row in rows if row["auto_scheduled"]]

    times = prefect.until(scheduled)
    assert all(moment[11:16] == "18:30" for moment in times), "01:30 in Vietnam is 18:30 UTC the day before"

    urls = {"parameters": {"portals": ["tot", "hong"], "base_urls": dict(served)}}
    run = prefect.ask(f"/deployments/{deployed['nightly']['id']}/create_flow_run", urls)["id"]
    red = prefect.ended(run)
    assert (red["state_type"], red["state_name"]) == ("FAILED", "Partial"), red["state"]["message"] + prefect.logs()
    assert "hong failed (blocked)" in red["state"]["message"]
    assert prefect.portals(run) == {"tot": "Completed", "hong": "Failed"}
    published = release.current(root)
    assert published is not None
    assert {row["portal"] for row in published.tables().rows("articles", ["portal"])} == {"tot"}

    bad.hooks.clear()
    asked = good.requests
    prefect.run("flow-run", "retry", run)
    green = prefect.ended(run, after=2)
    assert green["state_type"] == "COMPLETED", green["state"]["message"] + prefect.logs()
    assert prefect.portals(run) == {"tot": "Completed", "hong": "Completed"}
    assert good.requests == asked, "the portal that was well was asked again"
    published = release.current(root)
    assert published is not None
    assert {row["portal"] for row in published.tables().rows("articles", ["portal"])} == {"tot", "hong"}
    shown = prefect.ask("/artifacts/latest/filter", {})
    assert {"portals", "report"} <= {row["key"] for row in shown}

    told = prefect.until(
        lambda: prefect.ask("/events/filter", {"filter": {"event": {"prefix": ["tinhuy.portal."]}}})["events"]
    )
    assert ("tinhuy.portal.failed", "tinhuy.portal.hong") in {
        (event["event"], event["resource"]["prefect.resource.id"]) for event in told
    }
