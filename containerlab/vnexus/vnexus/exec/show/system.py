"""The chassis: version, inventory, modules, environment, CPU, memory, clock, users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import mac_colons
from vnexus.exec.show.processes import THREADS, processes
from vnexus.world.faults import SupervisorFail

if TYPE_CHECKING:
    from vnexus.node import Node

VERSION_TEXT = """\
Cisco Nexus Operating System (NX-OS) Software
TAC support: http://www.cisco.com/tac
Documents: http://www.cisco.com/en/US/products/ps9372/tsd_products_support_series_home.html
Copyright (c) 2002-{year}, Cisco Systems, Inc. All rights reserved.
The copyrights to certain works contained herein are owned by
other third parties and are used and distributed under license.
Some parts of this software are covered under the GNU Public
License. A copy of the license is available at
http://www.gnu.org/licenses/gpl.html.

Software
{software}

Hardware
  cisco {chassis} {suffix}
  {processor}
  Processor Board ID {serial}

  Device name: {name}
  bootflash:    {flash} kB

Kernel uptime is {days} day(s), {hours} hour(s), {minutes} minute(s), {seconds} second(s)

Last reset
  Reason: Unknown
  System version: {version}
  Service:

plugin
  Core Plugin, Ethernet Plugin

Active Package(s):
"""


@command("show-version")
def show_version(call: Call) -> Output:
    node = call.node
    release, model = node.release, node.model
    image = release.image
    up = int(node.clock.now() - node.booted_at())
    parts = {
        "days": up // 86_400,
        "hours": up % 86_400 // 3600,
        "minutes": up % 3600 // 60,
        "seconds": up % 60,
    }
    old = node.spec.profile.startswith("n7k")
    kickstart = image.replace("s2-dk9", "s2-kickstart")
    if old:
        software = "\n".join(
            [f"  BIOS:      version {release.bios}", f"  kickstart: version {release.version}",
             f"  system:    version {release.version}", "  BIOS compile time:       08/22/2019",
             f"  kickstart image file is: {kickstart}", f"  kickstart compile time:  {release.compiled}",
             f"  system image file is:    {image}", f"  system compile time:     {release.compiled}"]
        )  # fmt: skip
    else:
        software = "\n".join(
            [f"  BIOS: version {release.bios}", f"  NXOS: version {release.version}",
             "  BIOS compile time:  05/01/2024", f"  NXOS image file is: {image}",
             f"  NXOS compile time:  {release.compiled}"]
        )  # fmt: skip
    serial = hardware.serial(node.spec.name)
    text = VERSION_TEXT.format(
        year=release.copyright_year, software=software, chassis=model.short, processor=model.processor,
        suffix='Chassis ("Supervisor Module-2")' if old else "Chassis", serial=serial,
        name=node.config.hostname, flash=model.flash_kilobytes, version=release.version, **parts,
    )  # fmt: skip
    body: dict[str, Any] = {
        "header_str": text.split("\n\nSoftware")[0] + "\n", "bios_ver_str": release.bios,
        "chassis_id": f"{model.short} Chassis", "cpu_name": model.processor.split(" with ")[0],
        "memory": model.memory_kilobytes, "mem_type": "kB", "proc_board_id": serial,
        "host_name": node.config.hostname, "bootflash_size": model.flash_kilobytes,
        "kern_uptm_days": parts["days"], "kern_uptm_hrs": parts["hours"], "kern_uptm_mins": parts["minutes"],
        "kern_uptm_secs": parts["seconds"], "rr_reason": "Unknown", "rr_sys_ver": release.version,
        "rr_service": "", "plugins": "Core Plugin, Ethernet Plugin", "manufacturer": "Cisco Systems, Inc.",
    }  # fmt: skip
    if old:
        body |= {"kickstart_ver_str": release.version, "sys_ver_str": release.version, "kick_file_name": kickstart,
                 "isan_file_name": image}  # fmt: skip
    else:
        body |= {
            "nxos_ver_str": release.version,
            "nxos_file_name": image,
            "nxos_compile_time": release.compiled,
        }
        if node.spec.profile == "n9k-9.3":
            body |= {"kickstart_ver_str": release.version, "kick_file_name": image}
        else:
            body |= {"sys_ver_str": release.version}
    return Output(text, body)


def inventory(node: Node) -> list[dict[str, str]]:
    """Rows of the inventory; empty supplies and fans of a virtual chassis leave none."""
    model, name = node.model, node.spec.name
    rows = [{"name": "Chassis", "desc": f"{model.short} Chassis", "productid": model.name,
             "serialnum": hardware.serial(name)}]  # fmt: skip
    rows += [
        {"name": f"Slot {m.slot}", "desc": m.description, "productid": m.part,
         "serialnum": hardware.serial(name, f"slot {m.slot}") if model.family == "n7k" else hardware.serial(name)}
        for m in model.modules
    ]  # fmt: skip
    rows += [
        {"name": f"Power Supply {s.slot}", "desc": f"{model.short} Chassis Power Supply",
         "productid": s.model, "serialnum": hardware.serial(name, f"psu {s.slot}")}
        for s in node.world.power_supplies(name)
    ]  # fmt: skip
    rows += [
        {"name": f"Fan {n}", "desc": f"{model.short} Chassis Fan Module", "productid": model.fan_part,
         "serialnum": "N/A"}
        for n in range(1, model.fan_count + 1)
    ]  # fmt: skip
    return [{**row, "vendorid": "V01"} for row in rows]


@command("show-inventory")
def show_inventory(call: Call) -> Output:
    rows = inventory(call.node)
    quoted = call.node.spec.profile == "n9k-10"
    lines = []
    for row in rows:
        lines += [f'NAME: "{row["name"]}",  DESCR: "{row["desc"]}"',
                  f"PID: {row['productid']:<20},  VID: {row['vendorid']:<4},  SN: {row['serialnum']}", ""]  # fmt: skip
    if quoted:
        rows = [{**row, "name": f'"{row["name"]}"', "desc": f'"{row["desc"]}"'} for row in rows]
    return Output("\n".join(lines), rows_of("inv", rows))


@command("show-module")
def show_module(call: Call) -> Output:
    node = call.node
    model, base = node.model, hardware.base_mac(node.spec.address)
    rows, macs = [], []
    for module in model.modules:
        active = module.supervisor and module.slot == min(m.slot for m in model.modules if m.supervisor)
        failed = module.supervisor and node.spec.name in node.world.board.of(SupervisorFail)
        state = "active *" if active else "failure" if failed else "ha-standby" if module.supervisor else "ok"
        rows.append({"modinf": str(module.slot), "ports": str(len(module.ports)), "modtype": module.description,
                     "model": module.part, "status": state})  # fmt: skip
        low = mac_colons(hardware.mac_text(base))
        high = mac_colons(hardware.mac_text(base + 8 + len(module.ports)))
        serial = hardware.serial(node.spec.name, f"slot {module.slot}")
        macs.append({"modmac": str(module.slot), "mac": f"{low} to {high}", "serialnum": serial})
    software = [{"modwwn": r["modinf"], "sw": node.release.version, "hw": "1.0"} for r in rows]
    lines = ["Mod Ports             Module-Type                      Model           Status",
             "--- ----- ------------------------------------- --------------------- ---------"]  # fmt: skip
    lines += [
        f"{r['modinf']:<3} {r['ports']:<5} {r['modtype'][:37]:<37} {r['model']:<21} {r['status']}"
        for r in rows
    ]
    lines += ["", "Mod  Sw                       Hw    Slot", "---  ----------------------- ------ ----"]
    lines += [f"{s['modwwn']:<4} {s['sw']:<23} {s['hw']:<6} NA  " for s in software]
    lines += ["", "", "Mod  MAC-Address(es)                         Serial-Num",
              "---  --------------------------------------  ----------"]  # fmt: skip
    lines += [f"{m['modmac']:<4} {m['mac']:<39} {m['serialnum']}" for m in macs]
    lines += ["", "Mod  Online Diag Status", "---  ------------------"]
    lines += [f"{r['modinf']:<4} Pass" for r in rows]
    body = {**rows_of("modinfo", rows), **rows_of("modwwninfo", software), **rows_of("modmacinfo", macs)}
    return Output("\n".join([*lines, "", "* this terminal session"]), body)


@command("show-environment")
def show_environment(call: Call) -> Output:
    node = call.node
    parts = {"temperature": _temperature, "fan": _fans, "power": _power}
    wanted = [p for p in parts if call.said(p)] or ["power", "fan", "temperature"]
    texts: list[str] = []
    body: dict[str, Any] = {}
    for part in wanted:
        text, found = parts[part](node)
        texts.append(text)
        body |= found
    return Output("\n\n".join(texts), body)


def _temperature(node: Node) -> tuple[str, dict[str, Any]]:
    rows = [
        {"tempmod": "1", "sensor": s.name, "majthres": f"{s.major or 0:.0f}", "minthres": f"{s.minor or 0:.0f}",
         "curtemp": f"{s.value:.0f}", "alarmstatus": _alarm(s.value, s.minor, s.major)}
        for s in node.world.sensors(node.spec.name) if s.port is None and s.unit == "celsius"
    ]  # fmt: skip
    line = "-" * 68
    lines = ["Temperature:", line, "Module   Sensor        MajorThresh   MinorThres   CurTemp     Status",
             "                       (Celsius)     (Celsius)    (Celsius)         ", line]  # fmt: skip
    lines += [
        f"{r['tempmod']:<8} {r['sensor']:<15} {r['majthres']:<13} {r['minthres']:<12} {r['curtemp']:<11} "
        f"{r['alarmstatus']}" for r in rows
    ]  # fmt: skip
    return "\n".join(lines), {"TABLE_tempinfo": {"ROW_tempinfo": rows}}


def _alarm(value: float, minor: float | None, major: float | None) -> str:
    if major is not None and value >= major:
        return "Major"
    return "Minor" if minor is not None and value >= minor else "Ok"


def _fans(node: Node) -> tuple[str, dict[str, Any]]:
    part = node.model.fan_part
    fans = node.world.fans(node.spec.name)
    rows = [
        {"fanname": f"{f.name}(sys_fan{n})", "fanmodel": part, "fanhwver": "--",
         "fandir": "front-to-back", "fanstatus": "Ok" if f.up else "Failure"}
        for n, f in enumerate(fans, 1)
    ]  # fmt: skip
    supplies = node.world.power_supplies(node.spec.name)
    rows += [
        {"fanname": f"Fan_in_PS{s.slot}", "fanmodel": "--", "fanhwver": "--", "fandir": "front-to-back",
         "fanstatus": "Ok" if s.up else "Failure"}
        for s in supplies
    ]  # fmt: skip
    line = "-" * 75
    lines = ["Fan:", line, "Fan             Model                Hw     Direction       Status", line]
    lines += [
        f"{r['fanname']:<15} {r['fanmodel']:<20} {r['fanhwver']:<6} {r['fandir']:<15} {r['fanstatus']}"
        for r in rows
    ]
    speed = max((f.rpm for f in fans), default=0) * 255 // 16_000
    lines += [f"Fan Zone Speed: Zone 1: 0x{speed:x}", "Fan Air Filter : NotSupported"]
    body = {"TABLE_faninfo": {"ROW_faninfo": rows}, "TABLE_fan_zone_speed":
            {"ROW_fan_zone_speed": {"zone": "1", "zonespeed": f"0x{speed:x}"}}, "fan_filter_status": "NotSupported"}  # fmt: skip
    return "\n".join(lines), {"fandetails": body}


def _power(node: Node) -> tuple[str, dict[str, Any]]:
    supplies = node.world.power_supplies(node.spec.name)
    rows = [
        {"psnum": str(s.slot), "psmodel": s.model, "actual_out": f"{s.drawn_watts:.0f} W",
         "actual_input": f"{s.drawn_watts * 1.06:.0f} W", "tot_capa": f"{s.capacity_watts:.0f} W",
         "ps_status": "Ok" if s.up else "Shutdown"}
        for s in supplies
    ]  # fmt: skip
    drawn = sum(s.drawn_watts for s in supplies)
    capacity = max((s.capacity_watts for s in supplies), default=0.0)
    lines = ["Power Supply:", "Voltage: 12 Volts",
             "Power                             Actual      Actual        Total",
             "Supply    Model                   Output      Input      Capacity    Status",
             "                                (Watts )    (Watts )     (Watts )",
             "-------  -------------------  ----------  ----------  ----------  --------------"]  # fmt: skip
    lines += [
        f"{r['psnum']:<8} {r['psmodel']:<19} {r['actual_out']:>11} {r['actual_input']:>11} {r['tot_capa']:>11}     "
        f"{r['ps_status']}" for r in rows
    ]  # fmt: skip
    summary = {
        "ps_redun_mode": "PS-Redundant", "ps_oper_mode": "PS-Redundant", "tot_pow_capacity": f"{capacity:.2f} W",
        "tot_gridA_capacity": f"{capacity:.2f} W", "tot_gridB_capacity": f"{capacity:.2f} W",
        "cumulative_power": f"{sum(s.capacity_watts for s in supplies):.2f} W",
        "tot_pow_out_actual_draw": f"{drawn:.2f} W", "tot_pow_input_actual_draw": f"{drawn * 1.06:.2f} W",
        "tot_pow_alloc_budgeted": "N/A", "available_pow": "N/A",
    }  # fmt: skip
    names = ("Power Supply redundancy mode (configured)", "Power Supply redundancy mode (operational)",
             "Total Power Capacity (based on configured mode)", "Total Grid-A (first half of PS slots) Power Capacity",
             "Total Grid-B (second half of PS slots) Power Capacity", "Total Power of all Inputs (cumulative)",
             "Total Power Output (actual draw)", "Total Power Input (actual draw)", "Total Power Allocated (budget)",
             "Total Power Available for additional modules")  # fmt: skip
    lines += ["", "", "Power Usage Summary:", "--------------------"]
    lines += [f"{name:<55}{value:>12}" for name, value in zip(names, summary.values(), strict=True)]
    body = {"voltage_level": "12", "TABLE_psinfo": {"ROW_psinfo": rows}, "power_summary": summary}
    return "\n".join(lines), {"powersup": body}


@command("show-resources")
def show_resources(call: Call) -> Output:
    node = call.node
    busy = node.world.cpu_percent(node.spec.name)
    used, free = node.world.memory_kilobytes(node.spec.name)
    user, kernel = busy * 0.6, busy * 0.4
    load = busy / 20
    states = f"{user:.2f}% user,   {kernel:.2f}% kernel,   {100 - busy:.2f}% idle"
    text = (
        f"Load average:   1 minute: {load:.2f}   5 minutes: {load * 0.9:.2f}   15 minutes: {load * 0.8:.2f}\n"
        f"Processes   :   {len(processes(node)) * THREADS} total, {1 + busy // 25} running\n"
        f"CPU states  :   {states}\n"
        + "".join(f"        CPU{n} states  :   {states}\n" for n in range(4))
        + f"Memory usage:   {used + free}K total,   {used}K used,   {free}K free\n"
        f"Kernel vmalloc:   0K total,   0K free\nKernel buffers:   {used // 60}K Used\n"
        f"Kernel cached :   {used // 4}K Used\n"
        "Current memory status: OK"
    )
    body = {"load_avg_1min": f"{load:.2f}", "load_avg_5min": f"{load * 0.9:.2f}",
            "load_avg_15min": f"{load * 0.8:.2f}", "processes_total": str(len(processes(node)) * THREADS),
            "processes_running": str(1 + busy // 25), "cpu_state_user": f"{user:.2f}",
            "cpu_state_kernel": f"{kernel:.2f}", "cpu_state_idle": f"{100 - busy:.2f}",
            **rows_of("cpu_usage", [{"cpuid": str(n), "user": f"{user:.2f}", "kernel": f"{kernel:.2f}",
                                     "idle": f"{100 - busy:.2f}"} for n in range(4)]),
            "memory_usage_total": used + free, "memory_usage_used": used, "memory_usage_free": free,
            "current_memory_status": "OK"}  # fmt: skip
    return Output(text, body)
