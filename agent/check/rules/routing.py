"""Routing: neighbours prove who they are."""

from __future__ import annotations

from collections.abc import Iterator

from agent.check.config import Block
from agent.check.rule import BASELINE, Fault, Scene

PRIVATE = (r"10\.0\.0\.0/8", r"192\.168\.0\.0/16")
"""Networks of RFC 1918 that the city uses, as expressions."""


@BASELINE.switch(
    "ospf-neighbours-authenticate",
    rationale="Whoever can send a packet on the link could otherwise reroute the city.",
    fix="Write 'ip ospf authentication message-digest' and a key below the interface.",
)
def ospf_neighbours_authenticate(scene: Scene) -> Iterator[Fault]:
    by_area = any(block.having("area .* authentication.*") for block in scene.config.blocks("router ospf *"))
    passive = any(block.having("passive-interface default") for block in scene.config.blocks("router ospf *"))
    for name, block in scene.config.interfaces("Ethernet", "Vlan", "port-channel"):
        if not block.having("ip router ospf .+") or not _speaks(block, passive=passive):
            continue
        if block.having("ip ospf (authentication-key|message-digest-key) .+") and (
            by_area or block.having("ip ospf authentication( .*)?")
        ):
            continue
        text = f"expected OSPF authentication on {name}, there is none"
        yield Fault(scene.switch.name, block.path, text, block.number)


def _speaks(block: Block, *, passive: bool) -> bool:
    """Whether hellos are sent on the interface."""
    if block.having("no ip ospf passive-interface"):
        return True
    if block.having("ip ospf network point-to-point"):
        return not block.having("ip ospf passive-interface")
    return not passive and not block.having("ip ospf passive-interface")


@BASELINE.switch(
    "guests-stay-outside",
    rationale="Guests of the public Wi-Fi must reach the Internet and nothing of the city.",
    fix="Give the network 'reach: [internet]' in addresses.yaml; the access list follows.",
)
def guests_stay_outside(scene: Scene) -> Iterator[Fault]:
    lists = {
        block.path.removeprefix("ip access-list "): block for block in scene.config.blocks("ip access-list *")
    }
    guests = {vlan.number for vlan in scene.switch.vlans if "guest" in vlan.name and "fw" not in vlan.name}
    for name, block in scene.config.interfaces("Vlan"):
        if not name.removeprefix("Vlan").isdigit() or int(name.removeprefix("Vlan")) not in guests:
            continue
        bound = block.having(r"ip access-group \S+ in")
        entries = lists.get(bound[0].split()[2]) if bound else None
        closed = entries is not None and all(
            entries.having(rf"(\d+ )?deny ip .* {private}.*") for private in PRIVATE
        )
        if not closed:
            text = "expected an access list in that denies private networks, there is none"
            yield Fault(scene.switch.name, block.path, text, block.number)
