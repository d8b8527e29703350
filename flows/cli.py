"""The `tinhuy` command.

Each command imports what it needs when it runs, so that those that run no flow start in well under a second. Exit
codes: 0 all is well, 1 a portal failed or is degraded (or a check found something), 2 wrong use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from flows.errors import explain, known

OK: Final = 0
BAD: Final = 1
WRONG_USE: Final = 2


class Day(click.ParamType["date"]):
    """A day written as 2026-11-22."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; a clear usage error otherwise."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as year-month-day, for instance 2026-11-22", param, ctx)


class BaseUrl(click.ParamType["tuple[str, str]"]):
    """PORTAL=URL."""

    name = "portal=url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return (portal, URL); a clear usage error otherwise."""
        from urllib.parse import urlsplit

        portal, equals, url = value.partition("=")
        try:
            parts = urlsplit(url)
            good = bool(equals and portal and parts.hostname) and parts.scheme in ("http", "https")
            good = good and parts.username is None and (parts.port is None or parts.port > 0)
        except ValueError:  # a port that is none
            good = False
        if not good:
            self.fail(f"{value!r} is not PORTAL=URL, for instance baohagiang=http://127.0.0.1:8900", param, ctx)
        return portal, url


def _example(*lines: str) -> str:
    return "\b\nExample:\n  " + "\n  ".join(lines)


_since = click.option(
    "--since", type=Day(), help="Only articles published on or after this day, where the portal tells."
)
_base_url = click.option(
    "--base-url", "base_urls", type=BaseUrl(), multiple=True,
    help="PORTAL=URL: send this portal's requests to URL (a mirror, an archive, a test site); addresses in the tables "
    "stay those of its real host. May be given once per portal.",
)  # fmt: skip
_wait = click.option(
    "--wait", type=click.IntRange(0), default=0, metavar="SECONDS",
    help="Wait this long for another run on the same data root to end, instead of refusing at once.",
)  # fmt: skip
_portals = click.argument("portals", nargs=-1, metavar="[PORTAL]...")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tinhuy")
def cli() -> None:
    """Vietnam's provincial Party portals as tables: articles, every figure in them, every document they cite.

    The data root is TINHUY_WAREHOUSE: a folder or an s3:// address; warehouse/data under the current folder by default.
    """


@cli.command(epilog=_example("tinhuy demo", "tinhuy demo --root /tmp/tinhuy-demo"))
@click.option("--root", type=click.Path(path_type=Path), default=Path("tinhuy-demo"), show_default=True,
              help="Data root of the demo; made anew each time.")  # fmt: skip
def demo(root: Path) -> int:
    """The whole night on bundled sample portals, served on this machine: crawl, transform, release, report."""
    from flows import demonstration

    return demonstration.run(root)


@cli.command(epilog=_example("tinhuy nightly", "tinhuy nightly baohagiang danvan --since 2026-11-01",
                             "tinhuy nightly baohagiang --base-url baohagiang=http://127.0.0.1:8900"))  # fmt: skip
@_portals
@_since
@_base_url
@_wait
def nightly(portals: tuple[str, ...], since: date | None, base_urls: tuple[tuple[str, str], ...], wait: int) -> int:
    """Crawl the portals (all that are open, when none is named), read what came, publish a release.

    With --base-url and no PORTAL, the portals that have a --base-url are crawled. The same command after a kill goes
    on where it stopped.
    """
    from flows import launch

    chosen = portals or tuple(portal for portal, _ in base_urls)
    return launch.nightly(chosen, since=since, base_urls=dict(base_urls), wait=wait)


@cli.command(epilog=_example("tinhuy backfill baohagiang --from 2020-01-01 --to 2020-12-31"))
@click.argument("portal")
@click.option("--from", "start", type=Day(), required=True, help="First day of publication.")
@click.option("--to", "end", type=Day(), required=True, help="Last day of publication.")
@_base_url
@_wait
def backfill(portal: str, start: date, end: date, base_urls: tuple[tuple[str, str], ...], wait: int) -> int:
    """Deep history of one portal; the same command after a kill goes on without fetching anything twice."""
    from flows import launch

    if end < start:
        raise click.UsageError(f"--to {end} is before --from {start}")
    return launch.backfill(portal, start, end, base_urls=dict(base_urls), wait=wait)


