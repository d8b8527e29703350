"""The report: static pages of one release, for any web server and for `tinhuy site --open`.

    index.html          the night: portals, freshness, failures, volumes; also opens straight from disk
    indicators.html     an indicator over provinces and periods: chart, table, the sentence behind each value
    articles.html       search that ignores accents, with filters
    article.html?id=…   one article, its figures and citations marked in the text and listed beside it
    dictionary.html     every table and column
    data/, static/      what these load; pages read `*.json.gz` whether or not the server unpacks it

No page reaches beyond its own server: texts, styles, scripts and data are files of the site, the content policy
of every page allows nothing else, and whatever came from a portal is shown as text.
"""

from warehouse.site.build import build
from warehouse.site.output import SiteError
from warehouse.site.serve import serve, serving

__all__ = ["SiteError", "build", "serve", "serving"]
