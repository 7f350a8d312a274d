"""Decoders by the name under which table files ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from agent.collect.decode_host import decode_host
from agent.collect.decode_inventory import decode_inventory
from agent.collect.decode_neighbors import decode_bgp, decode_lldp
from agent.collect.decode_poe import decode_poe
from agent.collect.decode_ports import decode_cores, decode_down_reason, decode_error_disabled
from agent.collect.decode_power import decode_environment, decode_power
from agent.collect.decode_sensors import decode_sensors
from agent.collect.decode_system import decode_config, decode_load, decode_system
from agent.collect.reading import Reading
from agent.metrics import Sample

DECODERS: Mapping[str, Callable[[Reading], Iterable[Sample]]] = {
    "bgp": decode_bgp,
    "config": decode_config,
    "cores": decode_cores,
    "down-reason": decode_down_reason,
    "environment": decode_environment,
    "error-disabled": decode_error_disabled,
    "host": decode_host,
    "inventory": decode_inventory,
    "lldp": decode_lldp,
    "load": decode_load,
    "poe": decode_poe,
    "power": decode_power,
    "sensors": decode_sensors,
    "system": decode_system,
}
