"""Power over Ethernet: which port a (group, port) is, and what its columns become."""

from __future__ import annotations

import re

from agent.collect.columns import Columns
from agent.collect.snmp.ber import ObjectId, Row, Value, encode_numbers, encode_oid
from agent.collect.straight import Straight
from agent.collect.tables.load import standard_tables

GROUPS = standard_tables().groups
POE = next(group for group in GROUPS if group.name == "poe")
OIDS = {column.name: column.oid for group in GROUPS for column in group.columns}
ETHERNET1 = ObjectId(encode_oid("1.3.6.1.2.1.2.2.1.1.1"))


def at(*numbers: int) -> bytes:
    return encode_numbers(numbers)


class Switch:
    """The PoE columns of a switch, poll by poll."""

    def __init__(self) -> None:
        self.straight, self.columns = Straight(POE, "sw"), Columns()

    def fill(self, **columns: dict[bytes, Value]) -> dict[tuple[str, ...], float]:
        """Values by (metric, labels after the device)."""
        rows: dict[str, list[Row]] = {
            name: [(OIDS[name] + index, value) for index, value in values.items()]
            for name, values in columns.items()
        }
        for name, found in rows.items():
            self.columns.put(name, len(OIDS[name]), found)
        families = self.straight.fill(rows, self.columns)
        return {
            (name.removeprefix("net_poe_"), *re.findall(r'="([^"]*)"', series)[1:]): value
            for name, family in families.items()
            for series, value in family.items()
        }


def test_ports_by_alias_by_entity_name_and_by_number() -> None:
    found = Switch().fill(
        ifName={at(1): b"Ethernet1/1", at(2): b"Ethernet1/2", at(3): b"Ethernet1/3", at(9): b"Vlan1"},
        entAliasMappingIdentifier={at(71, 0): ETHERNET1},
        entPhysicalName={at(72): b"Ethernet1/2"},
        cpeExtPsePortEntPhyIndex={at(1, 1): 71, at(1, 2): 72, at(1, 3): 0, at(1, 99): 0},
        cpeExtPsePortPwrConsumption={at(1, 1): 4900, at(1, 2): 0, at(1, 3): 1, at(1, 99): 5},
        pethPsePortDetectionStatus={at(1, 1): 3, at(1, 2): 2, at(1, 3): 3},
        pethPsePortPowerClassifications={at(1, 1): 4, at(1, 2): 1, at(1, 3): 9},
    )
    assert found == {
        ("port_watts", "Ethernet1/1"): 4.9,
        ("port_watts", "Ethernet1/2"): 0,
        ("port_watts", "Ethernet1/3"): 0.001,
        ("port_delivering", "Ethernet1/1"): 1,
        ("port_delivering", "Ethernet1/2"): 0,
        ("port_delivering", "Ethernet1/3"): 1,
        ("port_fault", "Ethernet1/1"): 0,
        ("port_fault", "Ethernet1/2"): 0,
        ("port_fault", "Ethernet1/3"): 0,
        ("port_class", "Ethernet1/1"): 3,
    }


def test_mishaps_faults_and_groups() -> None:
    found = Switch().fill(
        ifName={at(1): b"Ethernet1/1"},
        pethPsePortDetectionStatus={at(1, 1): 4},
        pethPsePortAdminEnable={at(1, 1): 2},
        pethPsePortPowerDeniedCounter={at(1, 1): 7},
        pethPsePortOverLoadCounter={at(1, 1): 0},
        cpeExtPsePortPwrAllocated={at(1, 1): 15400},
        pethMainPsePower={at(1): 740},
        pethMainPseOperStatus={at(1): 3},
    )
    assert found == {
        ("port_delivering", "Ethernet1/1"): 0,
        ("port_fault", "Ethernet1/1"): 1,
        ("port_enabled", "Ethernet1/1"): 0,
        ("port_events_total", "Ethernet1/1", "denied"): 7,
        ("port_events_total", "Ethernet1/1", "overload"): 0,
        ("port_allocated_watts", "Ethernet1/1"): 15.4,
        ("budget_watts", "1"): 740,
        ("group_up", "1"): 0,
    }


def test_a_port_that_begins_to_deliver_gets_its_class_and_new_names_are_taken() -> None:
    switch = Switch()
    ports = {"ifName": {at(1): b"Ethernet1/1"}, "pethPsePortPowerClassifications": {at(1, 1): 5}}
    assert ("port_class", "Ethernet1/1") not in switch.fill(**ports, pethPsePortDetectionStatus={at(1, 1): 2})
    found = switch.fill(**ports, pethPsePortDetectionStatus={at(1, 1): 3})
    assert found["port_class", "Ethernet1/1"] == 4
    moved = switch.fill(
        ifName={at(1): b"Ethernet2/1"}, pethPsePortDetectionStatus={at(1, 1): 3}, pethMainPsePower={at(1): 1}
    )
    assert moved == {("budget_watts", "1"): 1}  # group 1 has no port 1 any more: not guessed
