"""The only door to disk: contracts, raw packages, parts, releases, checks, ledger and the report site."""
