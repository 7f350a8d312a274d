"""Clock, users, features, boot variables."""

from __future__ import annotations

import time

from vnexus import hardware
from vnexus.exec.output import Column, Output, Table, rows_of
from vnexus.exec.registry import Call, command
from vnexus.grammar.table import modes
from vnexus.world.timekeeping import synchronised


@command("show-clock")
def show_clock(call: Call) -> Output:
    node = call.node
    now = node.local_time()
    zone = (node.config.root.value("clock", "timezone") or "").split()
    if len(zone) == 3 and zone[1].lstrip("-").isdigit():
        shift = int(zone[1]) * 3600 + (
            int(zone[2]) * 60 if not zone[1].startswith("-") else -int(zone[2]) * 60
        )
        name = zone[0]
    else:
        shift, name = 0, "UTC"
    stamp = time.gmtime(now + shift)
    text = f"{time.strftime('%H:%M:%S', stamp)}.{int(now * 1000) % 1000:03d} {name} {time.strftime('%a %b %d %Y', stamp)}"
    source = "NTP" if synchronised(node.world, node.spec.name) else "None"
    return Output(f"{text}\nTime source is {source}", {"simple_time": f"{text}\n", "time_source": source})


@command("show-users")
def show_users(call: Call) -> Output:
    node = call.node
    rows = [
        {"p_user": s.user, "p_line": f"pts/{n}", "p_time": node.stamp()[4:16], "p_idle": ".", "p_pid": str(20_000 + n),
         "p_comment": "session=ssh *" if s is call.shell else "session=ssh"}
        for n, s in enumerate(node.sessions)
    ]  # fmt: skip
    columns = (Column("p_user", "NAME", 9), Column("p_line", "LINE", 13), Column("p_time", "TIME", 13),
               Column("p_idle", "IDLE", 10), Column("p_pid", "PID", 6), Column("p_comment", "COMMENT", 0))  # fmt: skip
    return Table("sessions", columns, rows).output()


_FEATURE_NAMES = {"hsrp": "hsrp_engine", "nv overlay": "nve", "scp-server": "scpServer", "sftp-server": "sftpServer",
                  "tacacs+": "tacacs", "telnet": "telnetServer", "vrrp": "vrrp"}  # fmt: skip


@command("show-feature")
def show_feature(call: Call) -> Output:
    config = call.node.config
    names = [
        rule.notation.removeprefix("feature ")
        for rule in modes()["config"].rules
        if rule.notation.startswith("feature ") and not rule.has("hidden")
    ]
    rows = [
        {"cfcFeatureCtrlName2": _FEATURE_NAMES.get(name, name.replace(" ", "_")),
         "cfcFeatureCtrlInstanceNum2": "1", "cfcFeatureCtrlOpStatus2": "enabled" if config.feature(name) else "disabled"}
        for name in [*names, "sshServer"]
    ]  # fmt: skip
    rows[-1]["cfcFeatureCtrlOpStatus2"] = "enabled"
    rows.sort(key=lambda row: row["cfcFeatureCtrlName2"].lower())
    lines = ["Feature Name          Instance  State", "--------------------  --------  --------"]
    lines += [
        f"{r['cfcFeatureCtrlName2']:<22} {r['cfcFeatureCtrlInstanceNum2']:<8}  {r['cfcFeatureCtrlOpStatus2']}"
        for r in rows
    ]
    return Output("\n".join(lines), rows_of("cfcFeatureCtrl2Table", rows))


@command("show-boot")
def show_boot(call: Call) -> Output:
    now, then = _boot_variables(call, running=True), _boot_variables(call, running=False)
    tail = ["", "Boot POAP Disabled"]
    head, after = (
        ["Current Boot Variables:", "", "sup-1"],
        ["", "Boot Variables on next reload:", "", "sup-1"],
    )
    return Output("\n".join([*head, *now, *tail, *after, *then, *tail]))


def _boot_variables(call: Call, *, running: bool) -> list[str]:
    """Of the running image, or of what the running configuration boots."""
    node, image = call.node, call.node.release.image
    old = node.spec.profile.startswith("n7k")
    meant = node.config.root.value("boot", "system" if old else "nxos")
    if not running and meant:
        image = meant.replace(":/", ":///", 1)
    if not old:
        return [f"NXOS variable = {image}"]
    kickstart = image.replace("s2-dk9", "s2-kickstart")
    return [f"kickstart variable = {kickstart}", f"system variable = {image}"]


@command("show-license-host-id")
def show_license_host_id(call: Call) -> Output:
    return Output(f"License hostid: VDH={hardware.serial(call.node.spec.name)}")
