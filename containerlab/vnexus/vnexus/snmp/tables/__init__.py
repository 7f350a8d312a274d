"""What the agent serves, group by group; a group is made anew only when what it shows has changed."""

from vnexus.snmp.tables.all import Tables

__all__ = ["Tables"]
