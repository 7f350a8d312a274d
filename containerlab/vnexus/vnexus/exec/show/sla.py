"""``show ip sla``: what the probes of this switch measure along the modelled network."""

from __future__ import annotations

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.world.sla import OK, OVER_THRESHOLD, Result

SENSES = {1: "OK", 3: "Over threshold", 4: "Timeout", 6: "No connection"}
TYPES = {
    "udp-jitter": "udp-jitter",
    "udp-echo": "udp-echo",
    "icmp-echo": "icmp-echo",
    "tcp-connect": "tcp-connect",
}


def _results(call: Call) -> list[Result]:
    wanted = call.get("number")
    found = call.node.world.slas.results(call.node.spec.name)
    return [result for result in found if wanted in (None, str(result.operation.number))]


@command("show-sla-statistics")
def show_sla_statistics(call: Call) -> Output:
    lines: list[str] = ["", "IPSLAs Latest Operation Statistics", ""]
    rows = []
    for result in _results(call):
        text, row = _statistics(call, result)
        lines += text
        rows.append(row)
    return Output("\n".join(lines), rows_of("common", rows))


def _statistics(call: Call, result: Result) -> tuple[list[str], dict[str, str]]:
    op, reading = result.operation, result.reading
    row = {"oper-id": str(op.number), "oper-type": TYPES.get(op.kind, op.kind)}
    lines = [f"IPSLA operation id: {op.number}", f"Type of operation: {op.kind}"]
    if reading is None:
        return [*lines, "Operation has not been scheduled", ""], row
    good = reading.sense in {OK, OVER_THRESHOLD}
    rtt = f"{round(reading.rtt)} milliseconds" if good else "NoConnection/Busy/Timeout"
    lines += [f"        Latest RTT: {rtt}", f"Latest operation start time: {call.node.stamp(reading.at)}",
              f"Latest operation return code: {SENSES[reading.sense]}"]  # fmt: skip
    if op.kind == "udp-jitter":
        heard = op.packets - reading.lost
        average, low, high = (round(figure) for figure in (reading.rtt, reading.rtt_min, reading.rtt_max))
        jitter = max(1, round(reading.jitter)) if good else 0
        lines += ["RTT Values:",
                  f"        Number Of RTT: {heard}                RTT Min/Avg/Max: {low}/{average}/{high} milliseconds",
                  "Latency one-way time:", "        Number of Latency one-way Samples: 0",
                  "        Source to Destination Latency one way Min/Avg/Max: 0/0/0 milliseconds",
                  "        Destination to Source Latency one way Min/Avg/Max: 0/0/0 milliseconds",
                  "Jitter Time:", f"        Number of SD Jitter Samples: {max(0, heard - 1)}",
                  f"        Number of DS Jitter Samples: {max(0, heard - 1)}",
                  f"        Source to Destination Jitter Min/Avg/Max: 0/{jitter}/{jitter * 2} milliseconds",
                  f"        Destination to Source Jitter Min/Avg/Max: 0/{jitter}/{jitter * 2} milliseconds",
                  "Packet Loss Values:", f"        Loss Source to Destination: {reading.lost}",
                  "        Loss Destination to Source: 0", "        Out Of Sequence: 0      Tail Drop: 0",
                  "        Packet Late Arrival: 0  Packet Skipped: 0", "Voice Score Values:",
                  f"        Calculated Planning Impairment Factor (ICPIF): {reading.icpif}",
                  f"        Mean Opinion Score (MOS): {reading.mos:.2f}"]  # fmt: skip
        row |= {"rtt-num": str(heard), "rtt-min": str(low), "rtt-avg": str(average), "rtt-max": str(high),
                "jitter-sd-avg": str(jitter), "jitter-ds-avg": str(jitter), "loss-sd": str(reading.lost),
                "icpif": str(reading.icpif), "mos": f"{reading.mos:.2f}"}  # fmt: skip
    lines += [f"Number of successes: {result.good}", f"Number of failures: {result.bad}",
              "Operation time to live: forever", ""]  # fmt: skip
    row |= {"latest-rtt": str(round(reading.rtt)), "return-code": SENSES[reading.sense],
            "num-successes": str(result.good), "num-failures": str(result.bad)}  # fmt: skip
    return lines, row


@command("show-sla-summary")
def show_sla_summary(call: Call) -> Output:
    lines = ["IPSLAs Latest Operation Summary",
             "Codes: * active, ^ inactive, ~ pending", "",
             "ID           Type        Destination       Stats       Return      Last",
             "                                           (ms)        Code        Run ",
             "-----------------------------------------------------------------------"]  # fmt: skip
    rows = []
    for result in _results(call):
        op, reading = result.operation, result.reading
        mark = "*" if reading else "^"
        stats = f"RTT={round(reading.rtt)}" if reading and reading.rtt else "-"
        code = SENSES[reading.sense] if reading else "Unknown"
        ago = f"{int(call.node.world.now() - reading.at)} seconds ago" if reading else "never"
        lines.append(f"{mark}{op.number:<12}{op.kind:<12}{op.target:<18}{stats:<12}{code:<12}{ago}")
        rows.append({"oper-id": str(op.number), "oper-type": op.kind, "dest-ip": op.target, "stats": stats,
                     "return-code": code, "last-run": ago})  # fmt: skip
    return Output("\n".join(lines), rows_of("summary", rows))


@command("show-sla-configuration")
def show_sla_configuration(call: Call) -> Output:
    lines, rows = ["IP SLAs Infrastructure Engine-III"], []
    for result in _results(call):
        op = result.operation
        status = "Active" if op.scheduled else "notInService"
        start = "Start Time already passed" if op.scheduled else "Pending trigger"
        lines += [f"Entry number: {op.number}", "Owner: ", f"Tag: {op.tag}",
                  f"Operation timeout (milliseconds): {op.timeout}", f"Type of operation to perform: {op.kind}",
                  f"Target address/Source address: {op.target}/0.0.0.0",
                  f"Target port/Source port: {op.port}/0", f"Type Of Service parameter: {op.tos:#x}",
                  f"Vrf Name: {op.vrf}", "Schedule:",
                  f"   Operation frequency (seconds): {op.frequency}  (not considered if randomly scheduled)",
                  f"   Next Scheduled Start Time: {start}", "   Group Scheduled : FALSE",
                  "   Randomly Scheduled : FALSE", "   Life (seconds): Forever",
                  f"   Status of entry (SNMP RowStatus): {status}",
                  f"Threshold (milliseconds): {op.threshold}", ""]  # fmt: skip
        rows.append({"oper-id": str(op.number), "oper-type": op.kind, "dest-ip": op.target, "tag": op.tag,
                     "frequency": str(op.frequency), "threshold": str(op.threshold), "timeout": str(op.timeout),
                     "vrf": op.vrf, "status": status})  # fmt: skip
    return Output("\n".join(lines), rows_of("config", rows))
