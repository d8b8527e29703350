"""Mentions of numbered Party and State documents, each resolved to its document as far as the text allows.

`find` gives one `Citation` per mention, by the annotation guide: the number with its symbol (`25-NQ/TW`), or the bare
number after one of seven type words (`Nghị quyết 33`). `document_masks` gives every span whose digits name a document,
an article of law, an annex or a form, for the passes that look for quantities.

`document_id` is `vn.{party|state|org}:issuer:TYPE:number:year`; what the text, the registry of well-known documents and
the article's province do not tell stays `?`. Numbers restart every term or year, so a key without its year names no
single document; the flags say how each part was found.

Flags: `bare` (no symbol printed), `antecedent` (type and issuer taken from another mention in the article),
`shared_symbol` (`217` in `217, 218-QĐ/TW`), `missing_hyphen`, `swapped_separators`, `odd_separators`,
`lookalike_fixed`, `year_from_mention`, `year_from_term` (then the year is `kXII`), `year_from_registry`,
`issuer_from_text`, `issuer_from_registry`, `issuer_conflict`, `province_from_text`, `level_assumed` (UBND or HĐND
without its level), `impossible_date`, `date_conflict`.
"""

from __future__ import annotations

from transforms.citations.grammar import masks as document_masks
from transforms.citations.resolve import Citation, find

__all__ = ["Citation", "document_masks", "find"]
