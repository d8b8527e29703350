"""Fetching: portals as records, families of CMS, and the crawl that lands pages in raw packages."""
