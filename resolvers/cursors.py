"""Cursors: where a walk over several sources stands, signed, compact and opaque.

A cursor belongs to one edge. It says how far each source's list had been consumed there: the
source's mark, which is the position of a row in the upstream's own list together with the row's
sort key and id, so that the row is known again if it has moved. No row's content is in it.
"""

import hmac
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import IntFlag
from functools import lru_cache
from hashlib import blake2s, sha256
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from resolvers.errors import UserInputError
from resolvers.ranks import Rank, identity

_VERSION = 1
_MAC_BYTES = 16
_NAME_BYTES = 4


class Stand(IntFlag):
    """What a mark says beside its row."""

    NONE = 0
    BEHIND = 1  # the row itself comes after the cursor's place
    EARLY_FORWARDS = 2  # on the way forwards a row of this sort key was let go early; see `Mark`
    EARLY_BACKWARDS = 128  # the same on the way backwards
    SORTED = 4  # the list is read whole and sorted here: the position means nothing
    START = 8  # no row: the whole list comes after the place
    END = 16  # no row: the whole list comes before it
    LOST_FORWARDS = 32  # the source had failed on the way forwards, and goes on from its own mark
    LOST_BACKWARDS = 64  # the same on the way backwards


class Mark(NamedTuple):
    """Where one source stands.

    `before` and `behind` count the neighbours of equal sort key in the upstream's list; `length`
    is how long that list was, 0 if unknown. `early` is the id of a row that was shown before it
    was known that more rows of its sort key follow, out of the order of their ids.
    """

    stand: Stand
    position: int = 0
    key: Any = 0
    provider_id: str = ""
    before: int = 0
    behind: int = 0
    length: int = 0
    early: str = ""

    @property
    def has_row(self) -> bool:
        return not self.stand & (Stand.START | Stand.END)

    def rank(self, source: str) -> Rank:
        return Rank(self.key, source, identity(self.provider_id))


class Cursor(NamedTuple):
    """The place of one row: each lane's mark there, and which lane and source the row is of."""

    source: str
    owner: str
    marks: Mapping[str, Mark]


class CursorCodec:
    """Writes and reads cursors with one secret; those of another secret are refused."""

    def __init__(self, secret: bytes) -> None:
        self._key = sha256(b"pacioli cursor" + secret).digest()

    def encode(self, cursor: Cursor, fingerprint: bytes) -> str:
        """The text of a cursor of the list that `fingerprint` stands for."""
        marks = [[_digest(name), *_pack(mark)] for name, mark in cursor.marks.items()]
        at = list(cursor.marks).index(cursor.owner)
        body = msgspec.msgpack.encode([_VERSION, cursor.source, at, marks])
        return _to_text(self._mac(fingerprint, body) + body)

    def decode(
        self, text: str, fingerprint: bytes, lanes: Iterable[str]
    ) -> tuple[Rank, Mapping[str, Mark]]:
        """The rank of the cursor's row, and the marks of those of the `lanes` that it knows.

        Raises UserInputError where the text is none of ours or belongs to another list.
        """
        raw = _from_text(text)
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(fingerprint, body)):
            raise UserInputError(
                "this cursor belongs to another list, order or filter, or is none of this server's"
            )
        _, source, at, packed = msgspec.msgpack.decode(body)
        marks = {digest: _unpack(mark) for digest, *mark in packed}
        place = marks[packed[at][0]].rank(source)
        return place, {name: marks[_digest(name)] for name in lanes if _digest(name) in marks}

    def _mac(self, fingerprint: bytes, body: bytes) -> bytes:
        return hmac.digest(self._key, fingerprint + body, "sha256")[:_MAC_BYTES]


def fingerprint(*parts: Any) -> bytes:
    """What a cursor is bound to: equal for equal field, order and filter, whatever their words."""
    return blake2s(msgspec.msgpack.encode(parts), digest_size=16).digest()


@lru_cache(maxsize=1024)
def _digest(name: str) -> bytes:
    return blake2s(name.encode(), digest_size=_NAME_BYTES).digest()


def _pack(mark: Mark) -> list[Any]:
    """A mark without what is at its default, from the end; `early` is True for the row itself."""
    packed: list[Any] = list(mark)
    packed[0], packed[3] = int(mark.stand), _packed(mark.provider_id)
    packed[2] = _packed_key(mark.key)
    packed[7] = mark.early == mark.provider_id or _packed(mark.early)
    told = len(mark)
    while told > 1 and not mark[told - 1]:
        told -= 1
    return packed[:told]


def _unpack(packed: list[Any]) -> Mark:
    mark = Mark(*packed)
    early: Any = mark.early
    return mark._replace(
        stand=Stand(mark.stand),
        key=_unpacked_key(mark.key),
        provider_id=_unpacked(mark.provider_id),
        early=_unpacked(mark.provider_id if early is True else early),
    )


def _packed_key(key: Any) -> Any:
    """A sort key as plain values: the numbers of a tuple that are no whole ones as texts."""
    if isinstance(key, int):
        return key
    return [part if isinstance(part, int) else str(part) for part in key]


def _unpacked_key(packed: Any) -> Any:
    if isinstance(packed, int):
        return packed
    return tuple(part if isinstance(part, int) else Decimal(part) for part in packed)


def _packed(provider_id: str) -> Any:
    """An id in as few bytes as msgpack knows: numbers as numbers, UUIDs as their 16 bytes."""
    if provider_id.isdecimal() and len(provider_id) < 19 and str(int(provider_id)) == provider_id:
        return int(provider_id)
    if len(provider_id) == 36 and _is_uuid(provider_id):
        return UUID(provider_id).bytes
    return provider_id


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _unpacked(packed: Any) -> str:
    return str(UUID(bytes=packed)) if isinstance(packed, bytes) else str(packed)


def _to_text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _from_text(text: str) -> bytes:
    try:
        raw = b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (ValueError, UnicodeError):
        raise UserInputError("this is not a cursor") from None
    if _to_text(raw) != text:
        raise UserInputError("this is not a cursor")
    return raw
