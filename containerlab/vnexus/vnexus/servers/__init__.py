"""The node's doors: SSH and NX-API."""
