"""The layouts of all families, newest first, and which of them may read a page of a given day."""

from __future__ import annotations

from datetime import date
from typing import Final

from transforms.layouts import (
    aid,
    bgrid,
    content_detail,
    danvan,
    easydnn,
    file_uuid,
    hoabinh,
    joomla_k2,
    liferay,
    mcms,
    nextjs,
    nukeviet,
    sharepoint,
    vccorp,
    wordpress,
)
from transforms.layouts.base import Layout

_MODULES: Final = (
    file_uuid, nukeviet, sharepoint, hoabinh, liferay, danvan, mcms, aid, content_detail, bgrid, easydnn, joomla_k2,
    wordpress, nextjs, vccorp,
)  # fmt: skip

LAYOUTS: Final[dict[str, Layout]] = {layout.name: layout for module in _MODULES for layout in module.LAYOUTS}
"""Every layout by name."""


def choose(family: str, dated: tuple[tuple[str, str | None, str | None], ...], day: date) -> list[Layout]:
    """Return the layouts that may read a page of `family` fetched on `day`, in the order to try them.

    `dated` is the portal's own history, (layout, valid from, valid to) in ISO days; where it is empty the family's
    layouts are tried, newest first.
    """
    own = [
        LAYOUTS[name]
        for name, first, last in dated
        if name in LAYOUTS
        and (first is None or date.fromisoformat(first) <= day)
        and (last is None or day <= date.fromisoformat(last))
    ]
    if own:
        return own
    return [layout for layout in LAYOUTS.values() if layout.family == family and layout.valid(day)]
