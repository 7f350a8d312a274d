"""One switch in a container: real interfaces drive the model, frames really cross the wires.

What crosses: carrier (a port that is shut down takes the far end's carrier with it), LLDP frames (IEEE
802.1AB), what attached hosts send, and between switches that know the same lab file their running
configurations (``gossip.py``), so that each derives LACP, spanning tree, OSPF, BGP, HSRP and vPC from the
same facts. What does not: frames of those protocols themselves, and traffic from one port to another.
"""
