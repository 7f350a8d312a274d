"""Users and banners as they are configured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus.config.secrets import NO_PASSWORD
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command

if TYPE_CHECKING:
    from vnexus.node import Node

EXPIRY = "this user account has no expiry date"
LOCKED = ("no password set. Local login not allowed", "Remote login through RADIUS/TACACS+ is possible")


@command("show-banner")
def show_banner(call: Call) -> Output:
    """The words between the delimiters; a switch that has none of its own says what it was shipped with."""
    kind = "exec" if call.said("exec") else "motd"
    banner = call.node.config.root.value("banner", kind)
    if banner is not None:
        return Output(banner[1:-1].strip("\n"))
    shipped = "Nexus 7000 Switch" if call.node.spec.profile.startswith("n7k") else "User Access Verification"
    return Output(shipped if kind == "motd" else "")


@command("show-user-account")
def show_user_account(call: Call) -> Output:
    """One block per user: roles, key, whether he has a password."""
    wanted = call.get("user")
    users = [
        entry.identity[1]
        for entry in call.node.config.root.ordered()
        if entry.identity[0] == "username"
        and len(entry.identity) == 2
        and wanted in {None, entry.identity[1]}
    ]
    blocks, rows = [], []
    for user in users:
        text, row = _account(call.node, user)
        blocks.append(text)
        rows.append(row)
    return Output("\n".join(blocks), rows_of("template", rows))


def _account(node: Node, user: str) -> tuple[str, dict[str, Any]]:
    root, role = node.config.root, node.role(user)
    key = root.value("username", user, "sshkey")
    words = (root.value("username", user) or "").split()
    lines = [f"user:{user}", f"        {EXPIRY}", f"        roles:{role} "]
    row: dict[str, Any] = {"usr_name": user, "expire_date": EXPIRY, **rows_of("role", [{"role": role}])}
    if len(words) > 2 and words[2] == NO_PASSWORD:
        lines += LOCKED
        row["remote_login"] = "\n".join(LOCKED)
    if key:
        lines.append(f"        ssh public key: {key}")
        row["sshkey_info"] = key
    return "\n".join(lines), row
