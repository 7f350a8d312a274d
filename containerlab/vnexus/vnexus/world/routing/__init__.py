"""What switches agree on: segments, OSPF, BGP, routes, HSRP, spanning tree, vPC. Derived when asked."""
