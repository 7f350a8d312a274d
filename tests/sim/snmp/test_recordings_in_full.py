"""All nine recordings against all that another NMS (LibreNMS) made of them, row by row.

Each of its rows must have a series of ours with the same value, each of our series of that kind a row of it;
what differs stands in a table with the reason, and a line of it that nothing needs is a failure too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from agent import metrics as m
from agent.collect.poll import Poll
from agent.metrics import Metric

Columns = dict[str, str]
Raw = dict[str, Columns]

FX3, FX2, N5K = "nxos_n9k-c93180yc-fx3", "nxos_lag-mib", "network_switch_cisco-n5000-uk9"
CATALYST, C9300, APC = "ios_2960x", "iosxe_c9300", "apc_smart1500"
AXIS = ("axiscam_box", "axiscam_p1455-le")
ALL = (FX3, FX2, N5K, CATALYST, C9300, APC, *AXIS, "nxos_n9000-9.3.9")

ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
IF_ENTRY, IF_NAME = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1.1"
SENSOR, THRESHOLD = "1.3.6.1.4.1.9.9.91.1.1.1.1", "1.3.6.1.4.1.9.9.91.1.2.1.1"


def column(raw: Columns, oid: str) -> Columns:
    return {key[len(oid) + 1 :]: value for key, value in raw.items() if key.startswith(oid + ".")}


@dataclass(frozen=True)
class Rule:
    """How a row of the other NMS, known by its OID, stands on our page."""

    metric: Metric
    value: Callable[[float], float] = float
    names: str = ""
    """Column whose text, at the row's index, is one of our labels."""
    labels: tuple[str, ...] = ()


def state(*good: int) -> Callable[[float], float]:
    return lambda value: int(value in good)


APC_UPS = "1.3.6.1.4.1.318.1.1.1"
RULES: dict[str, Rule] = {
    "1.3.6.1.4.1.9.9.13.1.3.1.3": Rule(m.SENSOR_CELSIUS, names="1.3.6.1.4.1.9.9.13.1.3.1.2"),
    "1.3.6.1.4.1.9.9.13.1.3.1.6": Rule(m.SENSOR_OK, state(1), "1.3.6.1.4.1.9.9.13.1.3.1.2"),
    "1.3.6.1.4.1.9.9.13.1.4.1.3": Rule(m.FAN_UP, state(1), "1.3.6.1.4.1.9.9.13.1.4.1.2"),
    "1.3.6.1.4.1.9.9.13.1.5.1.3": Rule(m.PSU_UP, state(1), "1.3.6.1.4.1.9.9.13.1.5.1.2"),
    "1.3.6.1.4.1.9.9.117.1.4.1.1.1": Rule(m.FAN_UP, state(2), f"{ENTITY}.7"),
    "1.3.6.1.4.1.9.9.117.1.1.2.1.2.22": Rule(m.MODULE_UP, state(2), labels=("Module-1 48x10/25G",)),
    "1.3.6.1.4.1.9.9.117.1.1.2.1.2": Rule(m.PSU_UP, state(2), f"{ENTITY}.7"),
    "1.3.6.1.4.1.9.9.402.1.4.1.0": Rule(m.POE_DEVICES),
    "1.3.6.1.2.1.105.1.3.1.1.2": Rule(m.POE_BUDGET, labels=('group="1"',)),
    "1.3.6.1.2.1.105.1.3.1.1.4": Rule(m.POE_USED, labels=('group="1"',)),
    "1.3.6.1.4.1.9.9.500.1.1.3.0": Rule(m.STACK_RING, state(1)),
    "1.3.6.1.4.1.9.9.500.1.2.1.1.3": Rule(m.STACK_MASTER, state(1), f"{ENTITY}.7"),
    "1.3.6.1.4.1.9.9.500.1.2.1.1.6": Rule(m.STACK_MEMBER_OK, state(4), f"{ENTITY}.7"),
    "1.3.6.1.4.1.9.9.500.1.2.2.1.1": Rule(m.STACK_PORT_UP, state(1), IF_NAME),
    # LibreNMS counts these states from 0 where the MIB counts from 1
    "1.3.6.1.4.1.368.4.1.3.1.3": Rule(m.SENSOR_OK, state(0)),
    "1.3.6.1.4.1.368.4.1.3.1.4": Rule(m.SENSOR_CELSIUS),
    f"{APC_UPS}.2.3.1.0": Rule(m.UPS_CHARGE, lambda percent: percent / 100),
    f"{APC_UPS}.2.2.3.0": Rule(m.UPS_RUNTIME, lambda minutes: minutes * 60),
    f"{APC_UPS}.2.2.4.0": Rule(m.UPS_REPLACE, state(2)),
    f"{APC_UPS}.2.3.2.0": Rule(m.SENSOR_CELSIUS, labels=('sensor="battery"',)),
    f"{APC_UPS}.2.3.4.0": Rule(m.UPS_BATTERY_VOLTS),
    f"{APC_UPS}.3.3.1.0": Rule(m.UPS_INPUT_VOLTS),
    f"{APC_UPS}.3.3.4.0": Rule(m.UPS_INPUT_HERTZ),
    f"{APC_UPS}.4.1.1.0": Rule(m.UPS_ON_BATTERY, state(3)),
    f"{APC_UPS}.4.2.8.0": Rule(m.UPS_OUTPUT_WATTS),
    f"{APC_UPS}.4.3.1.0": Rule(m.UPS_OUTPUT_VOLTS),
    f"{APC_UPS}.4.3.2.0": Rule(m.UPS_OUTPUT_HERTZ),
    f"{APC_UPS}.4.3.3.0": Rule(m.UPS_LOAD, lambda percent: percent / 100),
    f"{APC_UPS}.4.3.4.0": Rule(m.UPS_OUTPUT_AMPERES),
    f"{APC_UPS}.7.2.3.0": Rule(m.UPS_TEST_FAILED, state(2)),
    f"{APC_UPS}.12.3.2.1.3": Rule(m.UPS_OUTLET_ON, state(1), f"{APC_UPS}.12.1.2.1.2"),
    "1.3.6.1.4.1.318.1.1.25.1.2.1.6": Rule(m.SENSOR_CELSIUS, names="1.3.6.1.4.1.318.1.1.25.1.2.1.3"),
}
"""By OID of the row or of its column; the longest that fits counts. Entity sensors have their own test."""

