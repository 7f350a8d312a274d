"""``moulin watch`` from the command line, on a small city that nobody answers for and on bad input."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
import yaml

MOULIN = str(Path(sys.executable).parent / "moulin")


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """An inventory as ``moulin init`` makes it."""
    folder = tmp_path / "town"
    subprocess.run([MOULIN, "init", str(folder)], check=True, capture_output=True, timeout=60)
    return folder / "inventory" if (folder / "inventory").is_dir() else folder


def environment(city: Path, **more: str) -> dict[str, str]:
    hosts = (city / "hosts.yaml").read_text() + (city / "groups.yaml").read_text()
    hosts += (city / "defaults.yaml").read_text()
    names = {line.split(":", 1)[1].strip() for line in hosts.splitlines() if "snmp_community" in line}
    secrets = {f"MOULIN_SECRET_{name.strip('{} ').upper()}": "public" for name in names}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MOULIN_")}
    return (
        kept
        | secrets
        | {"MOULIN_TRAPS_LISTEN": "off", "MOULIN_SYSLOG_LISTEN": "off"}
        | {"MOULIN_STATE": str(city / "state")}
        | more
    )


def run(city: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MOULIN, "watch", "-i", str(city), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment(city, **more),
    )


def silence(city: Path) -> None:
    """Give every switch an address on which nothing listens."""
    hosts = yaml.safe_load((city / "hosts.yaml").read_text())
    for number, host in enumerate(hosts.values()):
        host["hostname"] = f"127.98.7.{number + 1}"
    (city / "hosts.yaml").write_text(yaml.safe_dump(hosts))


def test_once_says_who_does_not_answer_and_fails(city: Path) -> None:
    silence(city)
    done = run(city, "--once", "--json", "--interval", "1")
    polls = json.loads(done.stdout)
    assert done.returncode == 4
    assert polls
    assert all(poll["state"] == "down" and "check address" in poll["problem"] for poll in polls)
    table = run(city, "--once", "--interval", "1")
    assert table.returncode == 4
    assert polls[0]["device"] in table.stdout


def test_bad_input_is_one_line_and_exit_2(city: Path) -> None:
    silence(city)
    done = run(city, "--listen", "nowhere")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "HOST:PORT" in done.stderr
    kept = {key: value for key, value in environment(city).items() if not key.startswith("MOULIN_SECRET")}
    done = subprocess.run(
        [MOULIN, "watch", "--once", "-i", str(city)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=kept,
    )
    assert (done.returncode, "is not set" in done.stderr) == (2, True)


def test_it_serves_until_told_to_stop(city: Path) -> None:
    silence(city)
    command = [MOULIN, "watch", "-i", str(city), "--listen", "127.0.0.1:0", "--interval", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(city)
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.strip().rpartition(" ")[2]
        assert requests.get(f"{url}healthz", timeout=20).text == "ok\n"
        assert requests.get(f"{url}sd", timeout=20).json()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, "")


def test_a_hang_up_takes_the_inventory_in_and_a_mistake_keeps_the_old(city: Path) -> None:
    silence(city)
    command = [
        MOULIN,
        "watch",
        "-i",
        str(city),
        "--listen",
        "127.0.0.1:0",
        "--interval",
        "1",
        "--workers",
        "2",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(city)
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip().rpartition(" ")[2]

        def follow(success: int) -> None:
            process.send_signal(signal.SIGHUP)
            limit = time.monotonic() + 30
            while f"moulin_reload_success {success}" not in requests.get(f"{url}metrics", timeout=20).text:
                assert time.monotonic() < limit
                time.sleep(0.05)

        hosts = (city / "hosts.yaml").read_text()
        known = requests.get(f"{url}sd", timeout=20).json()
        (city / "hosts.yaml").write_text(hosts + "\nodd: {colour: red}\n")
        follow(0)
        assert requests.get(f"{url}sd", timeout=20).json() == known
        (city / "hosts.yaml").write_text(hosts)
        follow(1)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert errors.count("the old one stays") == 1
    assert "hosts.yaml" in errors


def test_a_shard_that_is_none_is_refused(city: Path) -> None:
    done = run(city, "--shard", "3/3")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "3/3" in done.stderr


def test_a_port_for_traps_that_cannot_be_had_is_one_line(city: Path) -> None:
    silence(city)
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        done = run(city, "--traps-listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot listen for traps on 127.0.0.1:" in done.stderr
    assert "choose another with --traps-listen, or off" in done.stderr
    done = run(city, "--traps-listen", "nowhere")
    assert (done.returncode, "HOST:PORT" in done.stderr) == (2, True)
