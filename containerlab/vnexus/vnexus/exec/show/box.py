"""The box as a whole: virtual device contexts, licences, switching mode, crashes, who did what, how long it is up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command

if TYPE_CHECKING:
    from vnexus.node import Node

_LICENSED = {"LAN_ENTERPRISE_SERVICES_PKG": ("bgp", "eigrp", "isis", "ospf", "ospfv3", "pim", "msdp"),
             "NETWORK_SERVICES_PKG": ("telemetry",), "VPN_FABRIC": ("nv overlay",)}  # fmt: skip
"""Package to the features that use it."""


@command("show-vdc")
def show_vdc(call: Call) -> Output:
    node = call.node
    mac = hardware.mac_text(hardware.base_mac(node.spec.address)).replace(".", "")
    cards = "f2e" if node.model.family == "n7k" else "None"
    row = {"vdc_id": "1", "vdc_name": node.config.hostname, "state": "active",
           "mac": ":".join(mac[i : i + 2] for i in range(0, 12, 2)), "type": "Ethernet", "lc": cards}  # fmt: skip
    mode = "m1 f1 m1xl f2 m2xl f2e f3" if node.model.family == "n7k" else "m1 f1 m1xl f2 m2xl f2e"
    text = "\n".join([
        f"\nSwitchwide mode is {mode}\n",
        f"{'vdc_id':<8}{'vdc_name':<34}{'state':<20}{'mac':<20}{'type':<12}lc",
        f"{'------':<8}{'--------':<34}{'-----':<20}{'----------':<20}{'---------':<12}------",
        f"{row['vdc_id']:<8}{row['vdc_name']:<34}{row['state']:<20}{row['mac']:<20}{row['type']:<12}{row['lc']}", "",
    ])  # fmt: skip
    return Output(text, rows_of("vdc", [row]))


@command("show-switching-mode")
def show_switching_mode(call: Call) -> Output:
    slots = [m.slot for m in call.node.model.modules if m.ports]
    rows = [{"module_number": str(slot), "oper_mode": "Cut-Through"} for slot in slots]
    lines = ["Configured switching mode: Cut through", "", "Module Number     Operational Mode "]
    lines += [f"     {r['module_number']:<13}{r['oper_mode']}" for r in rows]
    return Output("\n".join(lines), {"configured_mode": "Cut through", **rows_of("switching_mode", rows)})


def _used(node: Node) -> dict[str, bool]:
    return {name: any(map(node.config.feature, features)) for name, features in _LICENSED.items()}


@command("show-license-usage")
def show_license_usage(call: Call) -> Output:
    """10.x lists what is in use only, the releases before it a table of all."""
    node = call.node
    used = _used(node)
    if node.spec.profile == "n9k-10":
        rows = [{"feature_name": name, "description": f"LAN license for {node.model.short}", "count": "1",
                 "status": "IN USE"} for name, yes in used.items() if yes]  # fmt: skip
        lines = ["License Authorization:", "  Status: Not Applicable", ""]
        for row in rows:
            lines += [f"({row['feature_name']}):", f"  Description: {row['description']}", f"  Count: {row['count']}",
                      "  Version: 1.0", f"  Status: {row['status']}", "  Enforcement Type: NOT ENFORCED",
                      "  License Type: Generic", ""]  # fmt: skip
        return Output("\n".join(lines), rows_of("license_usage", rows))
    rows = [{"feature_name": name, "lic_inst": "Yes", "lic_count": "-", "status": "In use" if yes else "Unused",
             "expiry_date": "Never", "comments": "-"} for name, yes in used.items()]  # fmt: skip
    lines = ["", "Feature                      Ins  Lic   Status Expiry Date Comments",
             "                                 Count", "-" * 80]  # fmt: skip
    lines += [f"{r['feature_name']:<29} {r['lic_inst']:<5} {r['lic_count']:<3} {r['status']:<6} "
              f"{r['expiry_date']:<11} {r['comments']}" for r in rows]  # fmt: skip
    return Output("\n".join([*lines, "-" * 80]), rows_of("show_lic_usage", rows))


@command("show-cores")
def show_cores(call: Call) -> Output:
    """Nothing crashes here."""
    del call
    return Output("VDC  Module  Instance  Process-name     PID       Date(Year-Month-Day Time)\n"
                  "---  ------  --------  ---------------  --------  -------------------------", {})  # fmt: skip


@command("show-system-uptime")
def show_system_uptime(call: Call) -> Output:
    node = call.node
    booted = node.booted_at()
    up = int(node.clock.now() - booted)
    days, hours, minutes, seconds = up // 86_400, up % 86_400 // 3600, up % 3600 // 60, up % 60
    start = time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(booted))
    words = f"{days} days, {hours} hours, {minutes} minutes, {seconds} seconds"
    keys = ("days", "hrs", "mins", "secs")
    figures = [str(figure) for figure in (days, hours, minutes, seconds)]
    body = {"sys_st_time": start, **{f"{what}_up_{key}": figure for what in ("sys", "kn")
                                     for key, figure in zip(keys, figures, strict=True)}}  # fmt: skip
    return Output(f"System start time:          {start}\nSystem uptime:              {words}\n"
                  f"Kernel uptime:              {words}", body)  # fmt: skip


@command("show-accounting-log")
def show_accounting_log(call: Call) -> Output:
    """Configuration commands, who gave them, and whether they were taken."""
    lines = [f"{call.node.stamp(e.at)}:type=update:id={e.line}:user={e.user}:cmd={e.command} ({e.result})"
             for e in call.node.accounting]  # fmt: skip
    return Output("\n".join(lines))


@command("where")
def where(call: Call) -> Output:
    """The mode that the session is in."""
    session = call.shell.configuring
    place = "" if session is None else "; ".join(["conf", *[f.sections[0].label for f in session.frames[1:]]])
    return Output(f"  {place:<38}{call.shell.user}@{call.node.config.hostname}%default")
