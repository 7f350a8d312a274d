"""SNMP v1, v2c and v3 agent of a node, read-only: own codec and USM, tables from configuration and world."""

from vnexus.snmp.agent import Agent, serve

__all__ = ["Agent", "serve"]
