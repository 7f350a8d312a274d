"""The object tree of NX-OS (DME), filled from the world."""