DEVIATIONS: dict[tuple[str, str], str] = {
    (APC, f"{APC_UPS}.2.2.21.0"): "days until a date, counted from the day of the run: a date is no gauge",
    (APC, f"{APC_UPS}.2.1.3.0"): "days since a date, counted from the day of the run",
    (APC, f"{APC_UPS}.3.2.5.0"): "why the mains last failed: an event, not a state",
    (FX3, "1.3.6.1.4.1.9.9.176.1.1.2.0"): "supervisor redundancy: compared with the other protocols",
    (FX3, "1.3.6.1.4.1.9.9.176.1.1.4.0"): "supervisor redundancy: compared with the other protocols",
    (
        AXIS[0],
        "1.3.6.1.4.1.368.4.1.8.1.3.1",
    ): "yes(2), a disruption, and LibreNMS calls it normal: it has the two "
    "values of the MIB the wrong way round; ours is 0",
    (AXIS[0], "1.3.6.1.4.1.368.4.1.8.1.3.2"): "as the row before",
}

EXTRA: dict[tuple[str, Metric], tuple[int, str]] = {
    (CATALYST, m.SENSOR_CELSIUS): (2, "entity sensors, compared below"),
    (CATALYST, m.SENSOR_OK): (10, "entity sensors, compared below"),
}
"""Series of ours that the rules do not reach: how many, and why."""


def rule_of(oid: str) -> tuple[str, Rule] | None:
    parts = oid.split(".")
    for size in range(len(parts), 6, -1):
        prefix = ".".join(parts[:size])
        if prefix in RULES:
            return prefix, RULES[prefix]
    return None


def test_every_sensor_row_has_its_series_and_every_series_its_row(
    polled: dict[str, Poll], expected: dict[str, Any], raw: Raw
) -> None:
    needed: set[tuple[str, str]] = set()
    counted = 0
    for name, known in expected.items():
        matched: dict[Metric, set[str]] = {}
        for row in known.get("sensors", {}).get("discovery", {}).get("sensors", ()):
            oid = row["sensor_oid"].removeprefix(".")
            found = rule_of(oid)
            if (name, oid) in DEVIATIONS or row["sensor_type"] == "cisco-entity-sensor":
                needed.add((name, oid))
                continue
            assert found, f"{name} {oid} {row['sensor_descr']}: neither a rule nor a reason"
            prefix, rule = found
            index = oid[len(prefix) + 1 :]
            words = [*rule.labels, *([label_of(raw[name][f"{rule.names}.{index}"])] if rule.names else [])]
            if name in AXIS:
                words = [f'sensor="{index}"']
            series = polled[name].page.families.get(rule.metric.name, {})
            mine = {one for one in series if all(word in one for word in words)}
            assert len(mine) == 1, (name, oid, words, mine)
            (one,) = mine
            assert series[one] == pytest.approx(rule.value(row["sensor_current"]), rel=1e-6), (name, oid)
            matched.setdefault(rule.metric, set()).add(one)
            counted += 1
        for metric, ours in matched.items():
            extra, _ = EXTRA.get((name, metric), (0, ""))
            assert len(polled[name].page.families[metric.name]) == len(ours) + extra, (name, metric.name)
    assert set(DEVIATIONS) <= needed
    assert counted == 71


