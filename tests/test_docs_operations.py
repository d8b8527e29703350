"""The five failures of `docs/operations.md`: each is made to happen, shows what the page says, its commands mend it.

The page's commands are run as they stand; where one asks a portal, the stand-in's address is added. One Prefect server
serves the whole file.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from standin import Log, Served, Site, apply, generate, record

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
SLUG = "baohagiang"
pytestmark = [pytest.mark.prefect, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What tells the commands of this file of a Prefect server of its own."""
    from flows import server, settings

    home = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(home))
        settings.prefect_environment(str(home))
        with server.running() as own:
            own.ready()
            yield {"PREFECT_HOME": str(home), "PREFECT_API_URL": own.api, "DO_NOT_TRACK": "1"}


def told(heading: str) -> list[str]:
    """The commands of one section of the page, in order."""
    section = re.split(r"^#{2,3} ", PAGE.split(f"{heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("tinhuy ")]


class Desk:
    """An engineer's shell, with one portal in the registry."""

    def __init__(self, folder: Path, prefect: dict[str, str]) -> None:
        self.site = generate("file-uuid", 3, slug=SLUG)
        (folder / "portals").mkdir()
        text = record(self.site, expect="floor = 1\nsilence_days = 3650")
        (folder / "portals" / f"{SLUG}.toml").write_text(text, encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "TINHUY"))}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.env = {**clean, **prefect, "PATH": path, "TINHUY_WAREHOUSE": str(folder / "root"),
                    "TINHUY_PORTALS": str(folder / "portals"), "COLUMNS": "200"}  # fmt: skip
        self.folder = folder

    def command(self, line: str) -> str:
        """The line with the stand-in's address, where it asks the portal's host."""
        if line.startswith("tinhuy nightly"):
            return f"{line} --base-url {SLUG}={self.address}"
        return f"{line} --base-url {self.address}" if line.startswith("tinhuy portals check") else line

    def run(self, line: str, code: int) -> str:
        argv = ["bash", "-c", self.command(line)]
        done = subprocess.run(argv, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def mended(self, heading: str, *failing: str) -> None:
        """Run a section's commands; all end well but those of `failing`, which tell of a portal that is not."""
        lines = told(heading)
        assert lines, heading
        for line in lines:
            self.run(line, 1 if line in failing else 0)
        assert "ok" in self.run("tinhuy status", 0)


@pytest.fixture
def desk(tmp_path: Path, prefect: dict[str, str]) -> Desk:
    return Desk(tmp_path, prefect)


Serving = Callable[..., Served]
DIAGNOSE = f"tinhuy diagnose {SLUG}"
NIGHTLY = f"tinhuy nightly {SLUG}"


def heal(site: Site) -> None:
    site.hooks.clear()


def test_a_portal_that_did_not_answer(desk: Desk, serving: Serving) -> None:
    desk.run(NIGHTLY, 1)
    shown = desk.run("tinhuy status", 1)
    assert "failed" in shown
    assert "tinhuy rerun" in shown
    assert "network" in desk.run(DIAGNOSE, 1)
    serving(desk.site, port=desk.port)
    desk.mended("### A portal did not answer")


def test_a_portal_that_answers_with_a_challenge(desk: Desk, serving: Serving) -> None:
    apply(desk.site, "stub")
    serving(desk.site, port=desk.port)
    desk.run(NIGHTLY, 1)
    assert "every answer was a challenge or block page" in desk.run("tinhuy status", 1)
    assert "blocked" in desk.run(DIAGNOSE, 1)
    heal(desk.site)
    desk.mended("### The portal answers with a challenge", DIAGNOSE)


def test_a_portal_that_was_redesigned_and_one_that_has_gone_quiet(desk: Desk, serving: Serving) -> None:
    serving(desk.site, port=desk.port)
    assert told("### A portal has gone quiet") == [f"tinhuy portals check {SLUG}"]
    desk.run(NIGHTLY, 0)
    checked = desk.run(f"tinhuy portals check {SLUG}", 0)
    assert "title" in checked
    apply(desk.site, "redesign")
    desk.site.markup.catalogue.publish(1)  # type: ignore[attr-defined]
    desk.run(NIGHTLY, 1)
    assert "degraded" in desk.run("tinhuy status", 1)
    said = desk.run(DIAGNOSE, 1)
    assert "layout_changed" in said
    assert "selectors that found nothing" in said
    assert "generic" in desk.run('tinhuy sql "select extraction, count(*) from articles group by 1"', 0)
    desk.run(f"tinhuy portals check {SLUG}", 1)
    for line in told("### The portal was redesigned"):
        desk.run(line, 1 if line == DIAGNOSE else 0)


def test_a_run_that_was_cut_off(desk: Desk, serving: Serving) -> None:
    apply(desk.site, "slow=0.4")
    log = Log()
    serving(desk.site, port=desk.port, log=log)
    with subprocess.Popen(
        ["bash", "-c", desk.command(NIGHTLY)], cwd=desk.folder, env=desk.env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as night:  # fmt: skip
        deadline = time.monotonic() + 240
        while len(log.rows) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(night.pid, signal.SIGKILL)
    shown = desk.run("tinhuy status", 1)
    assert "cut off" in shown
    heal(desk.site)
    desk.mended("### The run itself was cut off")
    releases = desk.run("tinhuy releases", 0)
    (made,) = re.findall(r"\d{8}T\d{6}Z-[0-9a-f]{8}", releases)
    for line in (*told("## A bad release"), *told("## Room on the disk")):
        desk.run(re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{8}", made, line), 0)
    assert made in desk.run("tinhuy releases", 0)
