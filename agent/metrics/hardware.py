"""What sensors, supplies, fans and PoE ports say."""

from __future__ import annotations

from agent.metrics.catalogue import counter, gauge

SENSOR_CELSIUS = gauge("net_sensor_celsius", "Temperature", "sensor", "interface")
SENSOR_VOLTS = gauge("net_sensor_volts", "Voltage", "sensor", "interface")
SENSOR_AMPERES = gauge("net_sensor_amperes", "Current", "sensor", "interface")
SENSOR_DBM = gauge("net_sensor_dbm", "Optical power; no series when there is no light", "sensor", "interface")
SENSOR_WATTS = gauge("net_sensor_watts", "Power", "sensor", "interface")
SENSOR_RPM = gauge("net_sensor_rpm", "Fan speed", "sensor", "interface")
SENSOR_HERTZ = gauge("net_sensor_hertz", "Frequency", "sensor", "interface")
SENSOR_HUMIDITY = gauge("net_sensor_humidity_ratio", "Relative humidity, 0 to 1", "sensor", "interface")
SENSOR_OK = gauge("net_sensor_ok", "1 when the sensor works", "sensor", "interface")
SENSOR_THRESHOLD = gauge(
    "net_sensor_threshold",
    "Vendor threshold in the sensor's own unit; bound is high-alarm, high-warning, low-warning or low-alarm",
    "sensor",
    "interface",
    "bound",
)
SENSOR_MARGIN = gauge(
    "net_sensor_margin",
    "Distance to the nearest vendor threshold in the sensor's own unit; negative beyond it",
    "sensor",
    "interface",
)

PSU_UP = gauge("net_power_supply_up", "1 when the power supply is on and well", "supply")
PSU_WATTS = gauge("net_power_supply_drawn_watts", "Drawn from the supply, output side", "supply")
PSU_CAPACITY = gauge("net_power_supply_capacity_watts", "What the supply can give", "supply")
POWER_REDUNDANCY = gauge(
    "net_power_redundancy_ok", "1 when supplies are as redundant as configured", "supply"
)
DEVICE_POWER = gauge(
    "net_device_power_watts", "Drawn by the device, estimated from the output side of its supplies"
)
MODULE_UP = gauge("net_module_up", "1 when the module works", "module")
MODULE_POWER = gauge("net_module_power_budget_watts", "Power set aside for the module", "module")
FAN_UP = gauge("net_fan_up", "1 when the fan tray is up", "fan")

POE_DELIVERING = gauge("net_poe_port_delivering", "1 when the port delivers power", "interface")
POE_ENABLED = gauge("net_poe_port_enabled", "1 when the port may deliver power", "interface")
POE_FAULT = gauge("net_poe_port_fault", "1 when the port found a fault instead of a device", "interface")
POE_EVENTS = counter(
    "net_poe_port_events_total",
    "Times that power was refused or cut, by event: denied, overload, short, absent, invalid-signature",
    "interface",
    "event",
)
POE_ALLOCATED = gauge("net_poe_port_allocated_watts", "Power set aside for the attached device", "interface")
POE_PEAK = gauge("net_poe_port_peak_watts", "Most that the attached device took", "interface")
POE_WATTS = gauge("net_poe_port_watts", "Power taken by the attached device", "interface")
POE_CLASS = gauge("net_poe_port_class", "PoE class of the attached device, 0 to 4", "interface")
POE_BUDGET = gauge("net_poe_budget_watts", "Power that the PoE group can give", "group")
POE_USED = gauge("net_poe_used_watts", "Power that the PoE group gives", "group")
POE_GROUP_UP = gauge("net_poe_group_up", "1 when the PoE group gives power", "group")
POE_DEVICES = gauge("net_poe_devices", "Devices that take power")

STACK_RING = gauge("net_stack_ring_redundant", "1 when the ring of a stack is closed")
STACK_MEMBER_OK = gauge("net_stack_member_ok", "1 when the member of a stack works", "member")
STACK_MASTER = gauge("net_stack_member_master", "1 for the member that leads the stack", "member")
STACK_PORT_UP = gauge("net_stack_port_up", "1 when the stack cable carries traffic", "interface")
