"""What the page of a switch reads out of its metrics: body, optics, clock, front."""

from __future__ import annotations

from agent import metrics as m
from agent.metrics import Metric, Page, Sample
from agent.web.faceplate import Port, Slot
from agent.web.hardware import group_optics, read_clock, read_parts, read_sensors, troubles_of

DEVICE = "sw-a"


def told(*samples: tuple[Metric, tuple[str, ...], float]) -> Page:
    page = Page()
    for metric, labels, value in samples:
        page.add(Sample(metric, (DEVICE, *labels), value))
    return page


def test_a_sensor_is_judged_by_its_margin_and_by_whether_it_works() -> None:
    page = told(
        (m.SENSOR_CELSIUS, ("CPU", ""), 41.0),
        (m.SENSOR_MARGIN, ("CPU", ""), 39.0),
        (m.SENSOR_CELSIUS, ("BACK", ""), 39.0),
        (m.SENSOR_MARGIN, ("BACK", ""), 3.0),
        (m.SENSOR_CELSIUS, ("FRONT", ""), 81.0),
        (m.SENSOR_MARGIN, ("FRONT", ""), -1.0),
        (m.SENSOR_RPM, ("fan", ""), 9_000.0),
        (m.SENSOR_OK, ("fan", ""), 0.0),
    )
    readings = read_sensors(page)
    assert [(one.sensor, one.unit, one.state) for one in readings] == [
        ("CPU", "°C", "well"),
        ("BACK", "°C", "low"),
        ("FRONT", "°C", "bad"),
        ("fan", "rpm", "bad"),
    ]
    assert troubles_of((), readings) == {"parts": 0, "bad": 2, "low": 1}


def test_optics_stand_by_port_the_dim_one_first_and_the_worst_lane_is_told() -> None:
    page = told(
        (m.PART_INFO, ("a", "transceiver", "QSFP-40G", "1", "", "", "Ethernet1/9"), 1),
        (m.PART_INFO, ("b", "transceiver", "SFP-10G", "2", "", "", "Ethernet1/10"), 1),
        (m.SENSOR_DBM, ("Lane 1 Receive Power", "Ethernet1/10"), -9.0),
        (m.SENSOR_MARGIN, ("Lane 1 Receive Power", "Ethernet1/10"), 4.0),
        (m.SENSOR_DBM, ("Lane 2 Receive Power", "Ethernet1/10"), -12.5),
        (m.SENSOR_MARGIN, ("Lane 2 Receive Power", "Ethernet1/10"), 0.5),
    )
    optics = group_optics(page, read_sensors(page))
    assert [(one.interface, one.model, one.state) for one in optics] == [
        ("Ethernet1/10", "SFP-10G", "low"),
        ("Ethernet1/9", "QSFP-40G", "well"),
    ]
    worst = optics[0].of("dBm", "Receive")
    assert worst is not None
    assert worst.value == -12.5
    assert optics[0].of("dBm", "Transmit") is None


def test_parts_that_do_not_work_are_counted() -> None:
    page = told(
        (m.PSU_UP, ("1",), 1),
        (m.PSU_WATTS, ("1",), 410),
        (m.PSU_CAPACITY, ("1",), 1900),
        (m.PSU_UP, ("2",), 0),
        (m.FAN_UP, ("Fan-1",), 0),
        (m.MODULE_UP, ("module-1",), 1),
        (m.POE_GROUP_UP, ("1",), 1),
        (m.POE_USED, ("1",), 900),
        (m.POE_BUDGET, ("1",), 740),
        (m.POWER_REDUNDANCY, ("",), 1),
    )
    parts = tuple(read_parts(page))
    assert [(one.kind, one.works) for one in parts] == [
        ("supply", True),
        ("supply", False),
        ("redundancy", True),
        ("fan", False),
        ("module", True),
        ("poe", False),
    ]
    assert (parts[0].watts, parts[0].most_watts) == (410, 1900)
    assert troubles_of(parts, ())["parts"] == 3


def test_a_clock_that_is_off_or_alone_is_not_trusted() -> None:
    assert read_clock(Page(), DEVICE) is None
    near = read_clock(told((m.NTP_SYNCHRONISED, (), 1), (m.NTP_PEER_OFFSET, ("10.0.0.1",), 0.01)), DEVICE)
    assert near is not None
    assert near.trusted
    off = read_clock(told((m.NTP_SYNCHRONISED, (), 1), (m.NTP_PEER_OFFSET, ("10.0.0.1",), -301.0)), DEVICE)
    assert off is not None
    assert (off.trusted, off.offset_seconds) == (False, -301.0)
    alone = read_clock(told((m.NTP_SYNCHRONISED, (), 0)), DEVICE)
    assert alone is not None
    assert not alone.trusted


def test_a_front_has_blocks_of_two_rows_and_every_port_a_shape() -> None:
    def port(number: int, state: str, watts: float | None = None) -> Port:
        return Port(f"Ethernet1/{number}", state, None, watts, None)

    ports = (port(1, "up", 4.2), port(2, "up"), port(3, "dark"), *(port(n, "off") for n in range(4, 15)))
    blocks = Slot(1, ports).blocks
    assert [[len(row) for row in block] for block in blocks] == [[6, 6], [1, 1]]
    assert [one.mark for one in ports[:4]] == ["⚡", "■", "✕", "–"]
    assert [one.number for one in blocks[0][0]] == ["1", "3", "5", "7", "9", "11"]
    assert Port("Ethernet101/1/12", "spare", None, None, None).anchor == "p101-1-12"
