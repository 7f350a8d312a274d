"""SSH: one asyncssh server per node: keys, logins, and a terminal for everyone who is let in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vnexus.node import Node
from vnexus.servers.terminal import Terminal

LOGIN_SECONDS = 30
"""Who has not logged in by then is cut off."""


def host_key(lab: str, node: str, folder: Path | None) -> asyncssh.SSHKey:
    """The node's key: from the folder, else made from the lab's and the node's name and put there.

    The names make it the same on every run, so that known_hosts can be written once.
    """
    file = folder / f"{node}.key" if folder else None
    if file and file.exists():
        return asyncssh.read_private_key(str(file))
    seed = hashlib.sha256(f"vnexus/{lab}/{node}".encode()).digest()
    private = Ed25519PrivateKey.from_private_bytes(seed)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pem)
        file.chmod(0o600)
    return asyncssh.import_private_key(pem)


class _Server(asyncssh.SSHServer):
    """Logs users in."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.user = ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn
        self.node.connections.add(conn)
        if not self.node.reachable():
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.node.connections.discard(self.connection)

    def begin_auth(self, username: str) -> bool:
        self.user = username
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return self.node.authenticate(username, password)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self.node.holds_key(username, key.public_data)

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> tuple[str, str, str, list[Any]]:
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        return len(responses) == 1 and self.node.authenticate(username, responses[0])

    def session_requested(self) -> asyncssh.SSHServerSession[str]:
        return Terminal(self.node, self.user)


async def start_ssh(node: Node, port: int, key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
    """Listen on the node's own address. Raises OSError when the address is taken."""
    factory: Callable[[], asyncssh.SSHServer] = lambda: _Server(node)  # noqa: E731 - asyncssh wants a factory
    return await asyncssh.create_server(
        factory, node.spec.address, port, server_host_keys=[key], line_editor=False, encoding="utf-8",
        allow_scp=False, login_timeout=LOGIN_SECONDS, reuse_address=True,
    )  # fmt: skip
