"""Decoders on hand-made columns: the gotchas that no recording shows."""

from __future__ import annotations

from typing import Any

import pytest

from agent import metrics as m
from agent.collect.decode_neighbors import decode_lldp
from agent.collect.decode_poe import decode_poe
from agent.collect.decode_power import decode_power, watts_per_unit
from agent.collect.decode_sensors import decode_sensors
from agent.collect.decode_system import decode_config, decode_load, decode_system
from agent.collect.reading import Reading
from agent.collect.snmp.ber import ObjectId, Value, encode_numbers, encode_oid
from agent.metrics import Sample


def at(*numbers: int) -> bytes:
    return encode_numbers(numbers)


def reading(platform: str = "nxos", **columns: dict[bytes, Value]) -> Reading:
    return Reading("sw", platform, columns=columns)


def values(samples: list[Sample], metric: m.Metric) -> dict[tuple[str, ...], float]:
    return {sample.labels[1:]: sample.value for sample in samples if sample.metric is metric}


def sensor(kind: int, scale: int, precision: int, value: int, **odd: Any) -> list[Sample]:
    platform, status = odd.get("platform", "nxos"), odd.get("status", 1)
    return list(
        decode_sensors(
            reading(
                platform,
                entSensorType={at(7): kind},
                entSensorScale={at(7): scale},
                entSensorPrecision={at(7): precision},
                entSensorValue={at(7): value},
                entSensorStatus={at(7): status},
                entPhysicalName={at(7): b"probe"},
            )
        )
    )


@pytest.mark.parametrize(
    ("raw", "metric", "real"),
    [
        pytest.param((8, 9, 0, 31), m.SENSOR_CELSIUS, 31, id="chassis"),
        pytest.param((8, 8, 0, 45542), m.SENSOR_CELSIUS, 45.542, id="optic"),
        pytest.param((5, 7, 0, 20116), m.SENSOR_AMPERES, 0.020116, id="bias-in-micro"),
        pytest.param((14, 8, 0, -13187), m.SENSOR_DBM, -13.187, id="light"),
        pytest.param((14, 9, 1, -48), m.SENSOR_DBM, -4.8, id="ios-xe-precision"),
        pytest.param((10, 9, 0, 5400), m.SENSOR_RPM, 5400, id="fan"),
        pytest.param((6, 10, 0, 2), m.SENSOR_WATTS, 2000, id="kilowatts"),
    ],
)
def test_sensor_scaling(raw: tuple[int, int, int, int], metric: m.Metric, real: float) -> None:
    assert values(sensor(*raw), metric) == {("probe", ""): pytest.approx(real)}


def test_no_light_is_no_reading_and_a_dead_sensor_has_no_value() -> None:
    dark = sensor(14, 8, 0, 0)
    assert values(dark, m.SENSOR_DBM) == {}
    assert values(dark, m.SENSOR_OK) == {("probe", ""): 1}
    dead = sensor(8, 9, 0, 0, status=3)
    assert values(dead, m.SENSOR_CELSIUS) == {}
    assert values(dead, m.SENSOR_OK) == {("probe", ""): 0}


def test_bias_scale_of_the_n5k_only() -> None:
    assert values(sensor(5, 8, 0, 6862, platform="n5k"), m.SENSOR_AMPERES) == {
        ("probe", ""): pytest.approx(0.006862)
    }
    assert values(sensor(5, 8, 0, 20, platform="nxos"), m.SENSOR_AMPERES) == {
        ("probe", ""): pytest.approx(0.02)
    }


@pytest.mark.parametrize("scale", [0, 99, -5])
def test_an_impossible_scale_is_no_sample(scale: int) -> None:
    assert sensor(8, scale, 0, 31) == []


def test_port_of_a_sensor_by_what_contains_it() -> None:
    """Name says nothing; sensor 9 is in transceiver 5, which is in port 3, which is ifIndex 44."""
    alias = ObjectId(encode_oid("1.3.6.1.2.1.2.2.1.1.44"))
    found = list(
        decode_sensors(
            reading(
                entSensorType={at(9): 8},
                entSensorScale={at(9): 9},
                entSensorValue={at(9): 40},
                entPhysicalContainedIn={at(9): 5, at(5): 3, at(3): 0},
                entAliasMappingIdentifier={at(3, 0): alias},
                ifName={at(44): b"Ethernet1/44"},
            )
        )
    )
    assert values(found, m.SENSOR_CELSIUS) == {("sensor 9", "Ethernet1/44"): 40}


def test_a_loop_of_containers_ends() -> None:
    found = list(
        decode_sensors(
            reading(
                entSensorType={at(9): 8},
                entSensorScale={at(9): 9},
                entSensorValue={at(9): 40},
                entPhysicalContainedIn={at(9): 5, at(5): 9},
            )
        )
    )
    assert values(found, m.SENSOR_CELSIUS) == {("sensor 9", ""): 40}


