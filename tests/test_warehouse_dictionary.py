"""The dictionary follows the contract, and a changed column is told in the changelog."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest

from warehouse import contracts, dictionary
from warehouse.views import VIEWS

ROOT = Path(__file__).resolve().parents[1]


def test_the_dictionary_is_up_to_date() -> None:
    written = (ROOT / "DICTIONARY.md").read_text(encoding="utf-8")
    assert written == dictionary.markdown(), "run `tinhuy dictionary > DICTIONARY.md`"


def test_a_changed_column_is_told_in_the_changelog() -> None:
    newest = re.search(
        r"^## .*columns `([0-9a-f]{12})`", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert newest is not None
    assert newest[1] == dictionary.columns_digest(), "tell readers of the change in CHANGELOG.md, with the new digest"


def test_every_column_stands_in_the_dictionary() -> None:
    text = dictionary.markdown()
    for table in contracts.TABLES.values():
        section = text.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` |" in section


def test_every_view_stands_in_the_dictionary() -> None:
    section = dictionary.markdown().split("\n## Views\n")[1]
    assert re.findall(r"^- `(\w+)`: ", section, re.MULTILINE) == list(VIEWS)


@pytest.mark.parametrize("name", list(contracts.TABLES))
def test_files_carry_meanings_and_caveats(name: str) -> None:
    schema = contracts.schema(name)
    for column in contracts.TABLES[name].columns:
        metadata = schema.field(column.name).metadata
        assert metadata[b"meaning"].decode() == column.meaning
        assert metadata.get(b"caveat", b"").decode() == (column.caveat or "")


@pytest.mark.parametrize("name", list(contracts.TABLES))
def test_the_contract_is_sound(name: str) -> None:
    table = contracts.TABLES[name]
    names = [column.name for column in table.columns]
    assert len(names) == len(set(names))
    assert set(table.key) <= set(names)
    for column in table.columns:
        assert column.meaning.endswith((".", "`", "?")) or column.name == "arithmetic", column
        assert column.nullable == (column.null is not None), (
            f"{name}.{column.name}: say what a null means, or forbid it"
        )
        if column.references:
            other, _, key = column.references.partition(".")
            assert contracts.TABLES[other].column(key).type == column.type


def test_type_names_are_for_readers() -> None:
    assert dictionary.type_name(pa.list_(pa.string())) == "list of text"
    assert dictionary.type_name(contracts.LOCAL_TIME) == "timestamp (Asia/Ho_Chi_Minh)"
    assert dictionary.type_name(pa.int32()) == "integer 32"


def test_every_text_has_its_vietnamese_and_no_line_is_left_over() -> None:
    assert set(dictionary.texts()) == set(dictionary._translations())


@pytest.mark.parametrize("text", sorted(set(dictionary.texts())))
def test_the_vietnamese_is_whole(text: str) -> None:
    told = dictionary.vietnamese(text)
    assert told.strip() == told != ""
    assert unicodedata.is_normalized("NFC", told)
    assert set(re.findall(r"`[^`]+`", text)) <= set(re.findall(r"`[^`]+`", told)), "names in the data stay as they are"
    assert told.endswith(".") == text.endswith(".")
