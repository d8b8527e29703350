"""`tinhuy sql`, `dictionary` and `site`: the current release for a reader."""

from __future__ import annotations

import sys
from pathlib import Path

from click import echo

from flows import settings
from flows.errors import TinhuyError
from warehouse.store import open_root


def sql(query: str, form: str | None, output: Path | None, decimal_comma: bool, width: int) -> int:
    """Run a query over the current release and print or write its rows; without `form` as `output` ends, or a table."""
    from warehouse import export
    from warehouse.query import QueryError, ask, connect

    if decimal_comma and (form or (output and export.ENDINGS.get(output.suffix.lower()))) != "csv":
        raise TinhuyError("--decimal-comma is for CSV", "Add `--format csv`; a spreadsheet shows XLSX as it is set up.")
    try:
        rows = ask(connect(open_root(address=settings.data_root())), query)
        if output is not None:
            count = export.write_file(rows, output, form=form, decimal_comma=decimal_comma)
            echo(f"{count} rows in {output}")
        elif form in export.BINARY:
            if sys.stdout.isatty():
                raise TinhuyError(f"{form} is not for the screen", f"Add `--output FILE.{form}`, or pipe it on.")
            write = export.write_parquet if form == "parquet" else export.write_xlsx
            write(rows, sys.stdout.buffer)
        elif form == "csv":
            export.write_csv(rows, sys.stdout, decimal_comma=decimal_comma)
        elif form == "json":
            export.write_json(rows, sys.stdout)
        else:
            shown, more = export.write_table(rows, sys.stdout, width=width)
            if more:
                echo(f"the first {shown} rows; `--format csv` or `--output FILE` gives all", err=True)
    except QueryError as error:
        raise TinhuyError(str(error), error.hint) from error
    return 0


def dictionary() -> int:
    """Print the data dictionary."""
    from warehouse.dictionary import markdown

    echo(markdown(), nl=False)
    return 0


def site(*, show: bool, into: Path | None, port: int) -> int:
    """Tell where the report pages of the current release are, or build them into a folder; with `show`, serve them."""
    from warehouse import site as pages
    from warehouse.query import NoRelease
    from warehouse.release import current

    root = open_root(address=settings.data_root())
    release = current(root)
    if release is None:
        raise NoRelease(f"{root} holds no release yet; run `tinhuy nightly` or `tinhuy demo` first")
    if into is not None:
        pages.build(release if root.local is None else root.local / release.path, into)
        folder = into
    elif root.local is not None:
        folder = root.local / release.path / "site"
    else:
        raise TinhuyError(
            f"{root} is an object store, from which pages are not served",
            "Build them into a folder: `tinhuy site --into DIR`.",
        )
    echo(f"{folder}/index.html")
    if show:
        pages.serve(folder, port)
    return 0
