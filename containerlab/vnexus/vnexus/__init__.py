"""vnexus: an NX-OS-compatible software switch for tests, labs and demos. Knows nothing of its users."""

__version__ = "0.1.0"
