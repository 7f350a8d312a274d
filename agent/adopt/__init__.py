"""Take over switches that run already: from what they say, an inventory and an ownership table."""
