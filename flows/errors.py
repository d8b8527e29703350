"""What a person sees when a command cannot do what was asked.

Owns the one shape of such a message: what happened, where, and the command or change that mends it. Rooms below
raise errors of their own; those listed here are ones that a person can act on. Anything else is a fault of ours and
keeps its traceback.
"""

from __future__ import annotations

import sys
from typing import Final


class TinhuyError(Exception):
    """Wrong use or a state of the disk that a person has to mend; `hint` says how."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


_KNOWN: Final[dict[tuple[str, str], str | None]] = {
    ("warehouse.store", "DataRootError"): None,  # says itself what mends it
    ("warehouse.ids", "BadName"): None,
    ("warehouse.locks", "LockHeld"): None,
    ("warehouse.raw", "RawError"): None,
    ("warehouse.parts", "PartError"): "`tinhuy rebuild` makes parts and tables again from the raw packages.",
    ("warehouse.release", "ReleaseError"): None,
    ("warehouse.conformance", "CheckFailed"): "Nothing was published; readers still see the release before.",
    ("warehouse.query", "NoRelease"): None,
    ("warehouse.export", "ExportError"): None,
    ("warehouse.site.output", "SiteError"): None,
    ("spiders.archives", "ArchiveError"): None,
    ("spiders.registry", "RegistryError"): "Mend that portal file, then run `tinhuy portals` to check all of them.",
}
"""(module, class) to what mends it, where the message itself does not say so."""


def known() -> tuple[type[BaseException], ...]:
    """The classes of errors that a person can act on, of the modules that this process has loaded."""
    found: list[type[BaseException]] = [TinhuyError]
    for module, name in _KNOWN:
        kind = getattr(sys.modules.get(module), name, None)
        if isinstance(kind, type) and issubclass(kind, BaseException):
            found.append(kind)
    return tuple(found)


def explain(error: BaseException) -> str:
    """Return the message of a known error, with what mends it on a second line."""
    hints = [hint for (_, name), hint in _KNOWN.items() if any(kind.__name__ == name for kind in type(error).__mro__)]
    hint = getattr(error, "hint", None) or next(iter(hints), None)
    return f"{error}\n  {hint}" if hint else str(error)
