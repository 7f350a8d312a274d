"""What says who hangs on the ports: uninterruptible supplies, cameras, access points."""

from __future__ import annotations

from agent.metrics.catalogue import counter, gauge

UPS_CHARGE = gauge("net_ups_battery_charge_ratio", "Charge of the battery, 0 to 1")
UPS_RUNTIME = gauge("net_ups_runtime_seconds", "Time that the battery lasts at this load")
UPS_ON_BATTERY = gauge("net_ups_on_battery", "1 while the load runs on the battery")
UPS_ON_BATTERY_SECONDS = gauge("net_ups_on_battery_seconds", "Time since the mains failed, 0 on mains")
UPS_BATTERY_OK = gauge("net_ups_battery_ok", "1 when the battery is neither low nor faulty")
UPS_REPLACE = gauge("net_ups_battery_replace", "1 when the battery has to be replaced")
UPS_BATTERY_VOLTS = gauge("net_ups_battery_volts", "Voltage of the battery")
UPS_BATTERY_AMPERES = gauge("net_ups_battery_amperes", "Current out of the battery")
UPS_INPUT_VOLTS = gauge("net_ups_input_volts", "Mains voltage", "line")
UPS_INPUT_HERTZ = gauge("net_ups_input_hertz", "Mains frequency", "line")
UPS_INPUT_FAILURES = counter("net_ups_input_failures_total", "Times that the mains was out of tolerance")
UPS_OUTPUT_VOLTS = gauge("net_ups_output_volts", "Voltage at the load", "line")
UPS_OUTPUT_HERTZ = gauge("net_ups_output_hertz", "Frequency at the load")
UPS_OUTPUT_AMPERES = gauge("net_ups_output_amperes", "Current into the load", "line")
UPS_OUTPUT_WATTS = gauge("net_ups_output_watts", "Power that the load takes", "line")
UPS_LOAD = gauge("net_ups_load_ratio", "Load, of what the supply can carry", "line")
UPS_ALARMS = gauge("net_ups_alarms", "Alarms that stand")
UPS_TEST_FAILED = gauge("net_ups_self_test_failed", "1 when the last self-test failed")
UPS_OUTLET_ON = gauge("net_ups_outlet_on", "1 when the group of outlets has power", "outlet")

CAMERA_STORAGE_OK = gauge(
    "net_camera_storage_ok", "1 when the camera can write to its card or share", "storage"
)

WIRELESS_CLIENTS = gauge("net_wireless_clients", "Associated clients, by radio or access point", "radio")
ACCESS_POINT_UP = gauge("net_access_point_up", "1 when the controller has the access point", "access_point")
ACCESS_POINT_CPU = gauge("net_access_point_cpu_ratio", "CPU busy, 0 to 1", "access_point")
