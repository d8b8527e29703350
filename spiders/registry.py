"""The registry: every portal as a record of facts and expectations.

One file `portals/<slug>.toml` is one portal. A record states what is particular to it; its family supplies the rest.
Loading refuses, with file, key and reason, whatever could make a crawl do something else than the record's author
meant: unknown or missing keys, patterns that do not compile or may run for ever, two records with one slug or host.
Each fact carries how it is known (`seen` in public material, `inferred`, `unknown`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from spiders.families import FAMILIES, Family
from spiders.families.patterns import UnsafePattern, compiled
from warehouse.addresses import AddressRules, canonical, is_article, is_private_host

SLUG: Final = re.compile(r"[a-z][a-z0-9]{0,39}(?:-[a-z0-9]{1,20}){0,3}")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?){1,6}")
_PROVINCE: Final = r"[a-z]+(?:-[a-z]+){0,5}"
Grade = Literal["seen", "inferred", "unknown"]
FIELDS: Final = (
    "title", "lead", "text", "section", "tags", "author", "author_roles", "credited_source", "published_at",
    "published_on", "province", "images",
)  # fmt: skip
"""Fields of an article that a record may expect a fill rate of."""


class RegistryError(Exception):
    """A portal's file cannot be used: `file`, `key` (empty for the whole file) and `reason`."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file, self.key, self.reason = file, key, reason
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Evidence(_Part):
    """How each group of facts is known."""

    host: Grade = "seen"
    family: Grade
    article: Grade
    lists: Grade = "unknown"
    """Where listings stand and how they page."""