@pytest.mark.parametrize(
    ("units", "watts"),
    [
        ("CentiAmps @ 12V", 0.12),
        ("CentiAmps @ 42V", 0.42),
        ("CentiAmps  @ 12V", 0.12),
        ("milliAmps @ 50.5V", 0.0505),
        ("Amps @ -48V", 48.0),
        ("watts", 1.0),
        ("CentiAmps", None),
        ("", None),
    ],
)
def test_power_units(units: str, watts: float | None) -> None:
    found = watts_per_unit(units)
    assert found == (None if watts is None else pytest.approx(watts))


def test_modules_are_no_supplies_and_unknown_units_give_no_watts() -> None:
    found = list(
        decode_power(
            reading(
                cefcFRUPowerOperStatus={at(22): 2, at(470): 8, at(471): 2},
                entPhysicalClass={at(22): 9, at(470): 6, at(471): 6},
                cefcPowerUnits={at(471): b"bananas"},
                cefcTotalDrawnCurrent={at(471): 100},
                entPhysicalName={at(470): b"PowerSupply-1"},
                cefcFanTrayOperStatus={at(534): 4},
            )
        )
    )
    assert values(found, m.PSU_UP) == {("PowerSupply-1",): 0, ("supply 471",): 1}
    assert values(found, m.PSU_WATTS) == {}
    assert values(found, m.FAN_UP) == {("fan 534",): 0}


def test_poe_ports_by_alias_by_entity_name_and_by_number() -> None:
    found = list(
        decode_poe(
            reading(
                ifName={at(1): b"Ethernet1/1", at(2): b"Ethernet1/2", at(3): b"Ethernet1/3", at(9): b"Vlan1"},
                entAliasMappingIdentifier={at(71, 0): ObjectId(encode_oid("1.3.6.1.2.1.2.2.1.1.1"))},
                entPhysicalName={at(72): b"Ethernet1/2"},
                cpeExtPsePortEntPhyIndex={at(1, 1): 71, at(1, 2): 72, at(1, 3): 0, at(1, 99): 0},
                cpeExtPsePortPwrConsumption={at(1, 1): 4900, at(1, 2): 0, at(1, 3): 1, at(1, 99): 5},
                pethPsePortDetectionStatus={at(1, 1): 3, at(1, 2): 2, at(1, 3): 3},
                pethPsePortPowerClassifications={at(1, 1): 4, at(1, 2): 1, at(1, 3): 9},
            )
        )
    )
    assert values(found, m.POE_WATTS) == {("Ethernet1/1",): 4.9, ("Ethernet1/2",): 0, ("Ethernet1/3",): 0.001}
    assert values(found, m.POE_DELIVERING) == {("Ethernet1/1",): 1, ("Ethernet1/2",): 0, ("Ethernet1/3",): 1}
    assert values(found, m.POE_CLASS) == {("Ethernet1/1",): 3}


def test_lldp_drops_the_time_mark_and_falls_back_to_ids() -> None:
    index = (4_000_000_000, 5, 1)  # a time mark above 2^31, a local port number that is no ifIndex
    found = list(
        decode_lldp(
            reading(
                ifName={at(436207616): b"Ethernet1/1"},
                lldpLocPortId={at(5): b"Ethernet1/1"},
                lldpRemChassisId={at(*index): b"\x00\x1b\x21\x0a\x0b\x0c"},
                lldpRemChassisIdSubtype={at(*index): 4},
                lldpRemPortId={at(*index): b"\x00\x1b\x21\x0a\x0b\x0d"},
                lldpRemPortIdSubtype={at(*index): 3},
            )
        )
    )
    assert values(found, m.NEIGHBOR_INFO) == {("Ethernet1/1", "00:1b:21:0a:0b:0c", "00:1b:21:0a:0b:0d"): 1}


@pytest.mark.parametrize(
    ("scalars", "uptime"),
    [
        ({"sysUpTime": 100, "snmpEngineTime": 50, "cseSysUpTime": 9000}, 9000),
        ({"sysUpTime": 100, "snmpEngineTime": 50}, 50),
        ({"sysUpTime": 150}, 1.5),
        ({}, None),
    ],
)
def test_uptime_by_the_best_clock(scalars: dict[str, Value], uptime: float | None) -> None:
    found = list(decode_system(Reading("sw", scalars=scalars)))
    assert values(found, m.UPTIME).get(()) == uptime


def test_load_prefers_the_five_minute_mean_and_drops_nonsense() -> None:
    busy = Reading(
        "sw",
        scalars={"cseSysCPUUtilization": 90, "cseSysMemoryUtilization": 300},
        columns={
            "cpmCPUTotal5minRev": {at(1): 12, at(2): 30},
            "cpmCPUMemoryUsed": {at(1): 300},
            "cpmCPUMemoryFree": {at(1): 100},
        },
    )
    found = list(decode_load(busy))
    assert values(found, m.CPU_RATIO) == {(): 0.3}
    assert values(found, m.MEMORY_RATIO) == {(): 0.75}


def test_a_device_without_change_clocks_has_none() -> None:
    assert list(decode_config(Reading("sw"))) == []
