"""The terminal as people and programs meet it: roles, pages, keys, files."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest
import requests

from vnexus import testing
from vnexus.exec.shell import DENIED
from vnexus.lab import Lab
from vnexus.testing import free_ports
from vnexus.topology import NodeSpec, Topology

OPERATOR = "username eve password look role network-operator"
PATIENCE = 20.0
PROMPT = "\r\n\rswitch# "


@asynccontextmanager
async def switch(*lines: str, profile: str = "n9k-10") -> AsyncIterator[Lab]:
    model = "N7K-C7009" if profile == "n7k-7.3" else "N9K-C93180YC-FX3"
    spec = NodeSpec("switch", profile, model, "127.0.0.1", lines)
    async with Lab(replace(Topology("one", (spec,)), listen=free_ports("127.0.0.1"))) as lab:
        yield lab


@asynccontextmanager
async def login(lab: Lab, user: str = "admin", **options: Any) -> AsyncIterator[asyncssh.SSHClientConnection]:
    options.setdefault("password", "look" if user == "eve" else "admin")
    async with asyncssh.connect(
        "127.0.0.1", lab.topology.listen.ssh, username=user, known_hosts=None, config=None, agent_path=None,
        **options,
    ) as connection:  # fmt: skip
        yield connection


class Terminal:
    """A pty of 20 lines."""

    def __init__(self, process: asyncssh.SSHClientProcess[str]) -> None:
        self.process = process

    async def until(self, end: str) -> str:
        seen = ""
        async with asyncio.timeout(PATIENCE):
            while not seen.endswith(end):
                got = await self.process.stdout.read(4096)
                assert got, seen
                seen += got
        return seen

    async def type(self, text: str, end: str) -> str:
        self.process.stdin.write(text)
        return await self.until(end)


@asynccontextmanager
async def terminal(lab: Lab, rows: int = 20, prompt: str = PROMPT) -> AsyncIterator[Terminal]:
    async with (
        login(lab) as connection,
        connection.create_process(term_type="xterm", term_size=(80, rows)) as process,
    ):
        opened = Terminal(process)
        await opened.until(prompt)
        yield opened


# -- pages ------------------------------------------------------------------------------------------


def test_a_long_reply_comes_in_pages() -> None:
    async def run() -> None:
        async with switch() as lab, terminal(lab) as screen:
            first = await screen.type("show interface status\r", "--More--")
            assert first.count("\r\n") == 20
            second = await screen.type(" ", "--More--")
            assert second.startswith("\r        \r")
            assert second.count("\r\n") == 19
            one = await screen.type("\r", "--More--")
            assert one.count("\r\n") == 1
            assert (await screen.type("q", "switch# ")).endswith("\r        \r\rswitch# ")

    asyncio.run(run())


def test_the_pages_are_the_whole_reply() -> None:
    async def run() -> None:
        async with switch() as lab, terminal(lab) as screen:
            whole = await screen.type("show interface status | no-more\r", PROMPT)
            await screen.type("show interface status\r", "--More--")
            count = lab.nodes["switch"].shell("admin").run("show interface status").text.count("\n") + 1
            rest = await screen.type(" " * -(-(count - 19) // 19), PROMPT)  # a key more would be echoed
            assert rest.replace("--More--\r        \r", "").endswith(whole.rpartition("Eth1/48")[2])

    asyncio.run(run())


@pytest.mark.parametrize("command", ["show interface status | no-more", "terminal length 0"])
def test_pages_can_be_switched_off(command: str) -> None:
    async def run() -> None:
        async with switch() as lab, terminal(lab) as screen:
            said = await screen.type(f"{command}\r", PROMPT)
            said += await screen.type("show interface status | no-m\r", PROMPT)
            assert "--More--" not in said
            assert "Eth1/54" in said

    asyncio.run(run())


def test_the_carriage_returns_before_the_prompt_on_10_only() -> None:
    async def run() -> None:
        async with switch(profile="n7k-7.3") as lab, terminal(lab, prompt="\r\nswitch# ") as screen:
            assert await screen.type("\r", "switch# ") == "\r\nswitch# "
        async with switch() as lab, terminal(lab) as screen:
            assert await screen.type("\r", "switch# ") == PROMPT

    asyncio.run(run())


# -- roles ------------------------------------------------------------------------------------------


def test_an_operator_may_only_look() -> None:
    async def run() -> None:
        async with switch(OPERATOR) as lab, login(lab, "eve") as connection:

            async def say(line: str) -> str:
                return str((await connection.run(line)).stdout)

            assert "switch" in await say("show hostname")
            forbidden = (
                "configure terminal", "vlan 5", "copy running-config startup-config", "reload",
                "checkpoint x", "show clock > bootflash:x", "write erase",
            )  # fmt: skip
            for line in forbidden[:1] + forbidden[2:]:
                assert await say(line) == f"{DENIED}\n", line
            assert "Invalid command" in await say(forbidden[1])
            assert lab.nodes["switch"].flash.files == {}

    asyncio.run(run())


def test_a_role_holds_over_nx_api_too() -> None:
    with testing.one_switch(startup=(OPERATOR,)) as (lab, node):
        url = f"http://127.0.0.1:{lab.topology.listen.nxapi}/ins"

        def ask(kind: str, line: str) -> Any:
            asked = {"version": "1.0", "type": kind, "chunk": "0", "sid": "1", "input": line,
                     "output_format": "json"}  # fmt: skip
            reply = requests.post(url, json={"ins_api": asked}, auth=("eve", "look"), timeout=30)
            return reply.json()["ins_api"]["outputs"]["output"]

        assert ask("cli_show", "show hostname")["code"] == "200"
        refused = ask("cli_conf", "vlan 5")
        assert (refused["code"], refused["msg"]) == ("401", "Permission denied")
        assert 5 not in node.config.vlans()


# -- keys and files ---------------------------------------------------------------------------------


def test_a_key_of_the_configuration_opens_and_another_does_not() -> None:
    mine, other = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    public = mine.export_public_key("openssh").decode().strip()

    async def run() -> None:
        async with switch(OPERATOR, f"username eve sshkey {public}") as lab:
            async with login(lab, "eve", client_keys=[mine], password=None) as connection:
                assert "switch" in str((await connection.run("show hostname")).stdout)
            with pytest.raises(asyncssh.PermissionDenied):
                async with login(lab, "eve", client_keys=[other], password=None):
                    pass
            with pytest.raises(asyncssh.PermissionDenied):
                async with login(lab, "admin", client_keys=[mine], password=None):
                    pass

    asyncio.run(run())


def test_files_travel_over_sftp(tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    (tmp_path / "image.bin").write_bytes(content)

    async def run() -> None:
        async with switch("feature sftp-server") as lab, login(lab) as connection:
            async with connection.start_sftp_client() as files:
                await files.put(str(tmp_path / "image.bin"), "/bootflash/image.bin")
                assert await files.listdir("/bootflash") == ["image.bin"]
                await files.get("image.bin", str(tmp_path / "back.bin"))
                await files.rename("image.bin", "other.bin")
                assert await files.getsize("bootflash:other.bin") == len(content)
                await files.remove("other.bin")
                for refused in (files.mkdir("x"), files.symlink("/etc/passwd", "x"), files.statvfs("/")):
                    with pytest.raises(asyncssh.SFTPError):
                        await refused
                with pytest.raises(asyncssh.SFTPNoSuchFile):
                    await files.open("/etc/passwd")
            assert lab.nodes["switch"].flash.files == {}

    asyncio.run(run())
    assert (tmp_path / "back.bin").read_bytes() == content


def test_sftp_needs_its_feature_and_a_role_that_may_write(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")

    async def run() -> None:
        async with switch(OPERATOR) as lab, login(lab) as connection:
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.start_sftp_client()
        async with switch(OPERATOR, "feature sftp-server") as lab, login(lab, "eve") as connection:
            async with connection.start_sftp_client() as files:
                with pytest.raises(asyncssh.SFTPPermissionDenied):
                    await files.put(str(tmp_path / "x"), "x")
            assert lab.nodes["switch"].flash.files == {}

    asyncio.run(run())


@pytest.mark.skipif(shutil.which("sftp") is None, reason="OpenSSH's sftp is not installed")
def test_openssh_copies_with_a_key(tmp_path: Path) -> None:
    mine = asyncssh.generate_private_key("ssh-ed25519")
    mine.write_private_key(str(tmp_path / "key"))
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "plan.txt").write_text("vlan 10\n")
    public = mine.export_public_key("openssh").decode().strip()
    startup = ("feature sftp-server", f"username admin sshkey {public}")
    with testing.one_switch(startup=startup) as (lab, node):
        done = subprocess.run(
            ["sftp", "-q", "-b", "-", "-i", str(tmp_path / "key"), "-P", str(lab.topology.listen.ssh),
             "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes",
             "-F", "none", "admin@127.0.0.1"],
            input=f"put {tmp_path}/plan.txt /bootflash/plan.txt\nls -l\n",
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "plan.txt" in done.stdout
        assert node.flash.read("plan.txt") == b"vlan 10\n"


# -- help -------------------------------------------------------------------------------------------


def test_help_and_tab_leave_the_line_to_be_typed_on() -> None:
    async def run() -> None:
        async with switch() as lab, terminal(lab) as screen:
            seen = await screen.type("show vlan b?", "# show vlan b")
            assert "b?\r\n  brief  All VLAN status in brief\r\n\r\n" in seen
            seen = await screen.type("r\t| count\r", PROMPT)
            assert seen == f"rief | count\r\n21{PROMPT}"
            assert "interface  inventory  ip  ipv6" in await screen.type("show i\t", "# show i")
            await screen.type("\x03", PROMPT)

    asyncio.run(run())


def test_a_question_mark_can_be_text() -> None:
    async def run() -> None:
        async with switch() as lab, terminal(lab) as screen:
            await screen.type("configure terminal\r", "(config)# ")
            await screen.type("banner motd #why?\tnot#\rbanner exec #\rwhat?\r#\r", "(config)# ")
            await screen.type("interface Ethernet1/1\rdescription why\x16?\r", "(config-if)# ")
            await screen.type("end\r", PROMPT)
            said = await screen.type("show running-config | include why|what | no-more\r", PROMPT)
            assert "description why?\r\n" in said
            assert "what?\r\n" in said

    asyncio.run(run())
