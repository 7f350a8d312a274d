"""What runbooks make of texts: sections, secrets, sessions, sleepers, free places. No switch is asked."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest

from agent.errors import UsageError
from agent.flows.draft import draft_inventory
from agent.flows.drill import (
    Drill,
    Look,
    Sessions,
    TooFewCarriersError,
    refuse_lonely,
    report_drill,
    shut_carrier,
)
from agent.flows.edit import append_item, set_value, take_item
from agent.flows.lab import secret_names
from agent.flows.overlay import replace_lines, section_lines
from agent.flows.place import free_address, free_port, free_vlan
from agent.flows.power import find_sleepers, is_night, put_out, read_span, wake
from agent.flows.rotate import Kind, find_rotation, settle_secrets
from agent.flows.wanted import Wanted, load_wanted
from agent.intent.city import City
from agent.intent.load import load_city
from agent.nxos.parse import parse_config
from agent.settings import Secrets, Settings

ROOT = Path(__file__).parents[3]
NEXT = "a-new-Value-1"


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(ROOT / "inventory")


def wanted_with(city: City, **more: str) -> Wanted:
    secrets = Secrets({name: f"{name}-s3cret" for name in secret_names(city)} | more)
    return load_wanted(Settings(inventory=ROOT / "inventory", templates=ROOT / "templates"), secrets)


def test_only_the_line_of_its_own_section_is_replaced() -> None:
    text = "interface Ethernet1/1\n  power inline auto\n\ninterface Ethernet1/10\n  power inline auto\n"
    edited = replace_lines(
        text, ["interface Ethernet1/1"], lambda line: "power" in line, ["power inline never"]
    )
    assert section_lines(edited, "interface Ethernet1/1") == ("power inline never",)
    assert section_lines(edited, "interface Ethernet1/10") == ("power inline auto",)
    assert replace_lines(text, ["interface Ethernet1/2"], lambda _line: True, ["x"]) == text


def test_nested_lines_stay_and_new_ones_belong_to_the_right_depth() -> None:
    family = "    address-family ipv4 unicast\n      next-hop-self\n"
    text = f"router bgp 1\n  neighbor 192.0.2.2\n    remote-as 2\n{family}vlan 2\n"
    edited = replace_lines(
        text, ["router bgp 1", "neighbor 192.0.2.2"], lambda line: line == "shutdown", ["shutdown"]
    )
    (neighbor,) = parse_config(edited).lines[0].children
    assert [child.text for child in neighbor.children] == [
        "remote-as 2",
        "address-family ipv4 unicast",
        "shutdown",
    ]


def test_displays_sleep_and_wake_as_they_were(city: City) -> None:
    wanted = wanted_with(city)
    night = find_sleepers(city, ("displays",))
    assert len(night.sleepers) == 12
    assert night.watts == 12 * 22.0
    text = wanted.text("sw-mairie")
    dark = put_out(night, "sw-mairie", text)
    assert dark.count("power inline never") == text.count("power inline never") + 1
    assert section_lines(dark, "interface Ethernet1/1") == section_lines(text, "interface Ethernet1/1")
    again = wake(night, wanted.text, "sw-mairie", dark)
    assert set(section_lines(again, "interface Ethernet1/45")) == set(
        section_lines(text, "interface Ethernet1/45")
    )
    assert put_out(night, "sw-residence", "vlan 2\n") == "vlan 2\n"


@pytest.mark.parametrize("service", ["cctv", "doors", "voice", "wifi", "nothing"])
def test_nobody_else_sleeps(city: City, service: str) -> None:
    with pytest.raises(UsageError, match=service):
        find_sleepers(city, ("displays", service))


@pytest.mark.parametrize(
    ("hour", "span", "night"),
    [(23, "23:00-06:00", True), (6, "23:00-06:00", False), (5, "23:00-06:00", True),
     (12, "12:00-13:00", True), (13, "12:00-13:00", False)],
)  # fmt: skip
def test_the_night_may_pass_midnight(hour: int, span: str, night: bool) -> None:
    assert is_night(datetime(2027, 1, 5, hour, 0), *read_span(span)) is night  # noqa: DTZ001 - local time


@pytest.mark.parametrize("text", ["23:00", "23-6", "25:00-06:00", ""])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no span"):
        read_span(text)
    assert read_span("23:00-06:00") == (time(23), time(6))


def sessions(**prefixes: int | None) -> Sessions:
    return Sessions(prefixes, {"edge-1": 3})


def test_a_drill_needs_others_that_stand() -> None:
    refuse_lonely(sessions(a=3, b=2, c=1), "a", 2)
    with pytest.raises(TooFewCarriersError, match="only 1 other"):
        refuse_lonely(sessions(a=3, b=2, c=None), "a", 2)
    with pytest.raises(TooFewCarriersError, match="nothing to drill"):
        refuse_lonely(sessions(a=None, b=2, c=1), "a", 1)


@pytest.mark.parametrize(
    ("during", "back", "passed"),
    [(sessions(a=None, b=2), 4.0, True), (sessions(a=None, b=None), 4.0, False),
     (sessions(a=3, b=2), 4.0, False), (sessions(a=None, b=2), None, False)],
    ids=["as meant", "another went down", "it never went down", "it did not come back"],
)  # fmt: skip
def test_a_drill_passes_only_when_it_went_alone_and_came_back(
    during: Sessions, back: float | None, passed: bool
) -> None:
    before = sessions(a=3, b=2)
    drill = Drill(None, (), "a", 10, 1, looks=[Look(1.5, during)])  # type: ignore[arg-type]  # nobody is asked
    assert report_drill(drill, before, before, back).passed is passed


def test_only_the_edge_of_the_carrier_is_touched(city: City) -> None:
    text = wanted_with(city).text("edge-1")
    shut = shut_carrier(city, "alize", "edge-1", text)
    assert "shutdown" in section_lines(shut, "router bgp 64496", "neighbor 192.0.2.2")
    assert "shutdown" not in section_lines(shut, "router bgp 64496", "neighbor 192.0.2.10")
    assert shut_carrier(city, "alize", "edge-2", text) == text
    with pytest.raises(UsageError, match="has no session"):
        shut_carrier(city, "alize", "edge-1", "vlan 2\n")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("admin_password", Kind.PASSWORD), ("snmp_ro", Kind.COMMUNITY), ("tacacs_key", Kind.TACACS)],
)
def test_a_secret_is_found_by_what_it_opens(city: City, name: str, kind: Kind) -> None:
    found = find_rotation(wanted_with(city, **{f"{name}_next": NEXT}), name)
    assert (found.kind, found.old, found.new) == (kind, f"{name}-s3cret", NEXT)
    assert NEXT not in repr(found)


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("snmp_ro", {}, "snmp_ro_next: is not set"),
        ("snmp_ro", {"snmp_ro_next": "snmp_ro-s3cret"}, "are the same"),
        ("snmp_ro", {"snmp_ro_next": "short"}, "8 to 64"),
        ("snmp_ro", {"snmp_ro_next": "with blank in it"}, "8 to 64"),
        ("snmp_ro", {"snmp_ro_next": 'with"quote-in'}, "8 to 64"),
        ("bgp_alize", {"bgp_alize_next": NEXT}, "is no password"),
    ],
)
def test_what_cannot_be_rotated_is_refused(city: City, name: str, more: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words) as told:
        find_rotation(wanted_with(city, **more), name)
    assert not any(value in str(told.value) for value in more.values())


def test_the_secrets_file_is_settled_in_steps() -> None:
    file = "# ours\nsnmp_ro: old  # 2025\ntacacs_key: k\nsnmp_ro_next: new\n"
    kept = settle_secrets(file, "snmp_ro", drop_old=False)
    assert kept == "# ours\nsnmp_ro: new\nsnmp_ro_previous: old  # 2025\ntacacs_key: k\n"
    assert settle_secrets(kept, "snmp_ro", drop_old=True) == "# ours\nsnmp_ro: new\ntacacs_key: k\n"
    with pytest.raises(UsageError, match="no line for"):
        settle_secrets("other: 1\n", "snmp_ro", drop_old=True)


def test_free_places_are_free(city: City) -> None:
    port = free_port(city, "sw-mairie", powered=True)
    assert port not in {item.port for item in city.placed_on["sw-mairie"]}
    assert free_address(city, "cctv", "sw-mairie") not in {item.endpoint.address for item in city.placed}
    assert free_vlan(city, 301) == 305
    with pytest.raises(UsageError, match="no free port with power"):
        free_port(city, "leaf-1", powered=True)


def test_a_draft_brings_files_and_takes_them_away(tmp_path: Path) -> None:
    (tmp_path / "here.yaml").write_text("a: 1\n")
    with draft_inventory(tmp_path) as draft:
        draft.create("services/new.yaml", "b: 2\n")
        draft.delete("here.yaml")
        (tmp_path / "services").mkdir()
        draft.keep()
        assert (tmp_path / "services/new.yaml").read_text() == "b: 2\n"
        assert not (tmp_path / "here.yaml").exists()
        draft.take_back()
        assert not (tmp_path / "services/new.yaml").exists()
        assert (tmp_path / "here.yaml").read_text() == "a: 1\n"
        with pytest.raises(UsageError, match="there already"):
            draft.create("services/new.yaml", "")


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: set_value(text, ["nothing"], "a", "1"),
        lambda text: set_value(text, ["top"], "list", "1"),
        lambda text: append_item(text, ["top"], "1"),
        lambda text: take_item(text, ["top", "list"], "a", "1"),
    ],
)
def test_an_edit_that_does_not_fit_changes_nothing(edit: object) -> None:
    with pytest.raises(UsageError):
        edit("top:\n  list: [1, 2]\n")  # type: ignore[operator]
