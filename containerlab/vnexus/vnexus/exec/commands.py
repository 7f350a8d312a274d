"""Every module with handlers, imported so that they register."""

from vnexus.exec import files, running, terminal

__all__ = ["files", "running", "terminal"]
