"""The build of a site: every page and every data file of a release, written as a stream."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from warehouse import dictionary
from warehouse.contracts import TABLES, example
from warehouse.digest import code_digest
from warehouse.release import Release
from warehouse.site import listing, night, panel, shards, wording
from warehouse.site.output import Output
from warehouse.site.release import SiteRelease
from warehouse.views import VIEWS

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'"
)
PAGES: Final = ("index", "indicators", "articles", "article", "dictionary")


def build(release: Path | Release, out_dir: Path, previous: Path | None = None) -> None:
    """Build the report of a release (its folder, or the release itself on an object store) into `out_dir`, which is
    empty, new or an earlier report.

    Files that an earlier report has already are taken over: from `previous`, else from the release's own `site/` or
    that of the release before it. Memory is bounded by one spool and some hundred bytes an article, never by the
    texts. The same release gives the same bytes. SiteError when `release` is none or `out_dir` holds something else.
    """
    told = SiteRelease(release)
    inside = told.folder is not None and out_dir.resolve().parent == told.folder.resolve()
    if previous is None:
        candidates = (site for site in told.earlier_sites() if site.is_dir() and site.resolve() != out_dir.resolve())
        previous = next(candidates, None)
    # Only releases share files; a folder elsewhere may be edited or served by anybody.
    with Output(out_dir, previous, link=inside) as out:
        _write(told, out)


def _write(release: SiteRelease, out: Output) -> None:
    code = _code()
    shards.write(release, out, code)
    shards.write_finder(release, out)
    last = night.read(release)
    listed = listing.write(release, out, last.started_at)
    indicators = panel.write(release, out)
    provinces = panel.provinces(release)
    names = {row["portal"]: row["name"] for row in release.tables.rows("portals", ["portal", "name"])}
    # The name of today's division stands for both where a slug is in both.
    province_names = {p["slug"]: p["name"] for p in sorted(provinces, key=lambda p: str(p["scheme"]))}
    told: dict[str, dict[str, Any]] = {
        "index": {"night": last, "listing": listed},
        "indicators": {"data": {"indicators": indicators, "provinces": provinces, "portals": names}},
        "articles": {
            "listing": listed,
            "data": {
                "total": listed.total, "blocks": listed.blocks, "portals": names, "provinces": province_names,
            },
        },
        "article": {
            "data": {
                "portals": names, "provinces": province_names,
                "indicators": {told["key"]: [told["vi"], told["en"]] for told in indicators},
            },
        },
        "dictionary": {
            "tables": TABLES, "views": VIEWS, "type_name": dictionary.type_name, "vietnamese": dictionary.vietnamese,
            "example": example,
        },
    }  # fmt: skip
    for page in PAGES:
        shared = {"page": page, "release": release.id, "portal_names": names, "province_names": province_names}
        html = _environment().get_template(f"{page}.html").render(**shared, **told[page])
        out.write(f"{page}.html", html.encode())
    _static(out)


def _static(out: Output) -> None:
    folder = resources.files("warehouse.site") / "static"
    for part in ("", "vendor"):
        for file in sorted((folder / part if part else folder).iterdir(), key=lambda file: file.name):
            if file.is_file():
                out.write("/".join(filter(None, ("static", part, file.name))), file.read_bytes())
    out.write("static/messages.js", wording.script())


@cache
def _code() -> str:
    """Digest of what decides how the data files look."""
    here = Path(__file__).parent
    return code_digest([here / "shards.py", here / "release.py", here / "output.py"], {})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("warehouse.site"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        t=wording.text, ta=wording.attribute, term=wording.term, amount=wording.amount, day=wording.day,
        moment=wording.moment, policy=POLICY,
    )  # fmt: skip
    environment.filters["island"] = wording.island
    return environment