@cli.command(epilog=_example("tinhuy rerun 20261122T183000Z-nightly", "tinhuy rerun last baohagiang"))
@click.argument("run", metavar="RUN")
@_portals
@_base_url
@_wait
def rerun(run: str, portals: tuple[str, ...], base_urls: tuple[tuple[str, str], ...], wait: int) -> int:
    """Continue a run that failed or was cut off (RUN as `status` prints it, or `last`): only what is not done."""
    from flows import launch

    return launch.rerun(run, portals, base_urls=dict(base_urls), wait=wait)


@cli.command(epilog=_example("tinhuy rebuild", "tinhuy rebuild baohagiang"))
@_portals
@_wait
def rebuild(portals: tuple[str, ...], wait: int) -> int:
    """Parts and tables again from the raw packages; no network."""
    from flows import launch

    return launch.rebuild(portals, wait=wait)


@cli.command(epilog=_example("tinhuy ingest baohagiang-2019.warc.gz --portal baohagiang"))
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--portal", required=True, help="The portal whose pages are taken.")
@_wait
def ingest(files: tuple[Path, ...], portal: str, wait: int) -> int:
    """Pages of a portal from web archives (WARC, WACZ) instead of a crawl; never twice."""
    from flows import launch

    return launch.ingest(portal, files, wait=wait)


@cli.command("export-warc", epilog=_example("tinhuy export-warc baohagiang.warc.gz --portal baohagiang"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--portal", required=True, help="The portal whose pages are written.")
@click.option("--force", is_flag=True, help="Replace FILE when it is there.")
def export_warc(file: Path, portal: str, force: bool) -> int:
    """Write a portal's raw packages as a web archive."""
    from flows import ingestion

    return ingestion.export_warc(file, portal, force=force)


@cli.command(epilog=_example("tinhuy status"))
def status() -> int:
    """Every portal: state, last good night, failing since, counts against expectation, and what to run."""
    from flows import desk

    return desk.status()


@cli.command(epilog=_example("tinhuy diagnose baohagiang"))
@click.argument("portal")
def diagnose(portal: str) -> int:
    """One portal: what was expected and seen, which selectors failed on which saved page, what to run."""
    from flows import desk

    return desk.diagnose(portal)


@cli.group(invoke_without_command=True, epilog=_example("tinhuy portals", "tinhuy portals check baohagiang"))
@click.pass_context
def portals(ctx: click.Context) -> int:
    """The portals, how well each is known, and its last night."""
    from flows import desk

    return desk.portals() if ctx.invoked_subcommand is None else OK


@portals.command("check", epilog=_example("tinhuy portals check baohagiang",
                                          "tinhuy portals check danvan --base-url http://127.0.0.1:8902"))  # fmt: skip
@click.argument("portal")
@click.option("--base-url", help="Ask this address instead of the portal's host.")
def portals_check(portal: str, base_url: str | None) -> int:
    """Fetch one live article and report field by field whether the layout still finds it."""
    from flows import onboarding

    return onboarding.check_portal(portal, base_url)


@portals.command("new", epilog=_example(
    "tinhuy portals new baomoi --url https://baomoi.invalid/",
    "tinhuy portals new baomoi --url https://baomoi.invalid/ --page saved.html",
))  # fmt: skip
@click.argument("slug")
@click.option("--url", required=True, help="Address of the portal, or of the saved page.")
@click.option(
    "--page", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A saved page instead of a live one."
)
@click.option("--base-url", help="Ask this address (a mirror, a test site) instead of the portal's host.")
@click.option("--province", help="Slug of the province it speaks for (division of 2008); central when left out.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=Path(), show_default=True,
              help="The checkout that gets the record and its failing test.")  # fmt: skip
def portals_new(slug: str, url: str, page: Path | None, base_url: str | None, province: str | None, into: Path) -> int:
    """A record for a new portal from what one page tells, and a test that fails until it is right."""
    from flows import onboarding

    if page is not None and base_url is not None:
        raise click.UsageError("--page is a saved page: there is nothing to ask --base-url for")
    return onboarding.new_portal(slug, url, page, province, into, base_url)


@cli.command(epilog=_example("tinhuy parse texts.jsonl > rows.jsonl",
                             """echo '{"id": "1", "text": "Có 1.115 mô hình."}' | tinhuy parse -"""))  # fmt: skip
@click.argument("file", type=click.File("rb"))
def parse(file: Any) -> int:
    """{"id", "text"} lines in; {"id", "figures", "citations"} lines out. Offsets count code points of the NFC text."""
    from flows import reading

    return reading.parse(file)


@cli.command(
    epilog=_example("tinhuy extract saved.html --url https://baohagiang.vn/xa-hoi/202310/mot-bai-viet-5c22e3a/")
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", required=True, help="Address that the page was saved from.")
@click.option("--portal", help="Portal whose layout reads it; by default the one whose host the address has.")
def extract(file: Path, url: str, portal: str | None) -> int:
    """One saved page to its rows, as JSON."""
    from flows import reading

    return reading.extract(file, url, portal)


@cli.command(epilog=_example('tinhuy sql "select portal, count(*) from articles group by 1"',
                             'tinhuy sql --output figures.xlsx "select * from figures_with_context"'))  # fmt: skip
@click.argument("query")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json", "parquet", "xlsx"]),
              help="By default what FILE ends in, or a table on the screen. JSON is one object a line.")  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path),
              help="Write to this file instead: .csv, .xlsx, .json or .parquet.")  # fmt: skip
