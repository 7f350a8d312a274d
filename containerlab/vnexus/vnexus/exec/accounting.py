"""The accounting log: who typed which configuration line, secrets left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vnexus.exec.shell import Shell

_SECRET = re.compile(
    r"\b(password(?: \d)?|key(?:-string)?(?: \d)?|md5(?: \d)?|community|auth \S+|priv(?: aes-\d+)?|sshkey)"
    r" (\S.*)",
    re.IGNORECASE,
)


def mask(line: str) -> str:
    """What stands behind a word that announces a secret becomes stars.

    >>> mask("username eve password 0 hush role network-admin"), mask("vlan 10")
    ('username eve password 0 ********', 'vlan 10')
    """
    return _SECRET.sub(r"\1 ********", line)


def account(shell: Shell, line: str, path: tuple[str, ...], *, ok: bool) -> None:
    """Note a line of configuration mode."""
    above = [part for part in path if part != line.strip()]
    command = " ; ".join(["configure terminal", *above, mask(line.strip())])
    verdict = "SUCCESS" if ok else "FAILURE"
    node = shell.node
    place = "nginx" if not shell.interactive else f"127.0.0.1@pts/{len(node.sessions)}"
    node.accounting.append(
        f"{node.stamp()}:type=update:id={place}:user={shell.user}:cmd={command} ({verdict})"
    )