def label_of(text: str) -> str:
    """A name as our labels have it: IOS writes states into the names of fans and supplies."""
    for state_word in (", GREEN", " Normal, RPS NotExist"):
        text = text.removesuffix(state_word)
    return f'"{text}"'


KINDS = {
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
def test_entity_sensors_agree_in_count_value_and_limits(
    polled: dict[str, Poll], expected: dict[str, Any], raw: Raw, name: str
) -> None:
    """Differences, each checked: a dark lane has no value; a limit that the switch does not set is not
    made up; LibreNMS writes -1 for a limit of 0, and 0 for the low bias that nobody set.
    """
    families, names = polled[name].page.families, column(raw[name], f"{ENTITY}.7")
    limits = column(raw[name], f"{THRESHOLD}.4")
    rows = [
        row
        for row in expected[name]["sensors"]["discovery"]["sensors"]
        if row["sensor_type"] == "cisco-entity-sensor"
    ]
    assert len(rows) == len(column(raw[name], f"{SENSOR}.4")) > 9
    differences: Counter[str] = Counter()
    for row in rows:
        metric, word = KINDS[row["sensor_class"]], f'sensor="{names[row["sensor_index"]]}"'
        values = [value for one, value in families.get(metric.name, {}).items() if word in one]
        if metric is m.SENSOR_DBM and row["sensor_current"] == 0:
            assert values == []
            differences["dark"] += 1
        else:
            assert values == [pytest.approx(row["sensor_current"], rel=1e-6)], word
        set_ = {key for key in limits if key.split(".")[0] == row["sensor_index"]}
        found = {
            bound: [
                value
                for one, value in families["net_sensor_threshold"].items()
                if word in one and f'bound="{bound}"' in one
            ]
            for bound in BOUNDS.values()
        }
        for key, bound in BOUNDS.items():
            if found[bound] and row[key] is not None:
                ours, theirs = found[bound][0], row[key]
                differences["zero"] += (ours, theirs) == (0, -1)
                assert ours == pytest.approx(theirs, rel=1e-6) or (ours, theirs) == (0, -1), (word, bound)
            elif found[bound]:
                differences["theirs-missing"] += 1
            elif row[key] is not None:
                made_up = not set_ or (row[key] == 0 and metric is m.SENSOR_AMPERES) or len(set_) < 4
                assert made_up, (word, bound, row[key])
                differences["made-up"] += 1
        low_bias_unset = metric is m.SENSOR_AMPERES and sum(limits[key] == "0" for key in set_)
        assert sum(map(len, found.values())) == len(set_) - low_bias_unset, word
    wanted = {
        FX3: {"dark": 14, "made-up": 14, "zero": 4},
        CATALYST: {"dark": 0, "made-up": 7, "zero": 0},
    }
    assert {kind: differences[kind] for kind in wanted[name]} == wanted[name], differences


@pytest.mark.parametrize("name", ALL)
def test_every_threshold_of_the_switch_is_shown(polled: dict[str, Poll], raw: Raw, name: str) -> None:
    """Against the raw rows alone, the N5K included, which the other NMS was not shown."""
    values, kinds, scales, precisions = (column(raw[name], f"{SENSOR}.{n}") for n in (4, 1, 2, 3))
    shown = polled[name].page.families.get("net_sensor_threshold", {})
    environment = len(column(raw[name], "1.3.6.1.4.1.9.9.13.1.3.1.4"))
    unset = 0
    real: Counter[float] = Counter()
    for key, value in column(raw[name], f"{THRESHOLD}.4").items():
        sensor = key.split(".")[0]
        assert sensor in values
        # the N5K says "less" of every bound and keeps the order: high, high, low, low
        is_low = key[-1] in "34" if name == N5K else raw[name][f"{THRESHOLD}.3.{key}"] in {"1", "2"}
        if kinds[sensor] == "5" and value == "0" and is_low:
            unset += 1  # a low bias bound that nobody set
            continue
        scale = int(scales[sensor]) - (name == N5K and kinds[sensor] == "5")
        real[round(int(value) * 10.0 ** (3 * (scale - 9) - int(precisions[sensor])), 6)] += 1
    ours = Counter(round(value, 6) for value in shown.values())
    assert len(shown) == sum(real.values()) + environment
    assert real - ours == Counter()
    assert unset == (6 if name == FX3 else 0)


@pytest.mark.parametrize("name", [one for one in ALL if one not in {N5K, APC, "nxos_n9000-9.3.9"}])
def test_ports_agree_in_count_and_in_what_they_are(
    polled: dict[str, Poll], expected: dict[str, Any], raw: Raw, name: str
) -> None:
    page, known = polled[name].page, expected[name]["ports"]["poller"]["ports"]
    ours = len(page.families["net_interface_up"])
    # the 9300 has 5 rows that LibreNMS leaves out by its list of bad names (Null0, control planes)
    assert ours == len(column(raw[name], f"{IF_ENTRY}.8")) == len(known) + (5 if name == C9300 else 0)
    unreal = {"24", "53", "131", "135", "136"}
    types = column(raw[name], f"{IF_ENTRY}.3")
    speeds = without = 0
    for port in known:
        place = (name, port["ifName"])
        mtu = page.value(m.INTERFACE_MTU, *place)
        assert mtu == port["ifMtu"] or (mtu is None and port["ifMtu"] is None), place
        speed = page.value(m.INTERFACE_SPEED, *place)
        if types[str(port["ifIndex"])] in unreal:
            assert speed is None, f"{place}: a speed that the agent makes up"
            without += 1
        elif port["ifSpeed"]:
            assert speed == port["ifSpeed"] / 8, place
            speeds += 1
        duplex = page.value(m.INTERFACE_FULL_DUPLEX, *place)
        assert duplex == {"fullDuplex": 1, "halfDuplex": 0}.get(port["ifDuplex"] or ""), place
        for metric, key, *more in (
            (m.INTERFACE_RX_PACKETS, "ifInUcastPkts", "unicast"),
            (m.INTERFACE_TX_PACKETS, "ifOutUcastPkts", "unicast"),
            (m.INTERFACE_RX_PACKETS, "ifInMulticastPkts", "multicast"),
            (m.INTERFACE_TX_PACKETS, "ifOutBroadcastPkts", "broadcast"),
            (m.INTERFACE_TX_DISCARDS, "ifOutDiscards"),
        ):
            value = page.value(metric, *place, *more)
            assert value == port[key] or (value is None and not port[key]), (place, key)
    assert speeds + without > len(known) / 2


def test_parts_and_transceivers_agree(polled: dict[str, Poll], expected: dict[str, Any]) -> None:
    for name in (FX3, CATALYST, C9300):
        info = polled[name].page.families["net_part_info"]
        serials = {
            row["entPhysicalSerialNum"].strip()
            for row in expected[name]["entity-physical"]["discovery"]["entPhysical"]
        } - {""}
        assert serials == {one.split('serial="')[1].split('"')[0] for one in info} - {""}
    for name, count in ((FX3, 9), (CATALYST, 2)):
        info = [one for one in polled[name].page.families["net_part_info"] if 'kind="transceiver"' in one]
        known = expected[name]["transceivers"]["discovery"]["transceivers"]
        ports = {port["ifIndex"]: port["ifName"] for port in expected[name]["ports"]["poller"]["ports"]}
        assert len(info) == len(known) == count
        for row in known:
            words = (f'model="{row["model"]}"', f'serial="{row["serial"]}"', f'"{ports[row["ifIndex"]]}"')
            assert any(all(word in one for word in words) for one in info), words


def test_load_and_memory_agree(polled: dict[str, Poll], expected: dict[str, Any]) -> None:
    page, known = polled[CATALYST].page, expected[CATALYST]
    pools = known["mempools"]["discovery"]["mempools"]
    assert len(pools) == len(page.families["net_memory_pool_used_bytes"]) == 3
    for pool in pools:
        assert page.value(m.MEMORY_POOL_USED, CATALYST, pool["mempool_descr"]) == pool["mempool_used"]
        assert page.value(m.MEMORY_POOL_FREE, CATALYST, pool["mempool_descr"]) == pool["mempool_free"]
    (processor,) = known["processors"]["discovery"]["processors"]
    assert page.value(m.CPU_RATIO, CATALYST) == processor["processor_usage"] / 100


def test_no_kind_of_row_is_forgotten(expected: dict[str, Any]) -> None:
    """What the other NMS has and this file does not compare is not of the kinds that it is about."""
    kinds = {
        kind
        for known in expected.values()
        for module in known.values()
        for phase in ("discovery", "poller")
        if isinstance(module.get(phase), dict)
        for kind, rows in module[phase].items()
        if rows
    }
    compared = {"ports", "sensors", "processors", "mempools", "entPhysical", "transceivers", "devices"}
    states = {"state_indexes"}  # LibreNMS' own dictionary of states
    protocols = {"slas", "vlans", "ports_vlans", "stp", "ports_stp", "ports_stack", "links", "ipv4_addresses"}
    assert kinds == compared | states | protocols


def test_ethernet_and_down_reasons_of_the_n5k_are_the_raw_ones(polled: dict[str, Poll], raw: Raw) -> None:
    names, page = column(raw[N5K], IF_NAME), polled[N5K].page
    for number, error in (
        (2, "alignment"),
        (3, "fcs"),
        (8, "late-collision"),
        (13, "too-long"),
        (18, "symbol"),
    ):
        rows = column(raw[N5K], f"1.3.6.1.2.1.10.7.2.1.{number}")
        assert len(rows) == 44
        for index, value in rows.items():
            found = page.value(m.INTERFACE_ETHERNET_ERRORS, N5K, names[index], error)
            assert found == int(value), (names[index], error)
    for index, value in column(raw[N5K], "1.3.6.1.2.1.10.7.10.1.5").items():  # HC where the agent has it
        assert page.value(m.INTERFACE_RX_PAUSE, N5K, names[index]) == int(value)
    causes = column(raw[N5K], "1.3.6.1.4.1.9.9.276.1.1.2.1.9")
    down = {names[index] for index, value in causes.items() if value != "2" and index in names}
    shown = {one.split('interface="')[1].split('"')[0] for one in page.families["net_interface_down_reason"]}
    assert shown == down
    assert page.value(m.INTERFACE_DOWN_REASON, N5K, "Vlan1", "admin-down") == 1
    assert page.value(m.INTERFACE_DOWN_REASON, N5K, "Ethernet1/15", "sfp-checksum-error") == 1
    assert not [port for port in down if page.value(m.INTERFACE_UP, N5K, port)]


def test_power_of_the_n5k_is_the_raw_one(polled: dict[str, Poll], raw: Raw) -> None:
    page = polled[N5K].page
    drawn = column(raw[N5K], "1.3.6.1.4.1.9.9.117.1.1.1.1.4")
    watts = sum(int(value) * 0.12 for value in drawn.values())
    assert page.value(m.DEVICE_POWER, N5K) == pytest.approx(watts) == pytest.approx(326.88)
    assert page.value(m.POWER_REDUNDANCY, N5K, "PowerSupply-1") is None  # the mode in force is not recorded
    assert set(page.families["net_module_power_budget_watts"].values()) == {492.0, 144.0}
    assert list(page.families["net_module_up"].values()) == [1, 1]
    assert page.value(m.CORE_FILES, N5K) == 0
    assert page.value(m.ENGINE_BOOTS, N5K) == int(raw[N5K]["1.3.6.1.6.3.10.2.1.2.0"])


def test_margins_are_the_distance_to_the_nearest_threshold(polled: dict[str, Poll]) -> None:
    for name in (FX3, N5K, CATALYST):
        families = polled[name].page.families
        limits: dict[str, list[tuple[str, float]]] = {}
        for series, limit in families["net_sensor_threshold"].items():
            place, bound = series.split("{")[1].rsplit(",bound=", 1)
            limits.setdefault(place, []).append((bound, limit))
        checked = 0
        for metric in KINDS.values():
            for series, value in families.get(metric.name, {}).items():
                place = series.split("{")[1].removesuffix("} ")
                if place in limits:
                    wanted = min(
                        limit - value if "high" in bound else value - limit for bound, limit in limits[place]
                    )
                    found = families["net_sensor_margin"][f"net_sensor_margin{{{place}}} "]
                    assert found == pytest.approx(wanted, abs=1e-6), series
                    checked += 1
        assert checked == len(families["net_sensor_margin"]) > 3
