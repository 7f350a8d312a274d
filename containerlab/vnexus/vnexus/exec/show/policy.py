"""Access lists, prefix lists, community lists and route maps, as the switch holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command

if TYPE_CHECKING:
    from vnexus.config.tree import Entry
    from vnexus.node import Node

_KINDS = {"ip": "IP", "ipv6": "IPv6", "mac": "MAC"}


@command("show-access-lists")
def show_access_lists(call: Call) -> Output:
    """All kinds, or the kind that the command names; ``[match=…]`` where entries are counted."""
    wanted = call.get("name")
    said = call.match.pieces[1].text
    kinds = [said] if said in _KINDS else list(_KINDS)
    lines: list[str] = []
    rows = []
    for kind in kinds:
        for name, entries, counted in _lists(call.node, kind):
            if wanted in {None, name}:
                lines.append(f"{_KINDS[kind]} access list {name}")
                lines += ["        statistics per-entry "] if counted else []
                lines += [_ace(entry, counted=counted) for entry in entries]
                below = [_ace_row(entry) for entry in entries]
                rows.append({"op_ip_ipv6_mac": kind, "show_summary": "0", "acl_name": name,
                             "statistics": "enable" if counted else "disable",
                             **rows_of("seqno", below)})  # fmt: skip
    return Output("\n".join(lines), rows_of("ip_ipv6_mac", rows))


def _lists(node: Node, kind: str) -> Iterator[tuple[str, list[Entry], bool]]:
    for entry in node.config.root.ordered():
        if entry.identity[:2] == (kind, "access-list") and entry.section:
            section = entry.section
            numbered = [e for e in section.ordered() if e.rule.has("seq")]
            yield entry.identity[2], numbered, section.get("statistics", "per-entry") is not None


def _ace(entry: Entry, *, counted: bool) -> str:
    remark = " remark " in f" {entry.text} "[:24]
    return f"        {entry.text}{' [match=0]' if counted and not remark else ''} ".rstrip()


def _ace_row(entry: Entry) -> dict[str, Any]:
    number, action, *rest = entry.text.split()
    if action == "remark":
        return {"seqno": number, "remark": " ".join(rest)}
    row: dict[str, Any] = {"seqno": number, "permitdeny": action}
    row |= {"ip": "ip"} if rest[:1] == ["ip"] else {"proto_str": rest[0]} if rest else {}
    words = rest[1:]
    for side in ("src", "dest"):
        words = _side(side, words, row)
    if words:
        row["extra"] = " ".join(words)
    return row


def _side(side: str, words: list[str], row: dict[str, Any]) -> list[str]:
    """Read an address and its ports off the words; the rest is given back."""
    if words[:1] == ["any"]:
        row[f"{side}_any"] = "any"
        words = words[1:]
    elif words[:1] == ["addrgroup"]:
        row[f"{side}_addrgrp"] = words[1]
        words = words[2:]
    elif words:
        row[f"{side}_ip_prefix"] = words[0]
        words = words[1:]
    if words[:1] == ["range"]:
        row |= {f"{side}_port_op": "range", f"{side}_port1_str": words[1], f"{side}_port2_str": words[2]}
        return words[3:]
    if words[:1] and words[0] in {"eq", "neq", "gt", "lt"}:
        row |= {f"{side}_port_op": words[0], f"{side}_port1_str": words[1]}
        return words[2:]
    return words


# -- lists of one line each


def _sequences(node: Node, head: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """List name to (sequence, rest), in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in node.config.root.ordered():
        if entry.identity[: len(head)] == head and "seq" in entry.identity:
            name, number = entry.identity[len(head)], entry.identity[-1]
            found.setdefault(name, []).append((number, entry.value))
    return {name: sorted(lines, key=lambda line: int(line[0])) for name, lines in found.items()}


