"""Serve generated portals, for benchmarks and trials by hand; see `standin.__doc__`.

python -m standin --portal mau1:file-uuid:20000 --portal mau2:nukeviet:500 --records /tmp/records
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from flows.demo.markup import FAMILIES
from flows.demo.site import Log, serve
from spiders.registry import load

from .faults import FAULTS, apply
from .generated import generate, record
from .nation import nation


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; print the addresses as one JSON line when all listen."""
    parser = argparse.ArgumentParser(
        prog="standin", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--portal", action="append", default=[], metavar="SLUG:FAMILY:COUNT", help=f"families: {', '.join(FAMILIES)}"
    )
    parser.add_argument("--nation", type=int, metavar="COUNT", help="every portal of the registry, COUNT articles each")
    parser.add_argument("--port", type=int, default=0, help="portal i listens on PORT + i; 0: any free ports")
    parser.add_argument(
        "--light", action="store_true", help="pages without the furniture of real ones (about 8 KB, not 50 KB)"
    )
    parser.add_argument("--page-size", type=int, default=20, help="articles on a page of a listing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=Path, metavar="DIR", help="write the portals' records there")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="SLUG:NAME[=VALUE]", help=f"faults: {', '.join(sorted(FAULTS))}"
    )
    parser.add_argument("--log", type=Path, metavar="FILE", help="append one JSON line for each request")
    chosen = parser.parse_args(arguments)
    sites = {}
    for number, text in enumerate(chosen.portal):
        slug, family, count = (*text.split(":"), "", "")[:3]
        if family not in FAMILIES or not count.isdigit():
            parser.error(f"want SLUG:FAMILY:COUNT, got {text}")
        sites[slug] = generate(
            family, int(count), slug=slug, seed=chosen.seed + number, page_size=chosen.page_size, heavy=not chosen.light
        )
    if chosen.nation:
        for site in nation(
            load(), count=chosen.nation, seed=chosen.seed, heavy=not chosen.light, page_size=chosen.page_size
        ):
            sites[site.slug] = site
    if not sites:
        parser.error("nothing to serve: give --portal or --nation")
    for text in chosen.fault:
        slug, _, fault = text.partition(":")
        if slug not in sites:
            parser.error(f"no portal {slug}")
        try:
            apply(sites[slug], fault)
        except ValueError as error:
            parser.error(str(error))
    if chosen.records:
        chosen.records.mkdir(parents=True, exist_ok=True)
        for slug, site in list(sites.items())[: len(chosen.portal)]:
            (chosen.records / f"{slug}.toml").write_text(record(site), encoding="utf-8")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with serve(list(sites.values()), chosen.port, Log(chosen.log) if chosen.log else None) as urls:
        print(json.dumps(dict(urls)), flush=True)
        while not stop.wait(1):
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
