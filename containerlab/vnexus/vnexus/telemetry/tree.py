"""A tree of data that is read lazily: branches by name, lists by key, leaves.

>>> rows = {("eth1/1",): lambda: {"state": {"mtu": 1500}}, ("eth1/2",): lambda: {"state": {"mtu": 9216}}}
>>> tree = {"interface": Listing(("name",), rows)}
>>> every = (Element("interface"), Element("state"))
>>> [(show(path), leaf) for path, node in find(tree, every) for path, leaf in leaves(node, path)]
[('/interface[name=eth1/1]/state/mtu', 1500), ('/interface[name=eth1/2]/state/mtu', 9216)]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

Leaf = str | int | bool | Decimal | tuple[str, ...]
"""A Decimal is a ``decimal64`` of YANG, a tuple a leaf-list."""


@dataclass(frozen=True, slots=True)
class Element:
    """One step of a path. A key that is not given, or is ``*``, means every entry of a list."""

    name: str
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """``rows``: values of ``keys`` to the entry, made when somebody walks into it."""

    keys: tuple[str, ...]
    rows: Mapping[tuple[str, ...], Callable[[], Branch]] = field(default_factory=dict)


Rows = dict[tuple[str, ...], Callable[[], "Branch"]]
Branch = Mapping[str, "Node"]
Node = Leaf | Branch | Listing | Callable[[], Branch]
Path = tuple[Element, ...]
ANY, ANY_DEPTH = "*", "..."


def open_node(node: Node) -> Leaf | Branch | Listing:
    """What is behind a branch that is made on demand."""
    return node() if callable(node) else node


def find(tree: Node, path: Sequence[Element], done: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Everything that the path leads to, with the path that leads there alone.

    A path that ends at a list leads to each of its entries.
    """
    node = open_node(tree)
    if isinstance(node, Listing):
        keys = dict(done[-1].keys) if done else {}
        for values, made in node.rows.items():
            if all(keys.get(key, ANY) in (ANY, value) for key, value in zip(node.keys, values, strict=True)):
                exact = Element(done[-1].name, tuple(zip(node.keys, values, strict=True)))
                yield from find(made, path, (*done[:-1], exact))
        return
    if not path:
        yield done, node
    elif isinstance(node, Mapping):
        yield from _step(node, path, done)


def _step(branch: Branch, path: Sequence[Element], done: Path) -> Iterator[tuple[Path, Node]]:
    head, rest = path[0], path[1:]
    if head.name == ANY_DEPTH:
        yield from find(branch, rest, done)
        for name, below in branch.items():
            yield from find(below, path, (*done, Element(name)))
        return
    for name in branch if head.name == ANY else (head.name,):
        if name in branch:
            yield from find(branch[name], rest, (*done, Element(name, head.keys)))


def leaves(tree: Node, done: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """Every leaf below, with its path."""
    node = open_node(tree)
    if isinstance(node, Listing):
        for values, made in node.rows.items():
            exact = Element(done[-1].name, tuple(zip(node.keys, values, strict=True)))
            yield from leaves(made, (*done[:-1], exact))
    elif isinstance(node, Mapping):
        for name, below in node.items():
            yield from leaves(below, (*done, Element(name)))
    else:
        yield done, node


def plain(tree: Node) -> object:
    """The same as dictionaries, lists and numbers, for JSON. A list becomes a list of its entries."""
    node = open_node(tree)
    if isinstance(node, Listing):
        return [plain(made) for made in node.rows.values()]
    if isinstance(node, Mapping):
        return {name: plain(below) for name, below in node.items()}
    if isinstance(node, Decimal):
        return float(node)
    return list(node) if isinstance(node, tuple) else node


def show(path: Sequence[Element]) -> str:
    """``/interfaces/interface[name=eth1/1]/state``; the root is ``/``."""
    parts = (element.name + "".join(f"[{key}={value}]" for key, value in element.keys) for element in path)
    return "/" + "/".join(parts)
