"""Counts and timers that follow from what other commands list: routes, addresses, channel numbers, LLDP."""

from __future__ import annotations

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.layer3 import NO_VRF, wanted_vrfs
from vnexus.grammar.names import vlan_text

CHANNELS = 511
"""Port-channels that a Nexus 9000 takes."""


@command("show-ip-route-summary")
def show_ip_route_summary(call: Call) -> Output:
    node = call.node
    wanted = wanted_vrfs(call)
    if wanted is None:
        return Output(NO_VRF, error=True)
    blocks, rows = [], []
    for vrf in wanted:
        table = node.world.network().tables.table(node.spec.name, vrf)
        best: dict[str, int] = {}
        masks: dict[int, int] = {}
        for route in table:
            best[route.protocol] = best.get(route.protocol, 0) + len(route.hops)
        for prefix in {route.prefix for route in table}:
            masks[prefix.prefixlen] = masks.get(prefix.prefixlen, 0) + 1
        lines = [f'IP Route Table for VRF "{vrf}"', f"Total number of routes: {sum(masks.values())}",
                 f"Total number of paths:  {sum(best.values())}", "", "Best paths per protocol:      Backup paths per protocol:"]  # fmt: skip
        lines += [f"  {name:<15}: {count:<12}None" for name, count in sorted(best.items())]
        lines += ["", "Number of routes per mask-length:",
                  "  ".join(f"/{length:<2}: {count:<6}" for length, count in sorted(masks.items())).rstrip()]  # fmt: skip
        blocks.append("\n".join(lines))
        rows.append({"vrf-name-out": vrf, "routes": str(sum(masks.values())), "paths": str(sum(best.values())),
                     **rows_of("unicast", [{"clientnameuni": n, "best-paths": str(c)} for n, c in sorted(best.items())])})  # fmt: skip
    return Output("\n\n".join(blocks), rows_of("vrf", rows))


@command("show-mac-count")
def show_mac_count(call: Call) -> Output:
    node = call.node
    dynamic = len(node.world.macs(node.spec.name))
    static = sum(name.startswith("Vlan") for name in node.config.interfaces())
    fields = {"Dynamic Address Count": dynamic, "Static Address (User-defined) Count": 0, "Secure Address Count": 0,
              "Gateway Address Count": static, "Total MAC Addresses in Use": dynamic + static}  # fmt: skip
    lines = [
        "MAC Entries for all vlans:",
        *[f"{label + ':':<46}{figure:>5}" for label, figure in fields.items()],
    ]
    keys = ("dyn_cnt", "usr_cnt", "sec_cnt", "gw_cnt", "total_cnt")
    return Output("\n".join(lines), {k: str(v) for k, v in zip(keys, fields.values(), strict=True)})


@command("show-lldp-timers")
def show_lldp_timers(call: Call) -> Output:
    root = call.node.config.root
    timer, hold, again = (root.value("lldp", word) or default
                          for word, default in (("timer", "30"), ("holdtime", "120"), ("reinit", "2")))  # fmt: skip
    text = f"LLDP Timers:\n\n    Holdtime in seconds: {hold}\n    Reinit-time in seconds: {again}\n    Transmit interval in seconds: {timer}"
    return Output(text, {"ttl": hold, "reinit": again, "tx_interval": timer})


@command("show-lldp-traffic")
def show_lldp_traffic(call: Call) -> Output:
    """A frame in every interval on each port that is up and sends, and as many from each neighbour."""
    node = call.node
    timer = int(node.config.root.value("lldp", "timer") or 30)
    now, booted = node.world.now(), node.booted_at()
    states = {name: node.world.oper(node.spec.name, name) for name in node.config.platform.ports}
    sent = sum(
        int((now - max(oper.changed_at, booted)) / timer)
        for name, oper in states.items() if oper.up and node.config.interface(name).lldp_transmit
    )  # fmt: skip
    heard = node.world.neighbors(node.spec.name)
    got = sum(
        int((now - max(states[n.local_port].changed_at, booted)) / timer)
        for n in heard
        if n.local_port in states
    )
    fields = {"Total frames transmitted": sent, "Total entries aged": 0, "Total frames received": got,
              "Total frames received in error": 0, "Total frames discarded": 0, "Total unrecognized TLVs": 0}  # fmt: skip
    lines = ["LLDP traffic statistics:", "", *[f"    {label}: {figure}" for label, figure in fields.items()]]
    keys = ("tx_frames", "aged_entries", "rx_frames", "rx_errors", "rx_discards", "unrecognized_tlvs")
    return Output("\n".join(lines), {k: str(v) for k, v in zip(keys, fields.values(), strict=True)})


@command("show-lldp-interface")
def show_lldp_interface(call: Call) -> Output:
    node, name = call.node, call.get("interface") or ""
    try:
        config = node.config.interface(name)
    except KeyError:
        return Output("^\nInvalid range at '^' marker.", error=True)
    sends, hears = ("Y" if on else "N" for on in (config.lldp_transmit, config.lldp_receive))
    lines = ["Interface Information:", f"Enable (tx/rx/dcbx): {sends}/{hears}/N    Port Mac address: "]
    return Output("\n".join(lines).rstrip(), {"interface": name, "tx_enabled": sends, "rx_enabled": hears})


def _used(call: Call) -> list[int]:
    names = [n for n in call.node.config.interfaces() if n.startswith("port-channel") and "." not in n]
    return [int(name.removeprefix("port-channel")) for name in names]


@command("show-port-channel-usage")
def show_port_channel_usage(call: Call) -> Output:
    used = _used(call)
    free = vlan_text(set(range(1, 4097)) - set(used))
    lines = [f"Total {len(used)} port-channel numbers used", "============================================",
             f"Used  :   {' , '.join(vlan_text(used).split(',')) if used else '-'}", f"Unused:   {' , '.join(free.split(','))}",
             "          (some numbers may be in use by SAN port channels)"]  # fmt: skip
    return Output("\n".join(lines), {"used": vlan_text(used), "unused": free, "total_used": str(len(used))})


@command("show-port-channel-capacity")
def show_port_channel_capacity(call: Call) -> Output:
    used = len(_used(call))
    free = CHANNELS - used
    text = (f"Port-channel resources\n    {CHANNELS} total    {used} used    {free} free    "
            f"{100 * used // CHANNELS}% used")  # fmt: skip
    return Output(text, {"total": str(CHANNELS), "used": str(used), "free": str(free)})
