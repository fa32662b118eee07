"""Global ids: there and back, and nothing else is one."""

from base64 import urlsafe_b64encode
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resolvers.errors import UserInputError
from resolvers.identifiers import GlobalId, global_id, parse

sources = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
hints = texts.filter(lambda text: ":" not in text)
known = st.builds(
    GlobalId,
    st.sampled_from(["Invoice", "Payment", "ExportTask"]),
    sources,
    hints,
    texts.filter(bool),
)


@given(known)
@example(GlobalId("Invoice", "sber-main", "2026-01-01", "a:b:c"))
@example(GlobalId("Invoice", "a", "", "0"))
@example(GlobalId("Invoice", "a", "", " 7\n"))
def test_what_is_written_is_read_again(parts: GlobalId) -> None:
    assert parse(str(parts), "id") == parts


@given(known, known)
def test_different_things_have_different_ids(one: GlobalId, other: GlobalId) -> None:
    assert (str(one) == str(other)) == (one == other)


@given(sources)
def test_the_id_of_a_source_has_its_name_alone(name: str) -> None:
    text = global_id(SimpleNamespace(typename="Source", name=name))
    assert parse(text, "id") == GlobalId("Source", name)


@pytest.mark.parametrize("hint", [None, "2026-01-01"])
def test_the_id_of_a_record(hint: str | None) -> None:
    record = SimpleNamespace(
        typename="Invoice", source=SimpleNamespace(name="yume"), hint=hint, key_id="7"
    )
    assert parse(global_id(record), "id") == GlobalId("Invoice", "yume", hint or "", "7")


def test_an_id_is_one_word_of_an_address() -> None:
    text = str(GlobalId("Invoice", "sber-main", "", "??>>~~"))
    assert text.replace("-", "").replace("_", "").isalnum()


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


FOREIGN = {
    "nothing": "",
    "no base64": "!!!!",
    "a number": "42",
    "words": "Invoice:yume::7",
    "not ASCII": "é",
    "half a character": "\ud800",
    "not UTF-8": urlsafe_b64encode(b"\xff\xfe").decode(),
    "one part": encoded("Invoice").rstrip("="),
    "two parts": encoded("Invoice:7").rstrip("="),
    "three parts": encoded("Invoice:yume:7").rstrip("="),
    "another server's": encoded("InvoiceType:7").rstrip("="),
    "no provider's id": encoded("Invoice:yume::").rstrip("="),
    "no source": encoded("Invoice:::7").rstrip("="),
    "a source that no configuration can have": encoded("Invoice:a/b::7").rstrip("="),
    "a source too long": encoded(f"Invoice:{'a' * 65}::7").rstrip("="),
    "a source that ends its line": encoded("Invoice:yume\n::7").rstrip("="),
    "padding": encoded("Invoice:yume::77"),
    "the other alphabet": encoded("Invoice:yume::??>>~~").rstrip("=").replace("_", "/"),
    "a space before": " " + str(GlobalId("Invoice", "yume", "", "7")),
    "a line end after": str(GlobalId("Invoice", "yume", "", "7")) + "\n",
    "a space within": "SW52b2lj ZTp5dW1lOjo3",
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN.keys())
def test_anything_else_is_refused_and_names_the_argument(text: str) -> None:
    with pytest.raises(UserInputError, match=r"^ids\[3\]: this is not an id of this graph$"):
        parse(text, "ids[3]")


def test_the_foreign_ones_are_refused_for_what_they_say() -> None:
    """Their kin, one step away, are accepted: padded, in this alphabet, without the space."""
    for text in (FOREIGN["padding"].rstrip("="), "SW52b2ljZTp5dW1lOjo3"):
        assert parse(text, "id").source == "yume"
    assert FOREIGN["padding"].endswith("=")
    assert "/" in FOREIGN["the other alphabet"]


@given(st.one_of(st.text(), st.binary().map(lambda raw: urlsafe_b64encode(raw).decode())))
def test_no_text_is_read_as_what_would_be_written_otherwise(text: str) -> None:
    try:
        parts = parse(text, "id")
    except UserInputError:
        return
    assert str(parts) == text
