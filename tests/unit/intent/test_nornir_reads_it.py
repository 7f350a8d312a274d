"""hosts.yaml, groups.yaml and defaults.yaml are Nornir's own: plain Nornir reads them without our code."""

from __future__ import annotations

from pathlib import Path

from nornir import InitNornir

from agent.intent.city import City


def test_plain_nornir_reads_the_inventory_and_inherits_as_we_do(inventory: Path, bellerive: City) -> None:
    nornir = InitNornir(
        inventory={
            "plugin": "SimpleInventory",
            "options": {
                "host_file": str(inventory / "hosts.yaml"),
                "group_file": str(inventory / "groups.yaml"),
                "defaults_file": str(inventory / "defaults.yaml"),
            },
        },
        logging={"enabled": False},
    )
    assert list(nornir.inventory.hosts) == list(bellerive.hosts)
    for name, host in nornir.inventory.hosts.items():
        ours = bellerive.hosts[name]
        assert host.hostname == ours.hostname
        for key in ("site", "role", "model", "release", "transport", "snmp_port", "snmp_community"):
            assert host[key] == getattr(ours, key), (name, key)
    assert len(nornir.filter(role="building").inventory.hosts) == 16
    assert nornir.inventory.hosts["sw-mairie"].get_connection_parameters("napalm").platform == "nxos"
    assert nornir.inventory.hosts["core-1"].get_connection_parameters("netmiko").port == 2222