@command("show-prefix-list")
def show_prefix_list(call: Call) -> Output:
    wanted = call.get("name")
    lines, rows = [], []
    for name, entries in _sequences(call.node, ("ip", "prefix-list")).items():
        if wanted not in {None, name}:
            continue
        lines.append(f"ip prefix-list {name}: {len(entries)} entries")
        lines += [f"   seq {number} {rest} " for number, rest in entries]
        below = [
            {"seq": n, "action": rest.split()[0], "prefix": " ".join(rest.split()[1:])} for n, rest in entries
        ]
        rows.append({"name": name, "entries": str(len(entries)), **rows_of("rules", below)})
    return Output("\n".join(lines), rows_of("prefix_list", rows))


@command("show-community-list")
def show_community_list(call: Call) -> Output:
    wanted = call.get("name")
    lines, rows = [], []
    for kind in ("standard", "expanded"):
        for name, entries in _sequences(call.node, ("ip", "community-list", kind)).items():
            if wanted in {None, name}:
                lines.append(f"{kind.capitalize()} Community List {name}")
                lines += [f"    {number} {rest}" for number, rest in entries]
                below = [{"seq": number, "action": rest} for number, rest in entries]
                rows.append({"type": kind, "name": name, **rows_of("rules", below)})
    return Output("\n".join(lines), rows_of("community_list", rows))


@command("show-as-path-list")
def show_as_path_list(call: Call) -> Output:
    wanted = call.get("name")
    lines = []
    for name, entries in _sequences(call.node, ("ip", "as-path", "access-list")).items():
        if wanted in {None, name}:
            lines += [
                f"ip as-path access-list {name}:",
                *[f"   seq {number} {rest}" for number, rest in entries],
            ]
    return Output("\n".join(lines))


# -- route maps

_CLAUSES = (
    (r"match ip address prefix-list (.+)", "ip address prefix-lists: {} "),
    (r"match ipv6 address prefix-list (.+)", "ipv6 address prefix-lists: {} "),
    (r"match ip address (.+)", "ip address (access-lists): {} "),
    (r"match ip next-hop prefix-list (.+)", "ip next-hop prefix-lists: {} "),
    (r"match as-path (.+)", "as-path (as-path filter): {} "),
    (r"match community (.+)", "community  (community-list filter): {} "),
    (r"match (tag|metric|interface|route-type|source-protocol) (.+)", "{}: {}"),
    (r"match (.+)", "{}"),
    (r"set extcommunity rt (.+)", "extcommunity RT:{}"),
    (r"set ip next-hop (.+)", "ip next-hop {} "),
    (r"set (.+)", "{}"),
)
"""A line of a route map, and how the show command says it; the first that fits."""


@command("show-route-map")
def show_route_map(call: Call) -> Output:
    wanted = call.get("name")
    lines, rows = [], []
    for entry in call.node.config.root.ordered():
        if (
            entry.identity[:1] != ("route-map",)
            or entry.section is None
            or wanted not in {None, entry.identity[1]}
        ):
            continue
        _, name, action, number = entry.text.split()
        clauses = [_clause(below.text) for below in entry.section.ordered()]
        matches = [text for verb, text in clauses if verb == "match"]
        sets = [text for verb, text in clauses if verb == "set"]
        lines += [f"route-map {name}, {action}, sequence {number} ", "  Match clauses:",
                  *[f"    {text}" for text in matches], "  Set clauses:", *[f"    {text}" for text in sets]]  # fmt: skip
        rows.append({"name": name, "action": action, "seq": number, **rows_of("match", [{"clause": m.strip()} for m in matches]),
                     **rows_of("set", [{"clause": s.strip()} for s in sets])})  # fmt: skip
    return Output("\n".join(lines), rows_of("route_map", rows))


def _clause(line: str) -> tuple[str, str]:
    """The verb, and the clause as it is shown.

    >>> _clause("match tag 12345"), _clause("set local-preference 300")
    (('match', 'tag: 12345'), ('set', 'local-preference 300'))
    """
    verb = line.split(maxsplit=1)[0]
    for pattern, form in _CLAUSES:
        found = re.fullmatch(pattern, line)
        if found:
            return verb, form.format(*found.groups())
    return verb, line
