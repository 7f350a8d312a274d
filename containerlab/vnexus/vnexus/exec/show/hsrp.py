"""``show hsrp``: groups as their members decide them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import duration, uptime
from vnexus.exec.show.routes import NO_COMMAND, age
from vnexus.world.routing.hsrp import HsrpMember, HsrpView

if TYPE_CHECKING:
    from vnexus.node import Node


@command("show-hsrp")
def show_hsrp(call: Call) -> Output:
    node = call.node
    if not node.config.feature("hsrp"):
        return Output(NO_COMMAND, error=True)
    views = node.world.network().hsrp.views(node.spec.name)
    rows = [_row(node, view) for view in views]
    if not call.said("brief"):
        return Output("\n\n".join(_text(node, view) for view in views) + "\n", rows_of("grp_detail", rows))
    lines = ["*:IPv6 group   #:group belongs to a bundle", "                     P indicates configured to preempt.",
             "                     |",
             " Interface   Grp  Prio P State    Active addr      Standby addr     Group addr"]  # fmt: skip
    for view in views:
        member = view.member
        lines.append(
            f" {member.name:<11} {member.group:<4} {member.priority:<4} {'P' if member.preempt else ' '} {view.state:<8} "
            f"{_who(view, view.active):<16} {_who(view, view.standby):<16} {member.virtual or '0.0.0.0'}   (conf)"
        )
    return Output("\n".join(lines), rows_of("grp_detail", rows))


def _who(view: HsrpView, other: HsrpMember | None) -> str:
    """``local``, the address, or ``unknown``."""
    if other is None or other.leg is None:
        return "unknown"
    return "local" if other is view.member else str(other.leg.address.ip)


def _left(node: Node, view: HsrpView, other: HsrpMember) -> str:
    """Seconds until the other's hold time ends: hellos keep it within one interval of the full time."""
    hello, hold = view.member.timers
    drift = node.world.wobble(f"hsrp {other.node} {other.name}")
    return f"{hold - hello * (1 + drift) / 2:.6f}"


def _router(node: Node, view: HsrpView, word: str, other: HsrpMember | None) -> str:
    said = _who(view, other)
    if said in {"local", "unknown"} or other is None:
        return f"  {word} router is {said} "
    return (
        f"  {word} router is {said} , priority {other.priority} expires in {_left(node, view, other)} sec(s)"
    )


def _text(node: Node, view: HsrpView) -> str:
    member, (hello, hold) = view.member, view.member.timers
    why = "(Interface Down)" if view.state == "Initial" and not member.up else ""
    lines = [f"{member.name} - Group {member.group} (HSRP-V{member.version}) (IPv4)",
             f"  Local state is {view.state}{why}, priority {member.priority} (Cfged {member.priority})"
             + (", may preempt" if member.preempt else ", no preempt"),
             f"    Forwarding threshold(for vPC), lower: 1 upper: {member.priority} ",
             f"  Hellotime {hello} sec, holdtime {hold} sec"]  # fmt: skip
    if view.state in {"Active", "Standby"}:
        lines.append(
            f"  Next hello sent in {hello * (1 + node.world.wobble('hello ' + member.node)) / 2:.6f} sec(s)"
        )
    lines += [f"  Virtual IP address is {member.virtual or 'unknown'} (Cfged)",
              _router(node, view, "Active", view.active).rstrip(), _router(node, view, "Standby", view.standby),
              '  Authentication text "cisco"', f"  Virtual mac address is {member.mac} (Default MAC)",
              f"  {_changes(view)} state changes, last state change {uptime(age(node, view.since))}",
              f"  IP redundancy name is hsrp-{member.name}-{member.group} (default)"]  # fmt: skip
    return "\n".join(lines)


def _changes(view: HsrpView) -> int:
    """Listen, Standby, Active: each step is one change."""
    return {"Active": 2, "Standby": 1}.get(view.state, 0)


def _row(node: Node, view: HsrpView) -> dict[str, str]:
    member = view.member
    active = view.active.priority if view.active else 0
    return {"sh_if_index": member.name, "sh_group_num": str(member.group), "sh_group_type": "IPv4",
            "sh_group_version": f"v{member.version}", "sh_group_state": view.state, "sh_prio": str(member.priority),
            "sh_cfg_prio": str(member.priority), "sh_can_forward": "DISABLED" if view.state == "Initial" else "ENABLED",
            "sh_preempt": "ENABLED" if member.preempt else "DISABLED", "sh_vip": member.virtual,
            "sh_active_router_addr": _who(view, view.active), "sh_active_router_prio": str(active),
            "sh_standby_router_addr": _who(view, view.standby), "sh_vmac": member.mac,
            "sh_num_of_state_changes": str(_changes(view)),
            "sh_last_state_change": duration(age(node, view.since))}  # fmt: skip
