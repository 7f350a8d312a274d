"""What a device and its ports say of themselves."""

from __future__ import annotations

from agent.metrics.catalogue import counter, gauge

DEVICE_INFO = gauge("net_device_info", "1; what the device says it is", "model", "release", "description")
UPTIME = gauge("net_device_uptime_seconds", "Time since the system started, not since the SNMP agent did")

INTERFACE_UP = gauge("net_interface_up", "1 when ifOperStatus is up", "interface")
INTERFACE_ADMIN_UP = gauge("net_interface_admin_up", "1 when ifAdminStatus is up", "interface")
INTERFACE_INFO = gauge("net_interface_info", "1; alias of the port", "interface", "alias")
INTERFACE_SPEED = gauge("net_interface_speed_bytes", "Nominal speed in bytes per second", "interface")
INTERFACE_MTU = gauge("net_interface_mtu_bytes", "Largest payload that the port carries", "interface")
INTERFACE_RX_BYTES = counter("net_interface_receive_bytes_total", "ifHCInOctets", "interface")
INTERFACE_TX_BYTES = counter("net_interface_transmit_bytes_total", "ifHCOutOctets", "interface")
INTERFACE_RX_PACKETS = counter(
    "net_interface_receive_packets_total",
    "Packets by cast: unicast, multicast, broadcast",
    "interface",
    "cast",
)
INTERFACE_TX_PACKETS = counter(
    "net_interface_transmit_packets_total",
    "Packets by cast: unicast, multicast, broadcast",
    "interface",
    "cast",
)
INTERFACE_RX_ERRORS = counter("net_interface_receive_errors_total", "ifInErrors", "interface")
INTERFACE_TX_ERRORS = counter("net_interface_transmit_errors_total", "ifOutErrors", "interface")
INTERFACE_RX_DISCARDS = counter("net_interface_receive_discards_total", "ifInDiscards", "interface")
INTERFACE_TX_DISCARDS = counter("net_interface_transmit_discards_total", "ifOutDiscards", "interface")
INTERFACE_LAST_CHANGE = gauge(
    "net_interface_last_change_seconds", "ifLastChange: sysUpTime at the last change of state", "interface"
)

CPU_RATIO = gauge("net_cpu_utilisation_ratio", "CPU busy, 5 minute mean where the device has one, 0 to 1")
MEMORY_RATIO = gauge("net_memory_utilisation_ratio", "Memory used, 0 to 1")
MEMORY_POOL_USED = gauge("net_memory_pool_used_bytes", "Memory used, by pool", "pool")
MEMORY_POOL_FREE = gauge("net_memory_pool_free_bytes", "Memory free, by pool", "pool")
ENGINE_BOOTS = counter("net_snmp_engine_boots_total", "Starts of the SNMP agent since it was installed")
CORE_FILES = gauge("net_core_files", "Core files that crashed processes left on the switch")

INTERFACE_DOWN_REASON = gauge(
    "net_interface_down_reason",
    "1; why the port is not up, in the words of the MIB or cause-N",
    "interface",
    "reason",
)
INTERFACE_ERROR_DISABLED = gauge(
    "net_interface_error_disabled",
    "1; the switch took the port, or one VLAN of it, out of service",
    "interface",
    "vlan",
    "reason",
)
INTERFACE_FULL_DUPLEX = gauge(
    "net_interface_full_duplex", "1 when the port sends and receives at once", "interface"
)
INTERFACE_ETHERNET_ERRORS = counter(
    "net_interface_ethernet_errors_total",
    "Frames that went wrong on the wire, by error: alignment, fcs, symbol, too-long, late-collision, "
    "excessive-collision, carrier-sense, internal-receive, internal-transmit",
    "interface",
    "error",
)
INTERFACE_RX_PAUSE = counter("net_interface_receive_pause_total", "Pause frames received", "interface")
INTERFACE_TX_PAUSE = counter("net_interface_transmit_pause_total", "Pause frames sent", "interface")

PART_INFO = gauge(
    "net_part_info",
    "1; a part with a serial number or one that can be replaced. kind: chassis, module, power-supply, fan, "
    "transceiver, …",
    "part",
    "kind",
    "model",
    "serial",
    "hardware",
    "software",
    "interface",
)
