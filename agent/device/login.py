"""Logging in: netmiko opens and authenticates on a socket of ours; what goes wrong is told in our words."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from netmiko.cisco import CiscoNxosSSH
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoBaseException, NetmikoTimeoutException
from paramiko import SSHClient, Transport
from paramiko.ssh_exception import BadHostKeyException, SSHException

from agent.device.access import Access
from agent.device.known_hosts import keys_of, name_of
from agent.errors import DeviceError, LoginRefusedError, NotNexusError, UnreachableError


class _Client(SSHClient):
    """paramiko's client on a socket that sends at once: waiting for more takes 40 ms at turns of a login."""

    def connect(self, *args: Any, **named: Any) -> None:
        """As paramiko's."""
        named["transport_factory"] = _at_once
        super().connect(*args, **named)


def _at_once(sock: Any, **named: Any) -> Transport:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Transport(sock, **named)


class _Session(CiscoNxosSSH):
    """netmiko's connection; what it would do after login is done below with an anchored prompt."""

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing, at once: netmiko would wait a fixed tenth of a second; ``SshTransport`` reads itself."""

    def cleanup(self, command: str = "exit") -> None:
        """Take leave without another look at the prompt: what was begun ends with the connection anyway."""
        self.write_channel(command + self.RETURN)

    def _build_ssh_client(self) -> SSHClient:
        """A client that knows the keys of this switch only, or takes any."""
        client = _Client()
        if self.alt_host_keys:
            for kind, key in keys_of(Path(self.alt_key_file), self.host, self.port).items():
                client.get_host_keys().add(name_of(self.host, self.port), kind, key)
        client.set_missing_host_key_policy(self.key_policy)
        return client


def open_netmiko(access: Access) -> CiscoNxosSSH:
    """An authenticated session; raises UnreachableError, LoginRefusedError or NotNexusError."""
    strict = access.known_hosts is not None
    where = f"{access.host} port {access.port}"
    try:
        return _Session(
            device_type="cisco_nxos",
            host=access.host,
            port=access.port,
            username=access.username,
            password=access.password,
            conn_timeout=access.timeout_seconds,
            auth_timeout=access.timeout_seconds,
            banner_timeout=access.timeout_seconds,
            ssh_strict=strict,
            alt_host_keys=strict,
            alt_key_file=str(access.known_hosts or ""),
            allow_agent=False,
            use_keys=False,
        )
    except NetmikoAuthenticationException as exc:
        problem = f"{where} refuses user {access.username}"
        raise LoginRefusedError(
            access.name, problem, hint="check the password in MOULIN_SECRET_… and the AAA of the switch"
        ) from exc
    except NetmikoTimeoutException as exc:
        raise _why_no_session(access, exc) from exc
    except (NetmikoBaseException, SSHException, OSError, EOFError) as exc:
        raise UnreachableError(
            access.name, f"{where} ends the session at login", hint="check 'show users'"
        ) from exc


def _why_no_session(access: Access, exc: NetmikoTimeoutException) -> DeviceError:
    """Netmiko folds three cases into one; its text and its context tell them apart."""
    where = f"{access.host} port {access.port}"
    text = str(exc)
    if isinstance(exc.__context__, BadHostKeyException):
        return LoginRefusedError(
            access.name,
            f"{where} shows another host key than the one in {access.known_hosts}",
            hint="if the switch was replaced, remove its old line there; if not, somebody may listen",
        )
    if "not found in known_hosts" in text:
        return LoginRefusedError(
            access.name,
            f"the host key of {where} is not in {access.known_hosts}",
            hint=f"run ssh-keyscan -p {access.port} {access.host} >> {access.known_hosts} and compare it",
        )
    if isinstance(exc.__context__, SSHException):
        return NotNexusError(
            access.name, f"{where} answers, but does not speak SSH as a switch does", hint="check hosts.yaml"
        )
    return UnreachableError(
        access.name, f"no answer on {where}", hint="check the address, the management VRF and 'feature ssh'"
    )
