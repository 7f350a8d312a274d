"""What hangs on the ports of the adopted switches, for the person who describes the services next."""

from __future__ import annotations

from collections.abc import Iterator

from agent.adopt.cabling import Known

_HEAD = """\
# Seen on the ports

What the switches told of the endpoints on their ports. Describe them in `services/` by their kind, then own
their ports in `ownership.yaml`: until then nothing here is touched. Cables between the switches stand in
`links.yaml`.

| switch | port | VLAN | watts | says of itself | description on the port |
|---|---|---|---|---|---|
"""


def describe_ports(known: Known) -> str:
    """Markdown with a row for every port that has a VLAN, a neighbour or a description, cables left out."""
    return _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(known))


def _rows(known: Known) -> Iterator[tuple[str, ...]]:
    wired = {end for cable in known.cables() for end in cable}
    ours = {(end.switch, end.port) for end in wired}
    for name, facts in known.facts.items():
        witness = known.witnesses[name]
        heard = {told.port: f"{told.system} {told.description}".strip() for told in witness.heard}
        told = dict.fromkeys([*facts.access, *heard, *facts.descriptions, *witness.watts])
        for port in sorted((port for port in told if port.startswith("Ethernet")), key=_natural):
            if (name, port) not in ours:
                watts = f"{witness.watts[port]:g}" if port in witness.watts else ""
                vlan = str(facts.access.get(port, ""))
                words = facts.descriptions.get(port, "")
                yield tuple(_cell(text) for text in (name, port, vlan, watts, heard.get(port, ""), words))


def _natural(port: str) -> list[int]:
    return [int(part) for part in port.removeprefix("Ethernet").replace(".", "/").split("/")]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
