"""scrapli, classic and 2026, and scrapli_cfg."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapli.driver.core import NXOSDriver
from scrapli_cfg.platform.core.cisco_nxos import ScrapliCfgNXOS

from vnexus.lab import Lab
from vnexus.node import Node

SCRIPT = Path(__file__).with_name("judges") / "scrapli_judge.py"
pytestmark = [
    # classic scrapli leaves files of its transports and templates open
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
CHANGE = ["vlan 55", "name STRANGER"]


@pytest.fixture
def scrapli(lab: Lab, node: Node, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A connection over paramiko, or the transport that the test names."""
    with NXOSDriver(
        host=node.spec.address, port=lab.topology.listen.ssh, auth_username="admin", auth_password="admin",
        auth_strict_key=False, ssh_config_file=False, transport=getattr(request, "param", "paramiko"),
    ) as connection:  # fmt: skip
        yield connection


@pytest.mark.parametrize("scrapli", ["paramiko", "system"], indirect=True)
def test_shows_and_configures(scrapli: Any, node: Node) -> None:
    version = scrapli.send_command("show version")
    assert not version.failed
    assert node.release.version in version.result
    (row,) = version.textfsm_parse_output()
    assert (row["hostname"], row["os"]) == (node.spec.name, node.release.version)
    assert not scrapli.send_configs(CHANGE).failed
    assert node.config.vlans()[55] == "STRANGER"
    assert scrapli.get_prompt() == f"{node.spec.name}(config-vlan)#"
    scrapli.acquire_priv("privilege_exec")
    assert scrapli.get_prompt() == f"{node.spec.name}#"


def test_hears_refusals(scrapli: Any, node: Node) -> None:
    assert scrapli.send_command("show bogus").failed
    replies = scrapli.send_configs(["vlan 56", "bogus line", "vlan 57"], stop_on_failed=True)
    assert [reply.failed for reply in replies] == [False, True]
    assert 57 not in node.config.vlans()


def test_answers_a_question(scrapli: Any, node: Node) -> None:
    scrapli.send_command("copy running-config bootflash:kept.cfg")
    said = scrapli.send_interactive(
        [("delete bootflash:kept.cfg", "Do you want to delete", False), ("y", f"{node.spec.name}#", False)]
    )
    assert not said.failed
    assert "kept.cfg" not in node.flash.files


@pytest.mark.parametrize("node", ["leaf", "hall"], indirect=True, ids=["n9k-9.3", "n9k-10"])
def test_scrapli_cfg_merges_and_replaces(scrapli: Any, node: Node) -> None:
    """It writes its candidate through ``tclsh``; it knows no release that does not say ``NXOS: version``."""
    candidate = ScrapliCfgNXOS(conn=scrapli)
    candidate.prepare()
    assert candidate.get_version().result == node.release.version
    assert not candidate.load_config("vlan 45\n  name CFG\n").failed
    assert 45 not in node.config.vlans()
    assert not candidate.commit_config().failed
    assert node.config.vlans()[45] == "CFG"
    whole = candidate.get_checkpoint().result.replace("name CFG", "name OTHER")
    assert not candidate.load_config(whole, replace=True).failed
    assert "name OTHER" in candidate.diff_config().device_diff
    assert not candidate.commit_config().failed
    assert node.config.vlans()[45] == "OTHER"
    assert "  name OTHER" in node.startup_lines()
    assert not candidate.load_config("vlan 46\n").failed
    assert not candidate.abort_config().failed
    assert 46 not in node.config.vlans()


@pytest.mark.parametrize("transport", ["bin", "ssh2"])
def test_the_next_scrapli(judge: Callable[[str, str], Path], lab: Lab, node: Node, transport: str) -> None:
    """The rewrite of 2026, over the ``ssh`` program and over libssh2."""
    request = {
        "address": node.spec.address, "port": lab.topology.listen.ssh, "user": "admin", "password": "admin",
        "transport": transport, "show": ["show version", "show vlan brief"], "configure": CHANGE,
        "refused": ["bogus line"],
    }  # fmt: skip
    done = subprocess.run(
        [str(judge("scrapli", "python")), str(SCRIPT)], input=json.dumps([request]), capture_output=True,
        text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    (reply,) = json.loads(done.stdout.strip().splitlines()[-1])
    assert (reply["failed"], reply["configured"], reply["refused"]) == (False, True, True)
    assert node.release.version in reply["shown"][0]
    assert reply["prompt"].startswith(f"{node.spec.name}(config")
    assert node.config.vlans()[55] == "STRANGER"
