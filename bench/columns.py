"""The columns of ``load_target.py`` for both sides: a table file of Moulin's and a module of snmp_exporter's.

Both read the same rows, name ports by ifName, ifDescr and ifAlias and sensors by entPhysicalName, and show
the same number of series.
"""

from __future__ import annotations

from typing import Any

import yaml

from bench.load_target import (
    AUTH_PASSWORD,
    COMMUNITY,
    ENTITY_ENTRY,
    ENTITY_NAME,
    IF_COLUMNS,
    IF_ENTRY,
    IFX_COLUMNS,
    IFX_ENTRY,
    PRIV_PASSWORD,
    SENSOR_COLUMNS,
    SENSOR_ENTRY,
    USER,
)

_TEXTS = {(IF_ENTRY, 2): "ifDescr", (IF_ENTRY, 6): "ifPhysAddress", (IFX_ENTRY, 1): "ifName"}
_TEXTS |= {(IFX_ENTRY, 18): "ifAlias", (ENTITY_ENTRY, ENTITY_NAME): "entPhysicalName"}
_COUNTERS = {(IF_ENTRY, column) for column in (13, 14, 15, 19, 20)}
_COUNTERS |= {(IFX_ENTRY, column) for column in range(6, 14)}
_TABLES = (
    (IF_ENTRY, IF_COLUMNS, "if"),
    (IFX_ENTRY, IFX_COLUMNS, "ifx"),
    (SENSOR_ENTRY, SENSOR_COLUMNS, "sensor"),
)
_PORT_LABELS = ("ifName", "ifDescr", "ifAlias")


def name_column(entry: str, column: int, word: str) -> str:
    return _TEXTS.get((entry, column)) or f"{word}Column{column}"


def table_file() -> str:
    """The YAML of Moulin's table."""
    metrics: list[dict[str, Any]] = []
    ports: list[dict[str, Any]] = []
    sensors: list[dict[str, Any]] = []
    for entry, columns, word in _TABLES:
        found: dict[str, dict[str, Any]] = {}
        for column in columns:
            cell: dict[str, Any] = {"number": column}
            if (entry, column) not in _TEXTS:
                counts = (entry, column) in _COUNTERS
                metric = f"net_bench_{word}_{column}" + ("_total" if counts else "")
                labels = ["sensor"] if word == "sensor" else [label.lower() for label in _PORT_LABELS]
                kind = "counter" if counts else "gauge"
                metrics.append({"name": metric, "help": f"column {column}", "kind": kind, "labels": labels})
                cell["metric"] = metric
            found[name_column(entry, column, word)] = cell
        (sensors if word == "sensor" else ports).append({"entry": entry, "columns": found})
    sensors.insert(0, {"entry": ENTITY_ENTRY, "columns": {"entPhysicalName": {"number": ENTITY_NAME}}})
    port_labels = {label.lower(): [label] for label in _PORT_LABELS}
    groups = [
        {"group": "bench-ports", "about": "ports", "index_labels": port_labels, "tables": ports},
        {
            "group": "bench-sensors",
            "about": "sensors",
            "index_labels": {"sensor": ["entPhysicalName"]},
            "tables": sensors,
        },
    ]
    groups[0]["scalars"] = {"sysUpTime": {"oid": "1.3.6.1.2.1.1.3"}}
    return yaml.safe_dump({"metrics": metrics, "groups": groups}, sort_keys=False)


def exporter_file(repetitions: int) -> str:
    """The snmp.yml of snmp_exporter 0.21: modules ``v2c`` and ``v3``."""
    metrics: list[dict[str, Any]] = [
        {"name": "sysUpTime", "oid": "1.3.6.1.2.1.1.3", "type": "gauge", "help": "uptime"}
    ]
    for entry, columns, word in _TABLES:
        index = "entPhysicalIndex" if word == "sensor" else "ifIndex"
        named = {"entPhysicalName": f"{ENTITY_ENTRY}.{ENTITY_NAME}"}
        if word != "sensor":
            named = {"ifName": f"{IFX_ENTRY}.1", "ifDescr": f"{IF_ENTRY}.2", "ifAlias": f"{IFX_ENTRY}.18"}
        lookups = [
            {"labels": [index], "labelname": label, "oid": oid, "type": "DisplayString"}
            for label, oid in named.items()
        ]
        metrics += [
            {
                "name": name_column(entry, column, word),
                "oid": f"{entry}.{column}",
                "type": "counter" if (entry, column) in _COUNTERS else "gauge",
                "help": f"column {column}",
                "indexes": [{"labelname": index, "type": "gauge"}],
                "lookups": lookups,
            }
            for column in columns
            if (entry, column) not in _TEXTS
        ]
    module = {
        "walk": [IF_ENTRY, IFX_ENTRY, f"{ENTITY_ENTRY}.{ENTITY_NAME}", SENSOR_ENTRY],
        "get": ["1.3.6.1.2.1.1.3.0"],
        "metrics": metrics,
        "max_repetitions": repetitions,
        "retries": 3,
        "timeout": "5s",
    }
    user = {
        "security_level": "authPriv",
        "username": USER,
        "password": AUTH_PASSWORD,
        "auth_protocol": "SHA",
        "priv_protocol": "AES",
        "priv_password": PRIV_PASSWORD,
    }
    modules = {
        "v2c": {**module, "version": 2, "auth": {"community": COMMUNITY}},
        "v3": {**module, "version": 3, "auth": user},
    }
    return yaml.safe_dump(modules, sort_keys=False)
