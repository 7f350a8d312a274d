"""Host keys that are trusted, in OpenSSH's own file form, in the state folder."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

import paramiko
from paramiko.hostkeys import HostKeyEntry, InvalidHostKey

from agent.device.access import Access
from agent.errors import NotNexusError, StoreError, UnreachableError


def fetch_host_key(access: Access) -> paramiko.PKey:
    """The key that the switch shows now, without logging in; raises UnreachableError or NotNexusError."""
    where = f"{access.host} port {access.port}"
    try:
        with socket.create_connection((access.host, access.port), timeout=access.timeout_seconds) as line:
            transport = paramiko.Transport(line)
            try:
                transport.start_client(timeout=access.timeout_seconds)
                return transport.get_remote_server_key()
            finally:
                transport.close()
    except paramiko.SSHException as exc:
        raise NotNexusError(access.name, f"{where} does not speak SSH", hint="check hosts.yaml") from exc
    except OSError as exc:
        raise UnreachableError(access.name, f"no answer on {where}", hint="check 'feature ssh'") from exc


def is_trusted(file: Path, access: Access, key: paramiko.PKey) -> bool:
    """Whether the file holds this very key for the switch."""
    keys = paramiko.HostKeys()
    if file.exists():
        keys.load(str(file))
    return keys.check(_entry(access), key)


def keys_of(file: Path, host: str, port: int) -> dict[str, paramiko.PKey]:
    """Trusted keys of one switch by kind; none when the file is missing.

    The lines of the others are not decoded: a login costs the same in a city of ten and of a thousand.
    """
    if not file.is_file():
        return {}
    wanted, keys = name_of(host, port), paramiko.HostKeys()
    for number, row in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
        names = row.partition(" ")[0].split(",")
        if wanted not in names and not row.startswith("|1|"):
            continue
        with suppress(paramiko.SSHException, InvalidHostKey):  # a broken line trusts nobody
            if (entry := HostKeyEntry.from_line(row, number)) and entry.key is not None:
                for name in entry.hostnames or ():
                    keys.add(name, entry.key.get_name(), entry.key)
    return dict(keys.lookup(wanted) or {})


def name_of(host: str, port: int) -> str:
    """As OpenSSH's file names it.

    >>> name_of("10.66.0.1", 22), name_of("10.66.0.1", 2222)
    ('10.66.0.1', '[10.66.0.1]:2222')
    """
    return host if port == 22 else f"[{host}]:{port}"


def _entry(access: Access) -> str:
    return name_of(access.host, access.port)


def trust_host_key(file: Path, access: Access, key: paramiko.PKey) -> None:
    """Add or replace the key of the switch; raises StoreError when the file cannot be written.

    The caller has compared the fingerprint, or has made the switch itself (a lab).
    """
    keys = paramiko.HostKeys()
    host = _entry(access)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists():
            keys.load(str(file))
        keys.pop(host, None)
        keys.add(host, key.get_name(), key)
        fresh = file.with_suffix(".new")
        keys.save(str(fresh))
        os.replace(fresh, file)  # noqa: PTH105 - one atomic rename
    except OSError as exc:
        raise StoreError(f"{file}: cannot be written ({exc.strerror}). check the state folder") from exc
