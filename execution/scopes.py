"""What names stand for in the expressions of attributes that are read in place.

See `inlining`.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from execution.places import Bind


class Inline(Protocol):
    """What an attribute is, or what a function without arguments makes of an object.

    `expression` has names in braces: parts of the object, entries of `names`, other attributes of
    its class, `{t}` and `{u}`, where values can be kept for a moment. It raises where the attribute
    does, or more often. `kind` is the class of its values but None, if there is one. `forms` are
    expressions of what serializers of a form give: see `in_form`; they also have `{write}`, the
    serializer, and the names `written`, each made of it. An object is said by `parts`, of which
    the first is None where there is none, and the class `of` that has its attributes; its
    `typename`, if it has one, is that of its object type. Or it is the `one` that another attribute
    gives, of this object or else of the one around it; where a list is shown, that has this one
    alone, or nothing. In an expression `{one}` is None where there is nothing.
    """

    expression: str
    names: Mapping[str, object]
    kind: Any
    forms: Mapping[str, str]
    written: Mapping[str, Callable[[Any], object]]
    parts: Mapping[str, str]
    of: Any
    one: str


class UnreadableError(Exception):
    """Something has to be asked of an object."""


class Block:
    """Lines of source that run in turn, and what they have computed, by its expression.

    Inside of another one it also knows what that had computed until then.
    """

    def __init__(self, count: Iterator[int], known: Mapping[Any, str]) -> None:
        self.lines: list[str] = []
        self._count = count
        self._known: dict[Any, str] = dict(known)

    def new(self, hint: str) -> str:
        return f"{hint}{next(self._count)}"

    def inner(self) -> "Block":
        return Block(self._count, self._known)

    def value(self, hint: str, expression: str) -> str:
        """The name of what an expression gives."""
        if expression.isidentifier():
            return expression
        return self.once(expression, lambda name: [f"{name} = {expression}"], hint)

    def once(self, key: Any, lines: Callable[[str], Iterable[str]], hint: str = "f") -> str:
        """The name that lines give to what they compute, unless it is computed already."""
        if key not in self._known:
            name = self.new(hint)
            self.lines += list(lines(name))
            self._known[key] = name
        return self._known[key]

    def attempt(self, write: Callable[[], str]) -> str | None:
        """The name that is written to, None and nothing written where that cannot be."""
        lines, known = len(self.lines), dict(self._known)
        try:
            return write()
        except UnreadableError:
            del self.lines[lines:]
            self._known = known
            return None


class Scope(dict[str, str]):
    """What names in expressions stand for: parts of an object, else attributes of its class.

    The object may be inside of another one, of which the scope is the `outer`.
    """

    def __init__(
        self,
        parts: Mapping[str, str],
        kind: type,
        block: Block,
        bind: Bind,
        outer: "Scope | None" = None,
    ) -> None:
        super().__init__(parts)
        self._kind, self._bind, self.block, self._outer = kind, bind, block, outer

    @property
    def whole(self) -> str:
        """The first part, without which there would be no object."""
        return next(iter(self.values()))

    def inside(self, inline: Inline, whole: str, block: Block) -> "Scope":
        """The scope of an object that is inside of this one, for the lines of a block."""
        here = self.within(block)
        first, *others = inline.parts
        parts = {each: block.value(each, here.said(inline, inline.parts[each])) for each in others}
        return Scope({first: whole, **parts}, inline.of, block, self._bind, here)

    def within(self, block: Block) -> "Scope":
        """The same for the lines of another block."""
        return Scope(self, self._kind, block, self._bind, self._outer)

    def having(self, name: str) -> "Scope":
        """This scope or the nearest around it whose class has an attribute, for the same block.

        So no class between may have another one of that name.
        """
        if self._outer is None or hasattr(self._kind, name):
            return self
        return self._outer.having(name).within(self.block)

    def part(self, inline: Inline) -> str:
        """The name of the first part of an object, which is None where there is none."""
        if not inline.parts:
            return "None"
        first, expression = next(iter(inline.parts.items()))
        return self.block.value(first, self.said(inline, expression))

    def __missing__(self, name: str) -> str:
        found = inspect.getattr_static(self._kind, name)
        if isinstance(found, str):
            return repr(found)
        return self.block.value("a", self.said(self.inline(name)))

    def inline(self, name: str | None) -> Any:
        """What says how the attribute is read."""
        inline = getattr(inspect.getattr_static(self._kind, name or "", None), "inline", None)
        if inline is None:
            raise UnreadableError
        return inline

    def is_never(self, name: str | None) -> bool:
        """Whether no object of the class has the attribute: the class says that it is None."""
        return name is not None and inspect.getattr_static(self._kind, name, self) is None

    def said(self, inline: Inline, expression: str | None = None, write: Any = None) -> str:
        """An expression in the names of generated code."""
        bound: dict[str, str] = {
            name: self._bind(value, name) for name, value in inline.names.items()
        }
        if write is not None:
            bound["write"] = self._bind(write, "write")
            for name, made in inline.written.items():
                bound[name] = self._bind(made(write), name)
        if inline.one:
            around = self.having(inline.one)
            bound["one"] = around.part(around.inline(inline.one))
        names = Scope({**self, **bound, "t": "t", "u": "u"}, self._kind, self.block, self._bind)
        return (inline.expression if expression is None else expression).format_map(names)
