"""Sequences (access lists, prefix lists, route maps), VRFs, BGP."""

from __future__ import annotations

from vnexus.config.change import Change, RefusedError
from vnexus.config.effects.registry import effect
from vnexus.config.tree import Entry, Identity


@effect("ace")
def ace(change: Change) -> str | None:
    """A numbered line of a list; without a number it goes to the end, ten further."""
    entries = change.section.entries
    sequence, body = change.match.get("seq"), change.match.value
    if change.negated:
        gone = [i for i, e in entries.items() if e.rule.has("seq") and _names(i, e, sequence, body)]
        if not gone:
            raise RefusedError("ERROR: No such entry")
        for identity in gone:
            change.remove(identity)
        return None
    if sequence is None:
        if any(e.text.endswith(body) and e.rule.has("seq") and e.value == body for e in entries.values()):
            return None
        last = max((int(i[0]) for i, e in entries.items() if e.rule.has("seq")), default=0)
        sequence = str(last + int(change.match.rule.attributes["seq"]))
    elif (there := entries.get((sequence,))) is not None:
        if there.value == body:
            return None
        raise RefusedError("ERROR: Duplicate sequence number")
    change.keep((sequence,), f"{sequence} {body}")
    return None


def _names(identity: Identity, entry: Entry, sequence: str | None, body: str) -> bool:
    return (sequence is None or identity == (sequence,)) and (not body or entry.value == body)


@effect("prefix-list")
def prefix_list(change: Change) -> str | None:
    """``ip prefix-list N [seq S] permit …``; numbers step by five."""
    pieces = [p.text for p in change.match.pieces if not p.value and p.argument != "seq" and p.text != "seq"]
    head = tuple(pieces)
    body, sequence = change.match.value, change.match.get("seq")
    entries = {
        i: e for i, e in change.section.entries.items() if i[: len(head)] == head and len(i) > len(head) + 1
        and i[len(head)] == "seq"
    }  # fmt: skip
    if change.negated:
        gone = [
            i
            for i, e in entries.items()
            if (sequence is None or i[-1] == sequence) and (not body or e.value == body)
        ]
        for identity in gone:
            change.remove(identity)
        if not body and sequence is None:
            change.remove((*head, "description"))
        return None
    same = next((i for i, e in entries.items() if e.value == body), None)
    if same and (sequence is None or same[-1] == sequence):
        return None
    if sequence is None:
        last = max((int(i[-1]) for i in entries), default=0)
        sequence = str(last + int(change.match.rule.attributes["seq"]))
    elif (*head, "seq", sequence) in entries:
        raise RefusedError("ERROR: Duplicate sequence number")
    identity = (*head, "seq", sequence)
    change.keep(identity, f"{' '.join(identity)} {body}")
    return None


@effect("route-map")
def route_map(change: Change) -> str | None:
    """``route-map N [permit|deny] [seq]``: permit 10 when not said; one action per number."""
    words = [p.text for p in change.match.pieces]
    name = words[1]
    action = next((w for w in words[2:] if w in {"permit", "deny"}), "permit")
    number = next((w for w in words[2:] if w.isdigit()), None)
    if change.negated:
        for entry in [
            e for e in change.section.under("route-map", name) if number is None or e.identity[2] == number
        ]:
            change.remove(entry.identity)
        return None
    number = number or "10"
    change.keep(("route-map", name, number), f"route-map {name} {action} {number}")
    return None


@effect("vrf")
def vrf(change: Change) -> str | None:
    """The management VRF stays. A removed VRF leaves its interfaces in the default one, without addresses."""
    name = change.match.identity[2]
    if not change.negated:
        change.keep()
        return None
    if name == "management":
        raise RefusedError("ERROR: Cannot delete VRF management")
    change.remove()
    for entry in change.section.under("interface"):
        section = entry.section
        if section and section.value("vrf", "member") == name:
            for identity in [
                i for i, e in section.entries.items() if e.rule.has("l3") or i == ("vrf", "member")
            ]:
                del section.entries[identity]
    return None


@effect("router-bgp")
def router_bgp(change: Change) -> str | None:
    """One autonomous system per switch."""
    number = change.match.identity[2]
    running = next((e.identity[2] for e in change.section.under("router", "bgp")), None)
    if running is not None and running != number:
        raise RefusedError(f"BGP is already running; AS is {running}")
    change.apply()
    return None


@effect("bgp-neighbor")
def bgp_neighbor(change: Change) -> str | None:
    """``neighbor A remote-as N`` on one line is a neighbor with that line below it."""
    if change.negated:
        change.remove()
        return None
    identity = change.match.identity
    entry = change.keep(identity, " ".join(identity))
    value = change.match.value
    if value and entry.section is not None:
        below = change.config_line(entry.section, value)
        below.keep()
    return None


@effect("auto-cost")
def auto_cost(change: Change) -> str | None:
    """The unit is always written; Mbps is meant when it is not typed."""
    if change.negated:
        change.remove()
        return None
    words = change.match.value.split()
    unit = words[1] if len(words) > 1 else "Mbps"
    change.keep(text=f"auto-cost reference-bandwidth {words[0]} {unit.capitalize()}")
    return None


@effect("send-community")
def send_community(change: Change) -> str | None:
    """``both`` is stored as the two it means."""
    for line in ("send-community", "send-community extended"):
        below = change.config_line(change.section, line)
        below.negated = change.negated
        below.apply()
    return None
