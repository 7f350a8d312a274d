"""Decoders on hand-made columns: the gotchas that no recording shows."""

from __future__ import annotations

from typing import Any

import pytest

from agent import metrics as m
from agent.collect.decode_host import decode_host
from agent.collect.decode_neighbors import decode_lldp
from agent.collect.decode_ports import decode_cores, decode_down_reason, decode_error_disabled
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


def test_four_thresholds_alike_are_taken_in_their_order() -> None:
    """The N5K writes the severity of the threshold that is crossed on all four rows of an optic."""
    rows = {at(7, number): value for number, value in enumerate((1997, -1001, -13979, -9913), 1)}
    found = list(
        decode_sensors(
            reading(
                "n5k",
                entSensorType={at(7): 14},
                entSensorScale={at(7): 8},
                entSensorValue={at(7): -9871},
                entPhysicalName={at(7): b"rx"},
                entSensorThresholdValue=dict(rows),
                entSensorThresholdSeverity=dict.fromkeys(rows, 10),
                entSensorThresholdRelation=dict.fromkeys(rows, 1),
            )
        )
    )
    assert values(found, m.SENSOR_THRESHOLD) == {
        ("rx", "", "high-alarm"): 1.997,
        ("rx", "", "high-warning"): -1.001,
        ("rx", "", "low-alarm"): -13.979,
        ("rx", "", "low-warning"): -9.913,
    }
    assert values(found, m.SENSOR_MARGIN) == {("rx", ""): pytest.approx(0.042)}


def test_watts_of_ios_xr_are_light_in_dbm() -> None:
    def light(value: int, platform: str = "iosxr") -> list[Sample]:
        columns = {"entSensorType": 6, "entSensorScale": 7, "entSensorPrecision": 1, "entSensorValue": value}
        named = reading(
            platform,
            entPhysicalName={at(7): b"Optics0/0/0/1 Rx Power"},
            **{name: {at(7): number} for name, number in columns.items()},
        )
        return list(decode_sensors(named))

    assert values(light(5012), m.SENSOR_DBM) == {
        ("Optics0/0/0/1 Rx Power", ""): pytest.approx(-3.0, abs=0.001)
    }
    assert values(light(0), m.SENSOR_DBM) == {}
    assert values(light(5012, "nxos"), m.SENSOR_WATTS) == {("Optics0/0/0/1 Rx Power", ""): 0.0005012}


def test_a_chassis_total_on_every_supply_is_counted_once() -> None:
    def power(drawn: tuple[int, int], states: tuple[int, int] = (2, 2)) -> float:
        both = (at(470), at(471))
        found = decode_power(
            reading(
                cefcPowerUnits=dict.fromkeys(both, b"CentiAmps @ 12V"),
                cefcTotalAvailableCurrent=dict.fromkeys(both, 5000),
                cefcTotalDrawnCurrent=dict(zip(both, drawn, strict=True)),
                cefcFRUPowerOperStatus=dict(zip(both, states, strict=True)),
                entPhysicalClass=dict.fromkeys(both, 6),
            )
        )
        return values(list(found), m.DEVICE_POWER)[()]

    assert power((1387, 1337)) == pytest.approx(326.88)  # two shares
    assert power((6000, 6000)) == pytest.approx(720)  # more than one supply can give: the total, twice
    assert power((1000, 1000), (2, 8)) == pytest.approx(120)  # a dead supply draws nothing: the total, twice
    assert power((1000, 0), (2, 8)) == pytest.approx(120)


def test_modules_by_their_own_table_and_by_power() -> None:
    found = list(
        decode_power(
            reading(
                cefcFRUPowerOperStatus={at(22): 2, at(23): 2, at(24): 8},
                entPhysicalClass={at(22): 9, at(23): 9, at(24): 9},
                entPhysicalName={at(22): b"one", at(23): b"two", at(24): b"three"},
                cefcModuleOperStatus={at(22): 2, at(23): 7},
            )
        )
    )
    assert values(found, m.MODULE_UP) == {("one",): 1, ("two",): 0, ("three",): 0}


def test_redundancy_that_is_configured_and_lost() -> None:
    found = list(
        decode_power(
            reading(
                cefcPowerUnits={at(1): b"Watts", at(2): b"Watts", at(3): b"Watts"},
                cefcPowerRedundancyMode={at(1): 2, at(2): 5, at(3): 3},
                cefcPowerRedundancyOperMode={at(1): 2, at(2): 4, at(3): 3},
            )
        )
    )
    assert values(found, m.POWER_REDUNDANCY) == {("supply 1",): 1, ("supply 2",): 0}


def test_reasons_are_words_of_a_closed_list() -> None:
    found = list(
        decode_down_reason(
            reading(
                ifName={at(1): b"a", at(2): b"b", at(3): b"c"},
                cieIfOperStatusCause={at(1): 2, at(2): 155, at(3): 9999, at(4): 12},
            )
        )
    )
    assert values(found, m.INTERFACE_DOWN_REASON) == {("b", "sfp-absent"): 1, ("c", "cause-9999"): 1}
    found = list(
        decode_error_disabled(
            reading(
                ifName={at(10101): b"Gi1/0/1"},
                cErrDisableIfStatusCause={at(10101, 0): 2, at(10101, 30): 14, at(7, 0): 2},
            )
        )
    )
    assert values(found, m.INTERFACE_ERROR_DISABLED) == {
        ("Gi1/0/1", "", "bpdu-guard"): 1,
        ("Gi1/0/1", "30", "storm-control"): 1,
    }


def test_core_files_are_counted() -> None:
    assert values(list(decode_cores(reading())), m.CORE_FILES) == {(): 0}
    assert values(list(decode_cores(reading(cseSwCoresPID={at(1): 5, at(2): 6}))), m.CORE_FILES) == {(): 2}


def test_a_plain_agent_tells_its_load() -> None:
    ram, disk = (ObjectId(encode_oid(f"1.3.6.1.2.1.25.2.1.{n}")) for n in (2, 4))
    found = list(
        decode_host(
            reading(
                hrProcessorLoad={at(1): 10, at(2): 50},
                hrStorageType={at(1): disk, at(2): ram, at(3): ram},
                hrStorageSize={at(1): 100, at(2): 400, at(3): 10},
                hrStorageUsed={at(1): 90, at(2): 100, at(3): 9},
            )
        )
    )
    assert values(found, m.CPU_RATIO) == {(): 0.3}
    assert values(found, m.MEMORY_RATIO) == {(): 0.25}


def test_memory_pools_of_one_name_stay_apart() -> None:
    found = list(
        decode_load(
            reading(
                cempMemPoolHCUsed={at(1, 1): 2**33, at(1, 2): 5},
                cempMemPoolHCFree={at(1, 1): 7},
                cempMemPoolUsed={at(1, 1): 1},
                cempMemPoolName={at(1, 1): b"Processor", at(1, 2): b"Processor"},
            )
        )
    )
    assert values(found, m.MEMORY_POOL_USED) == {("Processor",): 2**33, ("Processor 1.2",): 5}
    assert values(found, m.MEMORY_POOL_FREE) == {("Processor",): 7}