@click.option(
    "--decimal-comma", is_flag=True, help="Numbers in CSV with a decimal comma (and semicolons between columns)."
)
@click.option("--width", type=click.IntRange(0), default=60, show_default=True,
              help="Longest cell of a table on the screen; 0 cuts none.")  # fmt: skip
def sql(query: str, form: str | None, output: Path | None, decimal_comma: bool, width: int) -> int:
    """DuckDB over the current release; every table is a view. `show tables` lists them, `describe figures` columns."""
    from flows import analyst

    return analyst.sql(query, form, output, decimal_comma, width)


@cli.command(epilog=_example("tinhuy releases"))
def releases() -> int:
    """The releases on disk; `*` marks the current one."""
    from flows import desk

    return desk.releases()


@cli.command(epilog=_example("tinhuy rollback 20261121T184502Z-0f3a9c1d"))
@click.argument("release", metavar="ID")
def rollback(release: str) -> int:
    """Make an earlier release the current one."""
    from flows import desk

    return desk.rollback(release)


@cli.command(epilog=_example("tinhuy prune --dry-run", "tinhuy prune --keep 30"))
@click.option("--keep", type=click.IntRange(1), default=14, show_default=True, metavar="N",
              help="How many of the newest releases stay; the current one always does.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
def prune(keep: int, dry_run: bool) -> int:
    """Remove old releases, parts of code no longer in use, and what killed runs left. Raw pages are never removed."""
    from flows import desk

    return desk.prune(keep, dry_run=dry_run)


@cli.command(epilog=_example("tinhuy verify"))
def verify() -> int:
    """Check every promise on disk: hashes, keys, references, links, the pointer."""
    from flows import desk

    return desk.verify()


@cli.command(epilog=_example("tinhuy dictionary > DICTIONARY.md"))
def dictionary() -> int:
    """Every table and column: meaning, type, unit, nulls, caveats, an example (Markdown)."""
    from flows import analyst

    return analyst.dictionary()


@cli.command(epilog=_example("tinhuy site --open", "tinhuy site --into public"))
@click.option("--open", "show", is_flag=True, help="Serve the pages on loopback and open the browser; Ctrl-C ends it.")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), help="Build into this folder instead of the release's."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port for --open; any free one by default.")
def site(show: bool, into: Path | None, port: int) -> int:
    """The report pages of the current release: the night, indicators, articles, dictionary."""
    from flows import analyst

    return analyst.site(show=show, into=into, port=port)


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. Errors that a person can act on are printed, others raise."""
    try:
        result = cli.main(args=argv, prog_name="tinhuy", standalone_mode=False)
        return result if isinstance(result, int) else OK
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        error.show()
        return WRONG_USE
    except click.ClickException as error:
        error.show()
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    except known() as error:
        print(f"tinhuy: {explain(error)}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:  # `tinhuy … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def main() -> NoReturn:
    """Entry of the `tinhuy` command."""
    sys.exit(run())


if __name__ == "__main__":
    main()
