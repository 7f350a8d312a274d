"""Management: who may ask by SNMP."""

from __future__ import annotations

from collections.abc import Iterator

from agent.check.rule import BASELINE, Fault, Scene
from agent.nxos.mask import HIDDEN


@BASELINE.switch(
    "snmp-has-an-access-list",
    rationale="A community is sent in clear: it must be worth nothing to anybody but the collectors.",
    fix="Name the managers under snmp in city.yaml, or use SNMPv3 (snmp-server user … priv).",
)
def snmp_has_an_access_list(scene: Scene) -> Iterator[Fault]:
    config, switch = scene.config, scene.switch.name
    granted = config.whole.having(r"snmp-server community \S+ (group|ro|rw)( .*)?")
    bound = config.whole.having(r"snmp-server community \S+ use-(ipv4)?acl \S+")
    limited = {line.split()[2] for line in bound}
    lists = {block.path.removeprefix("ip access-list ") for block in config.blocks("ip access-list *")}
    for line in granted:
        if line.split()[2] not in limited:
            yield Fault(switch, "", f"expected an access list for community {HIDDEN}, there is none")
    for name in sorted({line.split()[-1] for line in bound} - lists):
        text = f"expected ip access-list {name} for SNMP, it is not there: all may ask"
        yield Fault(switch, "", text)
