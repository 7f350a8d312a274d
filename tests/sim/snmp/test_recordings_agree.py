"""Recordings of real devices, polled over UDP: our export agrees with another NMS and with the raw OIDs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent import metrics as m
from agent.collect.poll import Poll
from agent.collect.tables.load import standard_tables
from agent.metrics import Metric

Raw = dict[str, dict[str, str]]
Polled = dict[str, Poll]

FX3, FX2 = "nxos_n9k-c93180yc-fx3", "nxos_lag-mib"
N5K, CATALYST, C9300 = "network_switch_cisco-n5000-uk9", "ios_2960x", "iosxe_c9300"
AXIS = ("axiscam_box", "axiscam_p1455-le")
PORTED = (FX3, FX2, CATALYST, C9300, *AXIS)

IF_NAME, IF_DESCR = "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.2"
SENSOR = "1.3.6.1.4.1.9.9.91.1.1.1.1"
THRESHOLD = "1.3.6.1.4.1.9.9.91.1.2.1.1"
ENTITY_NAME = "1.3.6.1.2.1.47.1.1.1.1.7"


def series_of(poll: Poll, metric: Metric) -> dict[str, float]:
    return poll.page.families.get(metric.name, {})


def column(raw: dict[str, str], oid: str) -> dict[str, str]:
    return {key[len(oid) + 1 :]: value for key, value in raw.items() if key.startswith(oid + ".")}


def test_every_recorded_device_polls_without_error(polled: Polled, recordings: dict[str, Path]) -> None:
    assert polled.keys() == recordings.keys()
    for name, poll in polled.items():
        assert (name, poll.success, poll.problem, poll.partial) == (name, True, "", ())


@pytest.mark.parametrize(
    ("name", "platform", "model", "release"),
    [
        (FX3, "nxos", "C93180YC-FX3", "10.5(2)"),
        (FX2, "nxos", "C9336C-FX2", "10.2(3)"),
        ("nxos_n9000-9.3.9", "nxos", "C93180YC-FX3", "9.3(9)"),
        (N5K, "n5k", "n5000", "6.0(2)N2(3)"),
        (CATALYST, "ios", "C2960X", "15.0(2a)EX5"),
        (C9300, "iosxe", "CAT9K_IOSXE", "16.6.7"),
        ("axiscam_box", "axis", "AXIS Q1656", "10.12.240"),
        ("apc_smart1500", "apc", "AP9631", "7.1.2"),
    ],
)
def test_devices_are_recognised(polled: Polled, name: str, platform: str, model: str, release: str) -> None:
    assert polled[name].platform == platform
    (info,) = series_of(polled[name], m.DEVICE_INFO)
    assert f'model="{model}",release="{release}"' in info


@pytest.mark.parametrize("name", PORTED)
def test_ports_agree_with_the_other_nms(
    polled: Polled, expected: dict[str, Any], raw: Raw, name: str
) -> None:
    page = polled[name].page
    ports = expected[name]["ports"]["poller"]["ports"]
    assert len(ports) > 1
    for port in ports:
        place = (name, port["ifName"])
        assert page.value(m.INTERFACE_UP, *place) == int(port["ifOperStatus"] == "up"), place
        assert page.value(m.INTERFACE_ADMIN_UP, *place) == int(port["ifAdminStatus"] == "up"), place
        speed = page.value(m.INTERFACE_SPEED, *place)
        if speed is not None and port["ifSpeed"] is not None:
            assert speed * 8 == port["ifSpeed"], place
        for metric, key in (
            (m.INTERFACE_RX_BYTES, "ifInOctets"),
            (m.INTERFACE_TX_BYTES, "ifOutOctets"),
            (m.INTERFACE_RX_ERRORS, "ifInErrors"),
            (m.INTERFACE_TX_ERRORS, "ifOutErrors"),
            (m.INTERFACE_RX_DISCARDS, "ifInDiscards"),
        ):
            value = page.value(metric, *place)
            # where a row is missing from the recording, the other NMS writes 0 and we write nothing
            assert value == port[key] or (value is None and not port[key]), (place, key)


@pytest.mark.parametrize("name", [*PORTED, N5K])
@pytest.mark.parametrize(
    ("metric", "source"),
    [
        (m.INTERFACE_RX_BYTES, ("1.3.6.1.2.1.31.1.1.1.6", (), 1)),
        (m.INTERFACE_TX_BYTES, ("1.3.6.1.2.1.31.1.1.1.10", (), 1)),
        (m.INTERFACE_RX_PACKETS, ("1.3.6.1.2.1.31.1.1.1.8", ("multicast",), 1)),
        (m.INTERFACE_TX_PACKETS, ("1.3.6.1.2.1.31.1.1.1.13", ("broadcast",), 1)),
        (m.INTERFACE_TX_DISCARDS, ("1.3.6.1.2.1.2.2.1.19", (), 1)),
        (m.INTERFACE_MTU, ("1.3.6.1.2.1.2.2.1.4", (), 1)),
        (m.INTERFACE_LAST_CHANGE, ("1.3.6.1.2.1.2.2.1.9", (), 0.01)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_port_values_are_the_raw_ones(
    polled: Polled, raw: Raw, name: str, metric: Metric, source: tuple[str, tuple[str, ...], float]
) -> None:
    oid, labels, factor = source
    names = column(raw[name], IF_DESCR) | column(raw[name], IF_NAME)
    values = {
        names[index]: float(value) for index, value in column(raw[name], oid).items() if names.get(index)
    }
    assert len(series_of(polled[name], metric)) >= len(values)
    for port, value in values.items():
        found = polled[name].page.value(metric, name, port, *labels)
        assert found == pytest.approx(value * factor, abs=0.005), port


def test_every_port_of_the_n5k_is_there(polled: Polled, raw: Raw) -> None:
    oper = column(raw[N5K], "1.3.6.1.2.1.2.2.1.8")
    names = column(raw[N5K], IF_NAME)
    up = {names[index] for index, value in oper.items() if value == "1"}
    page = polled[N5K].page
    assert {name for name in names.values() if page.value(m.INTERFACE_UP, N5K, name) == 1} == up
    assert len(up) > 10


UNITS = {
    "temperature": m.SENSOR_CELSIUS,
    "voltage": m.SENSOR_VOLTS,
    "current": m.SENSOR_AMPERES,
    "dbm": m.SENSOR_DBM,
}
BOUNDS = {
    "sensor_limit": "high-alarm",
    "sensor_limit_warn": "high-warning",
    "sensor_limit_low": "low-alarm",
    "sensor_limit_low_warn": "low-warning",
}


@pytest.mark.parametrize("name", [FX3, CATALYST])
def test_sensors_agree_with_the_other_nms(
    polled: Polled, expected: dict[str, Any], raw: Raw, name: str
) -> None:
    page = polled[name].page
    entities = column(raw[name], ENTITY_NAME)
    sensors = [
        one
        for one in expected[name]["sensors"]["discovery"]["sensors"]
        if one["sensor_type"] == "cisco-entity-sensor"
    ]
    assert len(sensors) >= 10
    for sensor in sensors:
        metric, entity = UNITS[sensor["sensor_class"]], entities[sensor["sensor_index"]]
        values = {
            series: value
            for series, value in series_of(polled[name], metric).items()
            if f'sensor="{entity}"' in series
        }
        if metric is m.SENSOR_DBM and sensor["sensor_current"] == 0:
            assert not values, f"{entity}: a dark lane is not 0 dBm"
            continue
        ((series, value),) = values.items()
        assert value == pytest.approx(sensor["sensor_current"], rel=1e-3), series
        for key, bound in BOUNDS.items():
            limit = sensor[key]
            found = [
                known
                for one, known in series_of(polled[name], m.SENSOR_THRESHOLD).items()
                if f'sensor="{entity}"' in one and f'bound="{bound}"' in one
            ]
            if found == [0] and limit == -1:
                continue  # the raw threshold is 0; the other NMS avoids limits of 0
            if found and limit is not None:
                assert found == [pytest.approx(limit, rel=1e-3, abs=1e-6)], (entity, bound)
    assert page.value(m.SENSOR_OK, name, entity, port_of(entity)) == 1


def port_of(entity: str) -> str:
    first = entity.split(" ", 1)[0]
    return first if "/" in first else ""


def test_optics_of_the_fx3_belong_to_their_ports(polled: Polled, raw: Raw) -> None:
    values, names = column(raw[FX3], f"{SENSOR}.4"), column(raw[FX3], ENTITY_NAME)
    index = next(i for i, name in names.items() if name.endswith("Lane 1 Transceiver Voltage Sensor"))
    port = names[index].split(" ")[0]
    volts = polled[FX3].page.value(m.SENSOR_VOLTS, FX3, names[index], port)
    assert volts == pytest.approx(int(values[index]) / 1000)
    chassis = [one for one in series_of(polled[FX3], m.SENSOR_CELSIUS) if 'interface=""' in one]
    assert len(chassis) == 4


def test_n5k_optics_are_scaled_and_named_as_they_are_meant(polled: Polled, raw: Raw) -> None:
    """Type says volts AC, scale says amperes, no entity names them: quirks that monitoring has to know."""
    values = column(raw[N5K], f"{SENSOR}.4")
    page = polled[N5K].page

    def value(metric: Metric, what: str) -> float | None:
        return page.value(metric, N5K, f"Ethernet1/1 Transceiver {what} Sensor", "Ethernet1/1")

    assert value(m.SENSOR_VOLTS, "Voltage") == pytest.approx(int(values["25816"]) / 1000) == 3.243
    assert value(m.SENSOR_AMPERES, "Bias Current") == pytest.approx(int(values["25818"]) / 1e6) == 0.006862
    assert value(m.SENSOR_DBM, "Transmit Power") == pytest.approx(-2.146)
    assert value(m.SENSOR_DBM, "Receive Power") == pytest.approx(int(values["25828"]) / 1000)
    assert value(m.SENSOR_CELSIUS, "Temperature") == pytest.approx(53.222)
    assert page.value(m.SENSOR_CELSIUS, N5K, "Module-1, Outlet", "") == 41
    bounds = {
        series.rsplit('bound="', 1)[1][:-3]: value
        for series, value in series_of(polled[N5K], m.SENSOR_THRESHOLD).items()
        if 'sensor="Ethernet1/1 Transceiver Voltage Sensor"' in series
    }
    assert bounds == pytest.approx(
        {"high-alarm": 3.63, "high-warning": 3.465, "low-alarm": 2.97, "low-warning": 3.135}
    )


def test_light_comes_in_where_n5k_ports_are_up(polled: Polled) -> None:
    """What the naming of nameless optics rests on."""
    lit = [one for one in series_of(polled[N5K], m.SENSOR_DBM) if "Receive Power" in one]
    ports = {one.split('interface="', 1)[1].split('"')[0] for one in lit}
    page = polled[N5K].page
    assert len(ports) == len(lit) == 15
    assert all(page.value(m.INTERFACE_UP, N5K, port) == 1 for port in ports)


def test_every_sensor_value_is_its_raw_one_scaled(polled: Polled, raw: Raw) -> None:
    for name in (FX3, CATALYST, N5K):
        rows = column(raw[name], f"{SENSOR}.4")
        assert len(series_of(polled[name], m.SENSOR_OK)) >= len(rows)
        made = sum(len(series_of(polled[name], metric)) for metric in UNITS.values())
        types = column(raw[name], f"{SENSOR}.1")
        dark = sum(types[index] == "14" and value == "0" for index, value in rows.items())
        extra = len(column(raw[name], "1.3.6.1.4.1.9.9.13.1.3.1.3"))  # temperatures of the environment MIB
        assert made == len(rows) - dark + extra


def test_poe_of_the_catalyst_is_in_watts_on_its_ports(polled: Polled, raw: Raw) -> None:
    milliwatts = column(raw[CATALYST], "1.3.6.1.4.1.9.9.402.1.2.1.9")
    entities = column(raw[CATALYST], "1.3.6.1.4.1.9.9.402.1.2.1.11")
    aliases = column(raw[CATALYST], "1.3.6.1.2.1.47.1.3.2.1.2")
    names = column(raw[CATALYST], IF_NAME)
    page = polled[CATALYST].page
    assert len(milliwatts) == 120
    for index, value in milliwatts.items():
        port = names[aliases[f"{entities[index]}.0"].rsplit(".", 1)[1]]
        assert page.value(m.POE_WATTS, CATALYST, port) == int(value) / 1000
    assert page.value(m.POE_BUDGET, CATALYST, "1") == 370
    assert page.value(m.POE_USED, CATALYST, "1") == 115


def test_poe_totals_agree_with_the_other_nms(polled: Polled, expected: dict[str, Any]) -> None:
    sensors = expected[CATALYST]["sensors"]["discovery"]["sensors"]
    power = {one["sensor_oid"]: one["sensor_current"] for one in sensors if one["sensor_class"] == "power"}
    page = polled[CATALYST].page
    assert page.value(m.POE_BUDGET, CATALYST, "1") == power[".1.3.6.1.2.1.105.1.3.1.1.2.1"]
    assert page.value(m.POE_USED, CATALYST, "1") == power[".1.3.6.1.2.1.105.1.3.1.1.4.1"]


def test_supplies_and_fans(polled: Polled, expected: dict[str, Any]) -> None:
    n5k, fx3, catalyst = polled[N5K].page, polled[FX3].page, polled[CATALYST].page
    assert n5k.value(m.PSU_WATTS, N5K, "PowerSupply-1") == pytest.approx(166.44)
    assert n5k.value(m.PSU_WATTS, N5K, "PowerSupply-2") == pytest.approx(160.44)
    assert n5k.value(m.PSU_CAPACITY, N5K, "PowerSupply-1") == pytest.approx(780)
    assert fx3.value(m.PSU_UP, FX3, "PowerSupply-2") == 1
    trays = [
        one
        for one in expected[FX3]["sensors"]["discovery"]["sensors"]
        if one["sensor_type"] == "cefcFanTrayOperStatus"
    ]
    assert sorted(series_of(polled[FX3], m.FAN_UP).values()) == [
        int(one["sensor_current"] == 2) for one in trays
    ]
    assert catalyst.value(m.FAN_UP, CATALYST, "Switch#1, Fan#1") == 1
    assert catalyst.value(m.PSU_UP, CATALYST, "Sw3, PS1") == 1


def test_load_uptime_and_configuration_of_the_n5k(polled: Polled, raw: Raw) -> None:
    page = polled[N5K].page
    cpu = column(raw[N5K], "1.3.6.1.4.1.9.9.109.1.1.1.1.8")
    assert page.value(m.CPU_RATIO, N5K) == int(cpu["1"]) / 100
    assert page.value(m.MEMORY_RATIO, N5K) == 0.29
    assert page.value(m.UPTIME, N5K) == int(raw[N5K]["1.3.6.1.4.1.9.9.305.1.1.10.0"])
    assert page.value(m.CONFIG_CHANGED, N5K) == pytest.approx(34454655.98)
    assert page.value(m.CONFIG_SAVED, N5K) == pytest.approx(34456447.40)


def test_processor_and_memory_of_the_catalyst(polled: Polled, expected: dict[str, Any]) -> None:
    page = polled[CATALYST].page
    (cpu,) = expected[CATALYST]["processors"]["discovery"]["processors"]
    pool = next(
        one
        for one in expected[CATALYST]["mempools"]["discovery"]["mempools"]
        if one["mempool_descr"].startswith("Processor")
    )
    assert page.value(m.CPU_RATIO, CATALYST) == cpu["processor_usage"] / 100
    assert page.value(m.MEMORY_RATIO, CATALYST) == pytest.approx(pool["mempool_perc"] / 100, abs=0.005)


def test_neighbours_of_the_n5k(polled: Polled, raw: Raw) -> None:
    rows = column(raw[N5K], "1.0.8802.1.1.2.1.4.1.1.9")
    names = column(raw[N5K], IF_NAME)
    found = series_of(polled[N5K], m.NEIGHBOR_INFO)
    assert len(found) == len(rows) == 11
    for index, neighbor in rows.items():
        port = names[index.split(".")[1]]
        assert any(f'interface="{port}",neighbor="{neighbor}"' in series for series in found), port


@pytest.mark.parametrize("name", AXIS)
def test_camera_temperatures(polled: Polled, expected: dict[str, Any], name: str) -> None:
    sensors = expected[name]["sensors"]["discovery"]["sensors"]
    wanted = sorted(one["sensor_current"] for one in sensors if one["sensor_class"] == "temperature")
    assert sorted(series_of(polled[name], m.SENSOR_CELSIUS).values()) == wanted


def test_groups_yield_only_what_their_tables_declare(polled: Polled) -> None:
    """The generated reference names sources by these declarations."""
    declared = {metric.name for group in standard_tables().groups for metric in group.makes}
    seen = {family for poll in polled.values() for family in poll.page.families if family.startswith("net_")}
    assert seen <= declared
    assert len(seen) > 30