class Expectations(_Part):
    """What a good night looks like; less is a failure or a degradation, never silence."""

    floor: Annotated[int, Field(ge=1)] = 1
    """Articles that listings must show, known ones included; fewer is a failed night."""
    silence_days: Annotated[int, Field(ge=1, le=3650)] = 7
    """Days without a new article after which the portal is degraded."""
    fill: Mapping[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        default_factory=lambda: {"title": 1.0, "text": 0.95}
    )
    """Field of an article to the lowest share of articles that must have it."""

    @field_validator("fill")
    @classmethod
    def _fields_exist(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        unknown = sorted(set(value) - set(FIELDS))
        if unknown:
            raise ValueError(f"no such field: {', '.join(unknown)}; one of {', '.join(FIELDS)}")
        return value


class Politeness(_Part):
    """How hard the portal may be asked, besides what its robots.txt says."""

    delay: Annotated[float, Field(ge=0.2, le=120)] = 1.5
    """Seconds between two requests, the least; AutoThrottle raises it."""
    concurrency: Annotated[int, Field(ge=1, le=8)] = 2
    timeout: Annotated[float, Field(ge=5, le=300)] = 60
    """Seconds that one answer may take."""


class Caps(_Part):
    """Where a night's crawl ends, whatever the portal still offers."""

    pages: Annotated[int, Field(ge=1, le=1_000_000)] = 6000
    minutes: Annotated[float, Field(gt=0, le=1440)] = 120
    listing_pages: Annotated[int, Field(ge=1, le=100_000)] = 300
    """Pages of one listing."""
    page_bytes: Annotated[int, Field(ge=10_000, le=64 << 20)] = 8 << 20
    refresh_days: Annotated[int, Field(ge=0, le=365)] = 3
    """Days after the first fetch during which an article is asked again."""
    refresh_pages: Annotated[int, Field(ge=0)] = 300
    """Known articles asked again in one night, at most."""


class Layout(_Part):
    """A layout and the days of fetching it is valid for."""

    layout: str
    valid_from: date | None = Field(default=None, alias="from")
    valid_to: date | None = Field(default=None, alias="to")


class Api(_Part):
    """A JSON API that lists articles (SharePoint `QUERYDATA`)."""

    path: Annotated[str, Field(pattern=r"^/")]
    lists: Annotated[Mapping[str, str], Field(min_length=1)]
    """Path of the list to the section's name."""
    item: str = "{list}/View_Detail.aspx?ItemID={id}"
    """Address of a row's article."""
    page_size: Annotated[int, Field(ge=1, le=500)] = 50


class Portal(_Part):
    """One portal's record with its family's defaults filled in."""

    slug: str
    name: Annotated[str, Field(min_length=2, max_length=200)]
    host: str
    scheme: Literal["http", "https"] = "https"
    aliases: tuple[str, ...] = ()
    province: Annotated[str, Field(pattern=f"^{_PROVINCE}$")] | None = None
    """Slug in the division of 2008 that the portal speaks for when its record begins; null for central portals."""
    province_now: Annotated[str, Field(pattern=f"^{_PROVINCE}$")] | None = None
    """The same in the division of 2025."""
    central: bool = False
    family: str
    article: str = ""
    """Address pattern of articles, when the family's does not fit."""
    keep_query: tuple[str, ...] | None = None
    """Parameters that carry identity, when they are not the family's."""
    case_insensitive: bool | None = None
    sections: Mapping[Annotated[str, Field(pattern=r"^/")], str] = Field(default_factory=dict)
    """Path of a listing to its printed name."""
    discover: bool = True
    """Whether sections are also looked for on the home page."""
    feeds: tuple[Annotated[str, Field(pattern=r"^/")], ...] | None = None
    sitemaps: tuple[Annotated[str, Field(pattern=r"^/")], ...] | None = None
    api: Api | None = None
    tls: Literal["strict", "legacy"] = "strict"
    """`legacy` accepts old protocols and certificates that do not verify; recorded in every package."""
    layouts: tuple[Layout, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day the portal was its own; afterwards nothing is expected of it."""
    successor: str | None = None
    """Slug of the portal that carries on."""
    evidence: Evidence
    expect: Expectations = Field(default_factory=Expectations)
    politeness: Politeness = Field(default_factory=Politeness)
    caps: Caps = Field(default_factory=Caps)
    note: str = ""

    @field_validator("host")
    @classmethod
    def _host_is_one(cls, value: str) -> str:
        if not _HOST.fullmatch(value) or (is_private_host(value) and not value.endswith(".invalid")):
            raise ValueError("want a public host name in lower case, without port or path")
        return value

    @field_validator("aliases")
    @classmethod
    def _aliases_are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for alias in value:
            cls._host_is_one(alias)
        return value

    @field_validator("family")
    @classmethod
    def _family_exists(cls, value: str) -> str:
        if value not in FAMILIES:
            raise ValueError(f"no such family: {value}; one of {', '.join(sorted(FAMILIES))}")
        return value

    @field_validator("article")
    @classmethod
    def _article_is_safe(cls, value: str) -> str:
        if not value:
            return value
        try:
            compiled(value)
        except UnsafePattern as error:
            raise ValueError(str(error)) from None
        if value.endswith("/?"):
            raise ValueError("ends in an optional slash: one article would have two addresses; choose one form")
        if not value.startswith(("/", "(")):
            raise ValueError("matches the path, so it begins with a slash")
        if re.compile(value).fullmatch("/"):
            raise ValueError("matches the home page")
        return value

    @model_validator(mode="after")
    def _facts_agree(self) -> Self:
        if self.central == (self.province is not None):
            raise ValueError("want either a province or central = true")
        if (self.province is None) != (self.province_now is None):
            raise ValueError("province and province_now stand together")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_from is after valid_to")
        for path in self.sections:
            if is_article(self.scheme + "://" + self.host + path, self.address_rules()):
                raise ValueError(f"section {path} matches the article pattern")
        return self

    @property
    def cms(self) -> Family:
        """The family's defaults and behaviour."""
        return FAMILIES[self.family]

    @property
    def article_pattern(self) -> str:
        """Address pattern of articles: the record's, else the family's."""
        return self.article or self.cms.article

    @property
    def grade(self) -> Grade:
        """How the record as a whole is known: no better than its family and article addresses."""
        grades = (self.evidence.family, self.evidence.article)
        for grade in ("unknown", "inferred"):
            if grade in grades:
                return grade
        return "seen"

    def address_rules(self) -> AddressRules:
        """What `warehouse.addresses` needs to tell this portal's pages."""
        fold = self.cms.case_insensitive if self.case_insensitive is None else self.case_insensitive
        return AddressRules(
            scheme=self.scheme,
            host=self.host,
            aliases=self.aliases,
            article_pattern=self.article_pattern,
            case_insensitive=fold,
            keep_query=self.cms.keep_query if self.keep_query is None else self.keep_query,
        )

    def facts(self) -> dict[str, Any]:
        """Facts that the transforms read, as JSON: the fields of `transforms.page.PageContext`."""
        sections = dict(self.sections)
        if self.api is not None:
            sections |= dict(self.api.lists)
        return {
            "portal": self.slug,
            "scheme": self.scheme,
            "host": self.host,
            "family": self.family,
            "province": self.province,
            "article_pattern": self.article_pattern,
            "sections": dict(sorted(sections.items())),
            "layouts": [
                [
                    entry.layout,
                    entry.valid_from.isoformat() if entry.valid_from else None,
                    entry.valid_to.isoformat() if entry.valid_to else None,
                ]
                for entry in self.layouts
            ],
        }

    def closed_on(self, day: date, base_url: str | None = None) -> bool:
        """Whether the portal had ended before `day`; one that is served from elsewhere (`base_url`) is open."""
        return base_url is None and self.valid_to is not None and self.valid_to < day

    def article_url(self, url: str, base: str | None = None) -> str | None:
        """Canonical address of an article, or None when `url` is none of this portal's articles."""
        rules = self.address_rules()
        found = canonical(url, rules, base)
        return found if found is not None and is_article(found, rules) else None


def default_directory() -> Path:
    """Folder of the bundled records."""
    return Path(str(resources.files("spiders") / "portals"))


def load(directory: Path | str | None = None) -> dict[str, Portal]:
    """Read every record of a folder, by slug; RegistryError for the first that cannot be used."""
    folder = Path(directory) if directory is not None else default_directory()
    if not folder.is_dir():
        raise RegistryError(str(folder), "", "no such folder of portal files")
    found: dict[str, Portal] = {}
    hosts: dict[str, str] = {}
    slugs: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        portal = read(path)
        twin = slugs.setdefault(portal.slug.casefold(), path.name)
        if twin != path.name:
            raise RegistryError(path.name, "slug", f"{portal.slug} is already the slug of {twin}")
        for host in (portal.host, *portal.aliases):
            plain = host.removeprefix("www.")
            other = hosts.setdefault(plain, path.name)
            if other != path.name:
                raise RegistryError(path.name, "host", f"{host} is already a host of {other}")
        found[portal.slug] = portal
    if not found:
        raise RegistryError(str(folder), "", "holds no portal files (*.toml)")
    for slug, portal in found.items():
        if portal.successor == slug:
            raise RegistryError(f"{slug}.toml", "successor", "is the portal itself")
    return found


def read(path: Path | str) -> Portal:
    """Read one record; its slug is the file's name. RegistryError names file, key and reason."""
    file = Path(path)
    if not SLUG.fullmatch(file.stem):
        raise RegistryError(
            file.name, "slug", "the file's name wants lower-case letters and digits, beginning with a letter"
        )
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegistryError(file.name, "", f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RegistryError(file.name, "", "is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RegistryError(file.name, "", f"is not TOML: {error}") from None
    if "slug" in data:
        raise RegistryError(file.name, "slug", "is the file's name and does not stand in it")
    try:
        return Portal.model_validate({"slug": file.stem, **data})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RegistryError(file.name, key, _reason(first)) from None


def _reason(error: Any) -> str:
    kind = error["type"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not a key that a record has"
    message = str(error["msg"])
    return message.removeprefix("Value error, ")
