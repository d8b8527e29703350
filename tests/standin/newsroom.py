"""A catalogue of a few written articles that change from night to night."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flows.demo.content import Article, ListCatalogue, load
from flows.demo.markup import FAMILIES
from flows.demo.site import Site


class Newsroom(ListCatalogue):
    """A list of articles with the changes of the next nights as methods."""

    def publish(self, *articles: Article) -> None:
        """Publish articles."""
        self._reset([*self.articles, *articles])

    def edit(self, number: int, **changes: Any) -> Article:
        """Change fields of the article with this id (by default its last paragraph) and return it."""
        old = self.get(number)
        if old is None:
            raise KeyError(number)
        if not changes:
            changes = {"paragraphs": (*old.paragraphs, "Đến nay đã có thêm 21 hộ đăng ký tham gia.")}
        if old.created_at:
            changes.setdefault("edited_at", (old.edited_at or old.created_at) + timedelta(hours=9))
        new = replace(old, **changes)
        self._reset([new if a is old else a for a in self.articles])
        return new

    def vanish(self, number: int) -> None:
        """Take the article with this id away."""
        self._reset([a for a in self.articles if a.id != number])

    def _reset(self, articles: list[Article]) -> None:
        self.articles = articles
        self.__dict__.pop("_newest_first", None)
        self.__post_init__()


def newsroom_site(slug: str, articles: list[Article] | None = None) -> Site:
    """Return a bundled sample portal (or its facts with other articles) that can change from night to night."""
    facts, bundled = load()[slug]
    return Site(FAMILIES[facts.family](facts, Newsroom(articles if articles is not None else bundled)))
