"""Recording rules under the names of snmp_exporter's ``if_mib``, for dashboards and mixins that exist.

Names and labels (``ifName``, ``ifDescr``, ``ifAlias``) are those of the other exporter; ``ifIndex`` is not
there, because it changes when a switch restarts. Each rule doubles its series: asked for with
``moulin noc build --snmp-names``. Who would rather scrape them finds them on ``/snmp?module=if_mib``.
"""

from __future__ import annotations

from typing import Any

from agent import metrics as m
from agent.metrics import Metric
from agent.noc.rule import Recording

_ON = "on (device, interface)"
_ALIAS = f'label_replace({m.INTERFACE_INFO.name}, "ifAlias", "$1", "alias", "(.*)")'


def _of_port(metric: Metric, selector: str = "", scale: str = "{}") -> str:
    """A port's series with the labels of the other exporter; the alias where the port has one."""
    series = scale.format(metric.name + selector)
    for label in ("ifName", "ifDescr"):
        series = f'label_replace({series}, "{label}", "$1", "interface", "(.+)")'
    return f"{series} * {_ON} group_left (ifAlias) {_ALIAS} or {series} unless {_ON} {_ALIAS}"


def _casts(prefix: str, metric: Metric) -> list[Recording]:
    names = {"unicast": "UcastPkts", "multicast": "MulticastPkts", "broadcast": "BroadcastPkts"}
    return [
        Recording(f"{prefix}{name}", _of_port(metric, f'{{cast="{cast}"}}')) for cast, name in names.items()
    ]


COMPAT = (
    Recording("ifHCInOctets", _of_port(m.INTERFACE_RX_BYTES)),
    Recording("ifHCOutOctets", _of_port(m.INTERFACE_TX_BYTES)),
    *_casts("ifHCIn", m.INTERFACE_RX_PACKETS),
    *_casts("ifHCOut", m.INTERFACE_TX_PACKETS),
    Recording("ifInErrors", _of_port(m.INTERFACE_RX_ERRORS)),
    Recording("ifOutErrors", _of_port(m.INTERFACE_TX_ERRORS)),
    Recording("ifInDiscards", _of_port(m.INTERFACE_RX_DISCARDS)),
    Recording("ifOutDiscards", _of_port(m.INTERFACE_TX_DISCARDS)),
    Recording("ifOperStatus", _of_port(m.INTERFACE_UP, scale="(2 - {})")),
    Recording("ifAdminStatus", _of_port(m.INTERFACE_ADMIN_UP, scale="(2 - {})")),
    Recording("ifHighSpeed", _of_port(m.INTERFACE_SPEED, scale="({} * 8 / 1e6)")),
    Recording("ifMtu", _of_port(m.INTERFACE_MTU, scale="({} * 1)")),
    Recording("sysUpTime", f"{m.UPTIME.name} * 100"),
)


def build_compat() -> dict[str, Any]:
    """The rule file as plain data."""
    rules = [{"record": rule.name, "expr": rule.expr} for rule in COMPAT]
    return {"groups": [{"name": "snmp_exporter names", "rules": rules}]}
