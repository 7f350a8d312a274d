"""SNMP v1 and v2c agent of a node, read-only: own BER codec, tables from configuration and world."""

from vnexus.snmp.agent import Agent, serve

__all__ = ["Agent", "serve"]
