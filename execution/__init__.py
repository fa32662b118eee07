"""Runs GraphQL operations of any Strawberry schema, compiled once to Python functions.

`executor` is where it is plugged in; `operations` keeps what was compiled; `planning` turns
selections into `places` and functions, whose source `generation` writes and which call into
`completion`, `resolving` and `running`. `inlining` writes one for a class whose attributes can be
read in place; `preparation` spares Strawberry's hooks where they have nothing to do.
"""
