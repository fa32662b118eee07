"""What all lists of the graph have in common."""

import strawberry

from schema.composition import SHAREABLE


@strawberry.type(description="Where a page stands in its list.", directives=SHAREABLE)
class PageInfo:
    """Bound to resolvers.connections.Connection, which is its own page information."""

    has_next_page: bool = strawberry.field(
        description=(
            "Whether rows follow this page, as far as the sources that answered tell. "
            "Always true with `before`."
        )
    )
    has_previous_page: bool = strawberry.field(
        description=(
            "Whether rows come before this page, as far as the sources that answered tell. "
            "Always true with `after`."
        )
    )
    start_cursor: str | None = strawberry.field(
        description="The first row's cursor, for `before`. Without rows it repeats `before`."
    )
    end_cursor: str | None = strawberry.field(
        description="The last row's cursor, for `after`. Without rows it repeats `after`."
    )


FIRST = strawberry.argument(
    description="How many rows from the beginning, or from `after` on. 0 gives none."
)
AFTER = strawberry.argument(description="The cursor behind which the page begins.")
LAST = strawberry.argument(
    description="How many rows from the end, or up to `before`. 0 gives none."
)
BEFORE = strawberry.argument(description="The cursor before which the page ends.")
TOTAL = (
    "How many rows the whole list has. Null where a source cannot count the filtered rows "
    "without reading them all, or failed."
)
CURSOR = "Where this row stands in its list, for `after` and `before`. Opaque."
SOURCES = (
    "What each source contributed. A source that failed is named here, and its rows are missing."
)
