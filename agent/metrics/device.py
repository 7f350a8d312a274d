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
