"""``| xml``: the rpc-reply that NX-OS wraps around structured output.

The words of the command nest as elements; what is an argument stands in an element of its own; the body hangs
below ``__readonly__``. That is the form of Cisco's NETCONF guide and of recorded replies; the names of the
``__XML__OPT`` elements differ from command to command on a Nexus and are built from the words here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from vnexus.exec.output import Body
from vnexus.grammar.match import Match

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
END = "]]>]]>"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_COMPONENTS = {
    "arp": "arp",
    "bgp": "bgp",
    "cdp": "cdpd",
    "clock": "vsh",
    "environment": "plm_cli",
    "feature": "feature-mgr",
    "hsrp": "hsrp_engine",
    "interface": "if_manager",
    "inventory": "plm_cli",
    "ip": "ip",
    "ipv6": "ipv6",
    "lldp": "lldp",
    "mac": "l2fm_cli",
    "module": "plm_cli",
    "ntp": "ntpd",
    "port-channel": "eth_pcm_dc3",
    "route": "urib",
    "spanning-tree": "stp_cli",
    "system": "sysmgrcli",
    "version": "sysmgrcli",
    "vlan": "vlan_mgr_cli",
    "vpc": "mcecm_cli",
    "vrf": "l3vm",
}
"""Which part of NX-OS answers: the last part of the namespace."""


def rpc_reply(command: Match, body: Body) -> str:
    """The document of a command's structured output."""
    words = [piece.text for piece in command.pieces]
    component = next((_COMPONENTS[w] for w in [*words[1:3][::-1], *words] if w in _COMPONENTS), "vsh_cmd")
    option = "_".join(w for piece in command.pieces if piece.argument is None for w in [piece.text])
    option = re.sub(r"[^\w]", "_", f"__XML__OPT_Cmd_{option}___readonly__")
    lines = [
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        f'<nf:rpc-reply xmlns:nf="{NETCONF}" xmlns="http://www.cisco.com/nxos:1.0:{component}">',
        " <nf:data>",
    ]
    closing = [" </nf:data>", "</nf:rpc-reply>", END]
    depth = 2
    opened: list[str] = []
    for piece in command.pieces:
        name = tag(piece.argument or piece.text)
        lines.append(f"{' ' * depth}<{name}>")
        if piece.argument:
            lines.append(f"{' ' * (depth + 1)}<__XML__value>{escape(piece.text)}</__XML__value>")
        opened.append(name)
        depth += 1
    for name in (option, "__readonly__"):
        lines.append(f"{' ' * depth}<{name}>")
        opened.append(name)
        depth += 1
    for key, value in body.items():
        lines += elements(key, value, depth)
    for name in reversed(opened):
        depth -= 1
        lines.append(f"{' ' * depth}</{name}>")
    return "\n".join([*lines, *closing])


def tag(name: str) -> str:
    """A name that XML allows.

    >>> tag("1-4094"), tag("TABLE_vlan")
    ('_1-4094', 'TABLE_vlan')
    """
    return name if _NAME.fullmatch(name) else "_" + re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)


def elements(key: str, value: Any, depth: int) -> Iterator[str]:
    """One element per item of a list, else one, each below the other."""
    name, blanks = tag(key), " " * depth
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield f"{blanks}<{name}>"
            for below, inner in item.items():
                yield from elements(str(below), inner, depth + 1)
            yield f"{blanks}</{name}>"
        else:
            text = "" if item is None else escape(_NOT_XML.sub("", str(item)))
            yield f"{blanks}<{name}>{text}</{name}>"
