"""The families of CMS that portals run on, by name."""

from __future__ import annotations

from typing import Final

from spiders.families import (
    aid,
    bgrid,
    content_detail,
    danvan,
    easydnn,
    file_uuid,
    generic,
    joomla_k2,
    liferay,
    mcms,
    nextjs,
    nukeviet,
    sharepoint,
    vccorp,
    wordpress,
)
from spiders.families.base import Family, Pager

FAMILIES: Final[dict[str, Family]] = {
    module.FAMILY.name: module.FAMILY
    for module in (
        file_uuid, nukeviet, sharepoint, liferay, mcms, aid, content_detail, bgrid, easydnn, joomla_k2, wordpress,
        nextjs, vccorp, danvan, generic,
    )
}  # fmt: skip

__all__ = ["FAMILIES", "Family", "Pager"]
