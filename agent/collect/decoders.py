"""Decoders by the name under which table files ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from agent.collect.decode_channels import decode_lacp, decode_vpc
from agent.collect.decode_host import decode_host
from agent.collect.decode_inventory import decode_inventory
from agent.collect.decode_management import (
    decode_config_events,
    decode_contexts,
    decode_ntp,
    decode_supervisor,
)
from agent.collect.decode_multicast import decode_multicast
from agent.collect.decode_neighbors import decode_cdp, decode_lldp
from agent.collect.decode_ports import decode_cores, decode_down_reason, decode_error_disabled
from agent.collect.decode_power import decode_environment, decode_power
from agent.collect.decode_quality import decode_qos, decode_sla
from agent.collect.decode_routing import decode_bfd, decode_bgp, decode_hsrp, decode_ospf
from agent.collect.decode_sensors import decode_sensors
from agent.collect.decode_switching import decode_mac_addresses, decode_spanning_tree, decode_vlans
from agent.collect.decode_system import decode_config, decode_load, decode_system
from agent.collect.reading import Reading
from agent.metrics import Sample

DECODERS: Mapping[str, Callable[[Reading], Iterable[Sample]]] = {
    "bfd": decode_bfd,
    "bgp": decode_bgp,
    "cdp": decode_cdp,
    "config": decode_config,
    "config-events": decode_config_events,
    "cores": decode_cores,
    "down-reason": decode_down_reason,
    "contexts": decode_contexts,
    "environment": decode_environment,
    "error-disabled": decode_error_disabled,
    "host": decode_host,
    "hsrp": decode_hsrp,
    "inventory": decode_inventory,
    "ip-sla": decode_sla,
    "lacp": decode_lacp,
    "lldp": decode_lldp,
    "load": decode_load,
    "mac-addresses": decode_mac_addresses,
    "multicast": decode_multicast,
    "ntp": decode_ntp,
    "ospf": decode_ospf,
    "power": decode_power,
    "qos": decode_qos,
    "sensors": decode_sensors,
    "spanning-tree": decode_spanning_tree,
    "supervisor": decode_supervisor,
    "system": decode_system,
    "vlans": decode_vlans,
    "vpc": decode_vpc,
}
