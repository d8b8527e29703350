"""Stand-in portals for tests and benchmarks: any number of articles, any family, every fault.

Built on the renderers and the server of `flows.demo`, so that what tests crawl is what `tinhuy demo` crawls. Nothing
here ever listens or connects beyond 127.0.0.x, and every host name ends in `.invalid`.

In tests (`tests/` is on the path, see `tests/conftest.py`):

    from standin import generate, serve, apply, Log
    site = generate("file-uuid", 200, slug="mau1")        # a Site with 200 generated articles
    apply(site, "503-every=5")                            # a fault, by name
    log = Log()
    with serve([site], log=log) as urls:
        urls["mau1"]                                      # for --base-url mau1=…
    site.markup.catalogue.publish(5)                      # the next night: new, edited, vanished articles
    site.markup.catalogue.edit(100_007)
    site.markup.catalogue.vanish(100_003)
    record(site)                                          # the portal's record as TOML, to write into a registry folder

From a shell, for benchmarks (prints one JSON line of addresses when it listens, stops on SIGINT or SIGTERM):

    PYTHONPATH=tests python -m standin --portal mau1:file-uuid:20000 --records DIR --fault mau1:slow=0.1

The country's portals: `nation(spiders.registry.load(), count=200)` gives one site for every record, in its
family's markup, at addresses the record accepts; `python -m standin --nation 200` serves them.

`write_warc(path, site, captured)` keeps a site's articles as a web archive. `OldAddresses(site, shape)` is a hook that
redirects the addresses of a portal's earlier system.

Articles are composed when asked for (about 0.1 ms each) and never kept: 20,000 of them need no memory.
The truth of an article is the `flows.demo.content.Article` that the catalogue gives; `truth(site)` streams them, and
`score(site, tables)` compares published rows with it, field by field.
"""

from flows.demo.content import Article, ListCatalogue, SiteFacts, load
from flows.demo.site import Hook, Log, Served, Site, load_sites, serve

from .archive import write_warc
from .faults import FAULTS, apply, forbidden_site
from .generated import GeneratedCatalogue, generate, record, truth
from .nation import OldAddresses, nation, portal_site
from .newsroom import Newsroom, newsroom_site
from .scoring import Score, expected_row, score
from .tls import certificate, server_context

__all__ = [
    "FAULTS",
    "Article",
    "GeneratedCatalogue",
    "Hook",
    "ListCatalogue",
    "Log",
    "Newsroom",
    "OldAddresses",
    "Score",
    "Served",
    "Site",
    "SiteFacts",
    "apply",
    "certificate",
    "expected_row",
    "forbidden_site",
    "generate",
    "load",
    "load_sites",
    "nation",
    "newsroom_site",
    "portal_site",
    "record",
    "score",
    "serve",
    "server_context",
    "truth",
    "write_warc",
]
