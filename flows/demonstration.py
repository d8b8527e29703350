"""`tinhuy demo`: a whole night on bundled sample portals, served on this machine, and what to look at next."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from click import echo

from flows import launch, runs, settings
from flows.errors import TinhuyError


def run(root: Path) -> int:
    """Serve the sample portals, run the night into `root`, print what landed; return the night's exit code."""
    import flows.demo
    from flows.demo.site import serve

    _clear(root)
    os.environ[settings.DATA_ROOT] = str(root)
    os.environ["TINHUY_PORTALS"] = str(Path(flows.demo.__file__).parent / "portals")
    try:
        served = serve()
    except OSError as error:
        raise TinhuyError(f"the sample portals cannot be served on loopback: {error}") from error
    with served as addresses:
        code = launch.demo(dict(addresses))
    _show(root)
    return code


def _clear(root: Path) -> None:
    """Remove an earlier demo, and nothing that is anything else."""
    from warehouse import ledger
    from warehouse.store import open_root

    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return
    plans = runs.plans(ledger.read(open_root(address=root)))
    if any(plan.command not in ("demo", "rebuild") for plan in plans.values()):
        raise TinhuyError(f"{root} holds more than a demo", "Give another folder: `tinhuy demo --root DIR`.")
    shutil.rmtree(root)


def _show(root: Path) -> None:
    from warehouse.export import as_text_table
    from warehouse.query import connect
    from warehouse.store import open_root

    opened = open_root(address=root)
    connection = connect(opened)

    def ask(query: str) -> None:
        relation: Any = connection.sql(query)
        echo(as_text_table(relation.columns, relation.fetchall(), width=110))

    echo("\nWhat landed")
    ask(
        """select portal, count(*) as articles, count(*) filter (published_on is null) as undated,
                  (select count(*) from figures f where f.portal = a.portal) as figures,
                  (select count(*) from citations c where c.portal = a.portal) as citations,
                  (select count(*) from table_cells t where t.portal = a.portal) as table_cells
           from articles a group by portal order by portal"""
    )
    echo("Three figures, each with its sentence")
    ask(
        """select portal, province, surface, value, unit, sentence from figures_with_context
           join (select figure_id, indicator from panel) using (figure_id)
           where indicator in ('dvk_models_total', 'ntm_communes', 'poverty_rate') and length(sentence) <= 140
           qualify row_number() over (partition by indicator order by published_on desc nulls last, figure_id) = 1
           order by indicator"""
    )
    where = root.absolute()
    echo("Open next")
    site = where / "current" / "site" / "index.html"
    if site.is_file():
        echo(f"  the report    {site}")
    question = "select province, year, value, sentence from panel_by_year where indicator = 'dvk_models_total'"
    echo(f"  the tables    {where}/current/figures    (pandas, Polars, DuckDB, R)")
    echo(f'  SQL           TINHUY_WAREHOUSE={where} tinhuy sql "{question}"')
