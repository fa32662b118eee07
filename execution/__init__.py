"""Runs GraphQL operations of any Strawberry schema, compiled once to Python functions.

`executor` is where it is plugged in; `operations` keeps what was compiled; `planning` turns
selections into `places` and functions, whose source `generation` writes and which call into
`completion`, `resolving` and `running`.
"""
