"""Attributes of views that also say in Python what they are, so that they need not be called.

Code that is generated for an operation reads such an attribute in place. It knows nothing of
providers: it finds `inline` beside the attribute, and `__parts__` at the class.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Inline(NamedTuple):
    """An attribute as an expression, with names in braces.

    Such a name is a part of the object (of a view: `{w}`, its row, and `{o}`, its origin), an entry
    of `names`, another attribute of the same class, or `{t}` and `{u}`, where a value can be kept
    for a moment. The expression gives what the attribute gives. Where that raises it does, too; it
    may raise more often, and the attribute itself is asked then.

    `kind` is the class of its values, None aside, where there is but one. `forms` are expressions
    of what a scalar of that form writes for the value: there `{write}` is what writes the scalar,
    and so are names of `written`, made of it. An object is said by `parts` in place of an
    expression: the first is None where there is none; it has the attributes of the class `of`.
    Or it is the `one` that another attribute gives, of this object or of the one around it; where
    a list is shown, that has this one alone, or nothing. In an expression `{one}` is None where
    there is nothing.
    `wire` names what of the row alone it is read from, where rows of many records are looked at.
    """

    expression: str = ""
    names: Mapping[str, object] = {}
    kind: Any = None
    forms: Mapping[str, str] = {}
    written: Mapping[str, Callable[[Any], object]] = {}
    parts: Mapping[str, str] = {}
    of: type | None = None
    one: str = ""
    wire: str = ""

    def inside(self, part: "Inline") -> "Inline":
        """The same attribute of a view that is a part, where that may be None, as one beside it."""

        def read(text: str) -> str:
            return f"None if ({{u}} := {part.parts['w']}) is None else {text.replace('{w}', '{u}')}"

        forms = {form: read(text) for form, text in self.forms.items()}
        names = {**self.names, **part.names}
        return self._replace(expression=read(self.expression), names=names, forms=forms, wire="")


class Attribute(property):
    """An attribute that is read by calling a function, or as `inline` says."""

    def __init__(self, read: Callable[[Any], Any], inline: Inline) -> None:
        super().__init__(read)
        self.inline = inline
