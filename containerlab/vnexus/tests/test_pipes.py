"""Everything behind a bar: filters, structure, files, and the carets of mistakes."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from vnexus.exec.shell import Shell
from vnexus.lab import Lab
from vnexus.topology import NodeSpec, Topology

LINES = ("vlan 10", "name ten", "vlan 20", "interface Ethernet1/1", "description Alpha",
         "switchport access vlan 10", "interface Ethernet1/2", "description alphabet")  # fmt: skip
ONLY = "show running-config interface Ethernet1/1-2"


def make_shell(profile: str = "n9k-10") -> Shell:
    model = "N7K-C7009" if profile == "n7k-7.3" else "N9K-C93180YC-FX3"
    lab = Lab(
        Topology("pipes", (NodeSpec("sw", profile, model, "127.77.7.1", LINES if "n9k" in profile else ()),))
    )
    return lab.nodes["sw"].shell("admin")


@pytest.fixture
def shell() -> Shell:
    return make_shell()


@pytest.mark.parametrize(
    ("pipe", "lines"),
    [
        ("include description", ["  description Alpha", "  description alphabet"]),
        ("inc ignore-case ALPHA", ["  description Alpha", "  description alphabet"]),
        ("i ALPHA", [""]),
        ("include Alpha next 1", ["  description Alpha", "  switchport access vlan 10"]),
        ("include prev 1 Alpha", ["interface Ethernet1/1", "  description Alpha"]),
        ('include "Alpha|vlan"', ["  description Alpha", "  switchport access vlan 10"]),
        ("include Alpha|vlan", ["  description Alpha", "  switchport access vlan 10"]),
        ("include word-exp alpha", [""]),
        ("grep line-exp '  description Alpha'", ["  description Alpha"]),
        ("grep -i alpha | count", ["2"]),
        ("grep count ^interface", ["2"]),
        ("egrep '^interface' | last 1", ["interface Ethernet1/2"]),
        ("egrep invert-match '^ |^!|^$|^v'", ["interface Ethernet1/1", "interface Ethernet1/2"]),
        ("exclude ^$|!|version | head lines 1", ["interface Ethernet1/1"]),
        ("begin '^interface Ethernet1/2' | no-more", ["interface Ethernet1/2", "  description alphabet", ""]),
        ("section ^interface.*1/2$", ["interface Ethernet1/2", "  description alphabet"]),
        ("sec ^inter.*1/1 | include -v switch", ["interface Ethernet1/1", "  description Alpha"]),
        ("include description | cut -d ' ' -f 4", ["Alpha", "alphabet"]),
        ("include description | sort -r | tr a A", ["  description AlphAbet", "  description AlphA"]),
        ("include description | wc words", ["4"]),
        ("include line-number Alpha", ["9:  description Alpha"]),
    ],
)  # fmt: skip
def test_filters(shell: Shell, pipe: str, lines: list[str]) -> None:
    assert shell.run(f"{ONLY} | {pipe}").text.split("\n") == lines


def test_context_is_parted(shell: Shell) -> None:
    said = shell.run(f"{ONLY} | grep next 1 interface | include ^-").text
    assert said == "--\n--"  # header, first port, second port


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("show vlan | foo", "            ^\n% Invalid command at '^' marker."),
        ("show vlan |", "           ^\n% Incomplete command at '^' marker."),
        ("show vlan | include", "                   ^\n% Incomplete command at '^' marker."),
        ("show vlan | count | bar", "                    ^\n% Invalid command at '^' marker."),
        ("show vlan >", "           ^\n% Incomplete command at '^' marker."),
        ("show vlan | include (", "% Invalid regular expression"),
        ("show hosts | json", "% Structured output unsupported"),
    ],
)
def test_mistakes(shell: Shell, line: str, text: str) -> None:
    output = shell.run(line)
    assert (output.text, output.error) == (text, True)


def test_json_forms_agree(shell: Shell) -> None:
    one, many = shell.run("show vlan brief | json").text, shell.run("show vlan brief | json-pretty").text
    assert json.loads(one) == json.loads(many)
    assert "\n" not in one
    assert many.count("\n") > 10


def test_xml_says_what_json_says(shell: Shell) -> None:
    text = shell.run("show vlan brief | xml").text
    assert text.startswith('<?xml version="1.0" encoding="ISO-8859-1"?>\n<nf:rpc-reply ')
    assert text.endswith("</nf:rpc-reply>\n]]>]]>")
    root = ET.fromstring(text.removesuffix("]]>]]>").encode("iso-8859-1"))  # noqa: S314 - our own
    space = "{http://www.cisco.com/nxos:1.0:vlan_mgr_cli}"
    names = [e.text for e in root.iter(f"{space}vlanshowbr-vlanname")]
    rows = json.loads(shell.run("show vlan brief | json").text)["TABLE_vlanbriefxbrief"][
        "ROW_vlanbriefxbrief"
    ]
    assert names == [row["vlanshowbr-vlanname"] for row in rows]
    assert root.find(f".//{space}show/{space}vlan/{space}brief") is not None


def test_files_are_written_and_added_to(shell: Shell) -> None:
    for line in (
        "show hostname > bootflash:name",
        "show hostname >> name",
        "show vlan | count >> bootflash:name",
    ):
        assert shell.run(line).text == ""
    assert shell.run("show file name").text == "sw \nsw \n35"


def test_a_full_disk_says_so(shell: Shell) -> None:
    shell.node.flash.full = lambda: True
    assert shell.run("show hostname > bootflash:x").text == "No space left on device"


def test_old_releases_write_texts_and_a_table_per_row() -> None:
    old, new = make_shell("n7k-7.3"), make_shell()
    lines = ("conf t", "interface loopback1", "ip address 10.0.0.1/32", "interface loopback2",
             "ip address 10.0.0.2/32", "end")  # fmt: skip
    for shell in (old, new):
        for line in lines:
            shell.run(line)
    rows = json.loads(old.run("show ip interface | json").text)["TABLE_intf"]
    assert [row["ROW_intf"]["prefix"] for row in rows] == ["10.0.0.1", "10.0.0.2"]
    rows = json.loads(new.run("show ip interface | json").text)["TABLE_intf"]["ROW_intf"]
    assert [row["prefix"] for row in rows] == ["10.0.0.1", "10.0.0.2"]
    port = "TABLE_interface"
    first = json.loads(old.run("show interface mgmt0 | json").text)[port]["ROW_interface"]
    second = json.loads(new.run("show interface mgmt0 | json").text)[port]["ROW_interface"]
    assert (first["eth_bw"], second["eth_bw"]) == ("1000000", 1_000_000)
