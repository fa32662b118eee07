"""The business group adds up to a whole."""

from sandbox.merchants import BRANCHES, SHARES


def test_shares_are_percent() -> None:
    assert sum(SHARES) == 100


def test_branches_are_told_apart_by_number_and_name() -> None:
    assert len({branch.number for branch in BRANCHES}) == len(BRANCHES)
    assert len({branch.name for branch in BRANCHES}) == len(BRANCHES)


def test_group_is_in_its_three_countries() -> None:
    assert {"KZ", "RU", "NL"} <= {branch.country for branch in BRANCHES}
