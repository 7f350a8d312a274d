"""The keys that the deployer knows, with the type of their value. Containerlab knows more."""

from __future__ import annotations

TOP: dict[str, type] = {"name": str, "prefix": str, "mgmt": dict, "topology": dict}
TOPOLOGY: dict[str, type] = {"nodes": dict, "kinds": dict, "groups": dict, "defaults": dict, "links": list}
MANAGEMENT: dict[str, type] = {"network": str, "ipv4-subnet": str, "ipv4-gw": str}
NODE: dict[str, type] = {
    "kind": str, "group": str, "type": str, "image": str, "image-pull-policy": str, "restart-policy": str,
    "entrypoint": str, "cmd": str, "user": str, "network-mode": str, "mgmt-ipv4": str, "memory": str,
    "cpu": float, "privileged": bool, "startup-config": str, "env": dict, "labels": dict, "sysctls": dict,
    "binds": list, "ports": list, "exec": list, "cap-add": list, "healthcheck": dict,
}  # fmt: skip
HEALTHCHECK: dict[str, type] = {
    "test": list, "start-period": int, "interval": int, "timeout": int, "retries": int,
}  # fmt: skip
LINK: dict[str, type] = {"type": str, "endpoints": list, "mtu": int}
END: dict[str, type] = {"node": str, "interface": str, "mac": str}
