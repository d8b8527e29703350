"""What one crawl is asked to do; travels to the crawl's process as a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

from warehouse import ids


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """One crawl of one portal."""

    root: str
    """Address of the data root: a folder or `s3://…`."""
    portal: str
    crawl: str
    command: str = "nightly"
    since: date | None = None
    """First day of publication that is wanted; None is everything that is new."""
    until: date | None = None
    base_url: str | None = None
    """Where the portal's pages are fetched from instead of its host."""
    registry_dir: Path | None = None
    caps: Mapping[str, Any] = field(default_factory=dict)
    """Caps (`registry.Caps`) that are other than the record's."""

    def __post_init__(self) -> None:
        ids.check_slug(self.portal)
        ids.check_crawl(self.crawl)
        for name in ("since", "until"):
            value: Any = getattr(self, name)
            if isinstance(value, str):
                object.__setattr__(self, name, date.fromisoformat(value))
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError(f"since {self.since} is after until {self.until}")

    def as_json(self) -> str:
        """The job as JSON."""
        return json.dumps(
            {
                "root": self.root,
                "portal": self.portal,
                "crawl": self.crawl,
                "command": self.command,
                "since": self.since.isoformat() if self.since else None,
                "until": self.until.isoformat() if self.until else None,
                "base_url": self.base_url,
                "registry_dir": str(self.registry_dir) if self.registry_dir else None,
                "caps": dict(self.caps),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a job; ValueError or KeyError when it is none."""
        value = json.loads(text)
        return cls(
            root=value["root"],
            portal=value["portal"],
            crawl=value["crawl"],
            command=value["command"],
            since=date.fromisoformat(value["since"]) if value.get("since") else None,
            until=date.fromisoformat(value["until"]) if value.get("until") else None,
            base_url=value.get("base_url"),
            registry_dir=Path(value["registry_dir"]) if value.get("registry_dir") else None,
            caps=value.get("caps") or {},
        )
