"""CISCO-CONTEXT-MAPPING-MIB: which context shows which VRF."""

from __future__ import annotations

from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View

MAPPING = f"{CISCO}.468.1.1.1"
ACTIVE, VOLATILE = 1, 2


def context_rows(view: View) -> Rows:
    """A row per ``snmp-server context``; the index is the name, its length first."""
    rows = Rows()
    for line in view.snapshot.config.lines():
        words = line.split()
        if words[:2] != ["snmp-server", "context"] or len(words) < 3:
            continue
        name = words[2].encode()
        vrf = words[words.index("vrf") + 1] if "vrf" in words[3:] else ""
        instance = words[words.index("instance") + 1] if "instance" in words[3:] else ""
        fill(rows, MAPPING, at(len(name), *name), {
            2: ber.text(vrf), 3: ber.text(""), 4: ber.text(instance), 5: ber.integer(VOLATILE),
            6: ber.integer(ACTIVE),
        })  # fmt: skip
    return rows
