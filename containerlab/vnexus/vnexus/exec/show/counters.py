"""``show interface counters detailed``: every counter of the traffic model."""

from __future__ import annotations

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.interface import NO_SUCH
from vnexus.exec.show.port import PortView, views

KEYS = {
    "rxHCTotalPkts": ("eth_inpkts", ("rx_unicast", "rx_multicast", "rx_broadcast")),
    "txHCTotalPkts": ("eth_outpkts", ("tx_unicast", "tx_multicast", "tx_broadcast")),
    "rxHCUnicastPkts": ("eth_inucast", ("rx_unicast",)),
    "txHCUnicastPkts": ("eth_outucast", ("tx_unicast",)),
    "rxHCMulticastPkts": ("eth_inmcast", ("rx_multicast",)),
    "txHCMulticastPkts": ("eth_outmcast", ("tx_multicast",)),
    "rxHCBroadcastPkts": ("eth_inbcast", ("rx_broadcast",)),
    "txHCBroadcastPkts": ("eth_outbcast", ("tx_broadcast",)),
    "rxHCOctets": ("eth_inbytes", ("rx_bytes",)),
    "txHCOctets": ("eth_outbytes", ("tx_bytes",)),
    "rxTotalErrors": ("eth_inerr", ("rx_errors",)),
    "txTotalErrors": ("eth_outerr", ("tx_errors",)),
    "rxTotalDiscards": ("eth_indiscard", ("rx_discards",)),
    "txTotalDiscards": ("eth_outdiscard", ("tx_discards",)),
}
"""Name in the text: key of the structure, fields of Counters that add up."""


def _figures(port: PortView) -> dict[str, int]:
    counters = port.counters
    return {label: sum(getattr(counters, field) for field in fields) for label, (_, fields) in KEYS.items()}


@command("show-interface-counters-detailed")
def show_interface_counters_detailed(call: Call) -> Output:
    """Counters that are zero are left out of the text unless ``all`` is said."""
    lines, rows = [], []
    try:
        found = list(views(call.node, call.get("interfaces")))
    except KeyError:
        return Output(NO_SUCH, error=True)
    for port in found:
        if not port.name.startswith(("Ethernet", "port-channel")):
            continue
        figures = _figures(port)
        shown = {label: figure for label, figure in figures.items() if figure or call.said("all")}
        if shown:
            lines += ["", port.name, "  64 bit counters:"]
            lines += [f"{n:>4}. {label:>27} = {figure}" for n, (label, figure) in enumerate(shown.items())]
        rows.append({"interface": port.name, **{KEYS[k][0]: str(figure) for k, figure in figures.items()}})
    return Output("\n".join(lines), rows_of("interface", rows))
