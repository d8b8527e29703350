"""Bundled sample portals: their texts, their markup and the loopback server that `tinhuy demo` crawls.

Every text and every figure in `articles/` was made up for this purpose; only place names, titles of documents and the
manner of writing are those of the real portals. Hosts end in `.invalid`, so no request can ever reach anybody.
"""
