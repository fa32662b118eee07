"""Names of operations as labels: they are the clients', and each label is kept for ever."""

from collections.abc import Container

MOST = 100
ANONYMOUS = ""
OTHER = "other"


class Names:
    """The names that came first, and those of trusted documents; all others are one."""

    def __init__(self, trusted: Container[str] = (), most: int = MOST) -> None:
        self._trusted, self._most = trusted, most
        self._seen = {ANONYMOUS}

    def label(self, name: str, text: str | None, *, ran: bool) -> str:
        """The label of an operation, by its name and its document.

        Only one that `ran` makes a name known: what else comes may be made up.
        """
        if name in self._seen:
            return name
        if ran and (len(self._seen) <= self._most or text in self._trusted):
            self._seen.add(name)
            return name
        return OTHER
