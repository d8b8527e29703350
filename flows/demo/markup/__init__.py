"""How the pages of each family of CMS look; class names and addresses as public material shows them.

`FAMILIES` gives the renderer of a family. A renderer turns facts and articles into answers; it knows nothing of
sockets.
"""

from __future__ import annotations

from typing import Final

from flows.demo.markup.base import Markup
from flows.demo.markup.danvan import DanVan
from flows.demo.markup.file_uuid import FileUuid
from flows.demo.markup.nukeviet import NukeViet
from flows.demo.markup.sharepoint import SharePoint

FAMILIES: Final[dict[str, type[Markup]]] = {
    "file-uuid": FileUuid,
    "nukeviet": NukeViet,
    "sharepoint": SharePoint,
    "danvan": DanVan,
}

__all__ = ["FAMILIES", "DanVan", "FileUuid", "Markup", "NukeViet", "SharePoint"]
