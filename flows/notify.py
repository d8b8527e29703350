"""What a run leaves in Prefect besides its states: artifacts for people, events for automations.

Artifacts: `portals`, a table of this run's portals, and `report`, a link to the pages of the release. Events: one per
portal that is not ok, `tinhuy.portal.failed` or `tinhuy.portal.degraded`, and `tinhuy.portal.recovered` when it is
well again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prefect import runtime
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.events import emit_event

from flows import settings
from flows.runs import Standing
from flows.session import Session
from warehouse.release import Release

Row = Mapping[str, Any]
_COLUMNS = ("portal", "state", "failure_class", "pages", "new_articles", "figures", "rejects", "seconds", "message")


def artifacts(session: Session, endings: Iterable[Row], release: Release | None) -> None:
    """Write the run's artifacts."""
    plan = session.plan
    create_table_artifact(
        table=[{name: row.get(name) for name in _COLUMNS} for row in endings],
        key="portals",
        description=f"Portals of run `{plan.run}` into `{session.root}`.",
    )
    told = release.id if release is not None else "nothing new; the release before stays"
    site = settings.load().site_url
    if site is None and session.root.local is not None:
        site = (session.root.local / "current" / "site" / "index.html").as_uri()
    if site is not None:
        create_link_artifact(link=site, link_text=f"Report ({told})", key="report", description=f"Run `{plan.run}`.")


def events(session: Session, endings: Iterable[Row], before: Mapping[str, Standing]) -> None:
    """Tell automations which portals are not ok, and which are again."""
    for row in endings:
        slug, state = row["portal"], row["state"]
        if state in ("ok", "closed"):
            if before.get(slug, Standing()).failing_since is None:
                continue
            state = "recovered"
        emit_event(
            event=f"tinhuy.portal.{state}",
            resource={
                "prefect.resource.id": f"tinhuy.portal.{slug}",
                "prefect.resource.name": slug,
                "tinhuy.failure-class": row["failure_class"] or "",
            },
            related=_related(),
            payload={name: row.get(name) for name in ("run_id", "failure_class", "message", "pages", "new_articles")},
        )


def _related() -> list[dict[str, str]]:
    run = runtime.flow_run.id
    return [{"prefect.resource.id": f"prefect.flow-run.{run}", "prefect.resource.role": "flow-run"}] if run else []
