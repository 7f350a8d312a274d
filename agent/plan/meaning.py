"""What a line means for the city, in words; a line that no row of the table knows explains itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from agent.nxos.diff import Edit
from agent.plan.around import Around, kind_of, vlans_of

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Meaning:
    """``words`` may hold ``{who}`` (the port, or what hangs on it), ``{old}`` and groups ``{0}``, ``{1}``…"""

    line: str
    words: str
    where: str = ""
    """Fits the beginning of the headers above, joined by ``|``."""


_PORT = "interface "
_MAP = "route-map "
_SESSION = "router bgp .*neighbor"
_TABLE = (
    _Meaning(r"switchport access vlan (\d+)", "{who} moves to VLAN {0}{old}", _PORT),
    _Meaning(r"no switchport access vlan", "{who} falls back to VLAN 1", _PORT),
    _Meaning(r"switchport voice vlan (\d+)", "{who}: voice in VLAN {0}", _PORT),
    _Meaning(r"switchport trunk allowed vlan add (\S+)", "{who} lets VLAN {0} through", _PORT),
    _Meaning(r"switchport trunk allowed vlan remove (\S+)", "{who} no longer lets VLAN {0} through", _PORT),
    _Meaning(r"switchport trunk allowed vlan none", "{who} lets no VLAN through", _PORT),
    _Meaning(r"switchport trunk allowed vlan (\d\S*)", "{who} lets VLAN {0} through and no other", _PORT),
    _Meaning(r"switchport trunk native vlan (\d+)", "{who}: untagged frames go to VLAN {0}", _PORT),
    _Meaning(r"shutdown", "{who} is switched off", _PORT),
    _Meaning(r"no shutdown", "{who} is switched on", _PORT),
    _Meaning(r"default interface .+", "{who} goes back to the factory state of a port"),
    _Meaning(r"no interface (\S+)", "{who} is removed"),
    _Meaning(r"power inline never", "{who} gets no power any more", _PORT),
    _Meaning(r"power inline auto max (\d+)", "{who} may draw {0} mW", _PORT),
    _Meaning(r"power inline priority (\S+)", "{who} has power priority {0}", _PORT),
    _Meaning(r"no switchport port-security.*", "{who} no longer counts addresses", _PORT),
    _Meaning(r"switchport port-security", "{who} accepts a counted number of addresses", _PORT),
    _Meaning(r"storm-control broadcast level (\S+)", "{who}: broadcasts above {0} % are dropped", _PORT),
    _Meaning(r"no spanning-tree bpduguard.*", "{who} no longer refuses switches that are plugged in", _PORT),
    _Meaning(r"spanning-tree bpduguard enable", "{who} refuses switches that are plugged in", _PORT),
    _Meaning(r"channel-group (\d+).*", "{who} joins port-channel{0}", _PORT),
    _Meaning(r"no channel-group.*", "{who} leaves its port-channel", _PORT),
    _Meaning(r"no switchport", "{who} becomes a routed port: what it switches ends", _PORT),
    _Meaning(r"switchport", "{who} becomes a switched port: its addresses go", _PORT),
    _Meaning(r"mtu (\d+)", "{who}: frames up to {0} bytes", _PORT),
    _Meaning(r"vrf member (\S+)", "{who} moves into VRF {0}; its addresses are sent again", _PORT),
    _Meaning(r"ip address (\S+).*", "{who} has address {0}", _PORT),
    _Meaning(r"no ip address.*", "{who} loses its address", _PORT),
    _Meaning(r"ip access-group (\S+) (in|out)", "{who} is filtered by {0}, {1}bound", _PORT),
    _Meaning(r"no ip access-group.*", "{who} is no longer filtered", _PORT),
    _Meaning(r"(?:no )?ip (\d\S+)", "{who}: the gateway address of hosts changes", r"interface [^|]+\|hsrp"),
    _Meaning(r"description .+", "{who} gets another label", _PORT),
    _Meaning(r"no vlan (\S+)", "VLAN {0} goes{ports}"),
    _Meaning(r"vlan (\d\S*)", "VLAN {0} is there or changes"),
    _Meaning(r"feature (\S+)", "{0} is switched on"),
    _Meaning(r"no feature (\S+)", "{0} is switched off, and the switch deletes its configuration"),
    _Meaning(r"vrf context (\S+)", "VRF {0} is there or changes"),
    _Meaning(r"no vrf context (\S+)", "VRF {0} goes with its routes"),
    _Meaning(r"no neighbor (\S+)", "the BGP session with {neighbor} ends", "router bgp"),
    _Meaning(r"shutdown", "the BGP session with {neighbor} is switched off", _SESSION),
    _Meaning(r"no shutdown", "the BGP session with {neighbor} is switched on", _SESSION),
    _Meaning(r"(?:no )?password.*", "the BGP session with {neighbor} gets another key", _SESSION),
    _Meaning(r"maximum-prefix (\d+).*", "{neighbor} may announce {0} prefixes", _SESSION),
    _Meaning(r"remote-as (\d+)", "the BGP session with {neighbor} is with AS {0}", _SESSION),
    _Meaning(r"set local-preference (\d+)", "routes from {map} have preference {0}: the highest wins", _MAP),
    _Meaning(r"set as-path prepend .+", "the world sees a longer way in by {map}", _MAP),
    _Meaning(r"no router (\S+) ?(\S*)", "routing by {0} {1} ends"),
    _Meaning(r"router-id (\S+)", "the router is known as {0}; its sessions start again", "router "),
    _Meaning(r"username (\S+) .*", "the login of {0} changes"),
    _Meaning(r"no username (\S+).*", "{0} can no longer log in"),
    _Meaning(r"hostname (\S+)", "the switch is called {0}"),
    _Meaning(r"(?:no )?ip access-list (\S+)", "the access list {0} changes"),
    _Meaning(r".+", "the access list {list} changes", "ip access-list"),
    _Meaning(r"access-class (\S+) in", "only {0} may open a session", "line "),
    _Meaning(r"no access-class .+", "everybody may open a session", "line "),
    _Meaning(r"(no )?ntp server (\S+).*", "the clock is set by other servers"),
    _Meaning(r"(no )?logging server (\S+).*", "the log goes to other servers"),
    _Meaning(r"(no )?snmp-server .*", "watching by SNMP changes"),
    _Meaning(r"(no )?(aaa|tacacs-server|radius-server) .*", "who may log in is decided otherwise"),
    _Meaning(r"(?:no )?hardware access-list tcam .*", "the switch must be reloaded to cut its tables anew"),
)
_COMPILED = tuple((re.compile(row.line), row.words, re.compile(row.where)) for row in _TABLE)


def explain(edit: Edit, around: Around) -> str:
    """One clause about the edit; empty when the line says it best itself."""
    found = _by_table(edit.line, kind_of(edit.path))
    return _fill(*found, edit, around) if found else ""


@lru_cache(maxsize=65_536)
def _by_table(text: str, where: str) -> tuple[str, tuple[str, ...]] | None:
    """(words, groups) of the first row that knows the line."""
    for line, words, above in _COMPILED:
        match = line.fullmatch(text)
        if match and above.match(where) and (above.pattern or not where):
            return words, tuple(group or "" for group in match.groups())
    return None


def _fill(words: str, groups: tuple[str, ...], edit: Edit, around: Around) -> str:
    header = edit.path[0] if edit.path else edit.line.removeprefix("no ").removeprefix("default ")
    port = header.removeprefix("interface ")
    known = around.name_of(port)
    old = edit.old.rpartition(" ")[2]
    neighbor = next((part.split()[1] for part in edit.path if part.startswith("neighbor ")), "")
    neighbor = neighbor or (groups[0] if groups else "")
    return words.format(
        *groups,
        who=f"{known} ({port})" if known else port,
        old=f", from VLAN {old}" if old.isdigit() else "",
        neighbor=around.name_of(neighbor) or neighbor,
        map=around.name_of(" ".join(header.split()[:2])) or header,
        list=header.rpartition(" ")[2],
        ports=_ports(edit, around),
    )


def _ports(edit: Edit, around: Around) -> str:
    ports = around.ports_in(vlans_of(edit.line))
    if not ports:
        return ""
    names = [around.name_of(port) or port for port in ports]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"; in it now: {', '.join(names[:_SHOWN])}{more}"
