"""A city of any size for measurements: Bellerive's cores, and building switches of about 2,000 lines each."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from agent.intent.hardware import MODELS, SUPPLIES, Model, Ports
from agent.render.quirks import POE_PORTS

SOURCE = Path(__file__).parents[1] / "inventory"
BUILDING, CORE, SUPPLY = "BENCH-192", "BENCH-CORE", "BENCH-9KW"
ENDPOINTS = 166
_KEPT = ("city.yaml", "sites.yaml", "groups.yaml", "defaults.yaml", "addresses.yaml")


def add_models() -> None:
    """Chassis with enough ports; only this process knows them."""
    slots = tuple(Ports(slot, 1, 48, 1, poe=True) for slot in (1, 2, 3, 4))
    MODELS[BUILDING] = Model(BUILDING, "n9k", (*slots, Ports(5, 1, 4, 25)), idle_watts=250)
    MODELS[CORE] = Model(CORE, "n7k", (Ports(3, 1, 600, 10), Ports(4, 1, 8, 10)))
    SUPPLIES[SUPPLY] = 9000
    POE_PORTS[BUILDING] = frozenset(
        f"Ethernet{slot}/{number}" for slot in (1, 2, 3, 4) for number in range(1, 49)
    )


def grow_city(folder: Path, count: int) -> None:
    """Write an inventory with ``count`` building switches under two cores."""
    shutil.copytree(SOURCE / "catalog", folder / "catalog")
    (folder / "services").mkdir()
    for name in _KEPT:
        shutil.copy(SOURCE / name, folder / name)
    sites = [
        name for name in yaml.safe_load((SOURCE / "sites.yaml").read_text())["sites"] if "centre" not in name
    ]
    names = [f"sw-{number:03}" for number in range(1, count + 1)]
    hosts = {
        f"core-{number}": {
            "hostname": f"127.66.0.{number}",
            "groups": ["core"],
            "data": {"site": "datacentre-nord", "model": CORE, "management": f"10.66.0.{number}"}
            | {"loopback": f"10.66.255.{number}"},
        }
        for number in (1, 2)
    }
    for number, name in enumerate(names):
        address = f"{number // 200 + 1}.{number % 200 + 10}"
        hosts[name] = {
            "hostname": f"127.67.{address}",
            "groups": ["building"],
            "data": {"site": sites[number % len(sites)], "model": BUILDING, "management": f"10.66.{address}"}
            | {"power_supplies": [SUPPLY, SUPPLY]},
        }
    _write(folder / "hosts.yaml", hosts)
    addresses = folder / "addresses.yaml"
    addresses.write_text(addresses.read_text().replace("{prefix: 10.66.0.0/24", "{prefix: 10.66.0.0/21"))
    _write(folder / "links.yaml", _links(names))
    _write(folder / "services/cctv.yaml", {"kind": "cctv", "endpoints": _cameras(names)})


def _write(file: Path, data: object) -> None:
    file.write_text(yaml.safe_dump(data, sort_keys=False, width=200), encoding="utf-8")


def _links(names: list[str]) -> dict[str, object]:
    trunks = {
        name: {
            "channel": 101 + number,
            "links": [[f"core-{core}:Ethernet3/{number + 1}", f"{name}:Ethernet5/{core}"] for core in (1, 2)],
        }
        for number, name in enumerate(names)
    }
    cores = {"domain": 1, "switches": ["core-1", "core-2"], "channel": 1}
    return {
        "pairs": {"cores": cores | {"peer_ports": ["Ethernet4/1", "Ethernet4/2"]}},
        "trunks": trunks,
        "routed": [],
    }


def _cameras(names: list[str]) -> dict[str, dict[str, dict[str, str]]]:
    return {
        name: {
            f"Ethernet{index // 48 + 1}/{index % 48 + 1}": {
                "tag": f"CAM-{number * ENDPOINTS + index:05}",
                "place": f"rue {number + 1} {index + 1}",
                "model": "dome-4k",
            }
            for index in range(ENDPOINTS)
        }
        for number, name in enumerate(names)
    }
