"""However many names clients make up, there are few labels."""

from hypothesis import given
from hypothesis import strategies as st

from server.telemetry.names import ANONYMOUS, OTHER, Names

TEXT = "query A { sources { name } }"


def test_the_first_names_are_kept() -> None:
    names = Names(most=2)
    labels = [names.label(each, TEXT, ran=True) for each in ("A", "B", "C", "A")]
    assert labels == ["A", "B", OTHER, "A"]


def test_no_name_is_a_label_of_its_own() -> None:
    assert Names(most=0).label(ANONYMOUS, TEXT, ran=False) == ANONYMOUS


def test_what_did_not_run_makes_no_name_known() -> None:
    names = Names()
    assert names.label("A", TEXT, ran=False) == OTHER
    assert names.label("A", TEXT, ran=True) == "A"
    assert names.label("A", TEXT, ran=False) == "A"


def test_trusted_documents_are_never_crowded_out() -> None:
    names = Names({TEXT}, most=1)
    names.label("Made", "query Made { __typename }", ran=True)
    assert names.label("Up", "query Up { __typename }", ran=True) == OTHER
    assert names.label("A", TEXT, ran=True) == "A"


@given(st.lists(st.tuples(st.text(), st.booleans())), st.integers(0, 5))
def test_there_are_no_more_labels_than_that(asked: list[tuple[str, bool]], most: int) -> None:
    names = Names(most=most)
    labels = {names.label(name, None, ran=ran) for name, ran in asked}
    assert len(labels - {ANONYMOUS, OTHER}) <= most
