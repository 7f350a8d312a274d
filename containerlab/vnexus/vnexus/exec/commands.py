"""Every module with handlers, imported so that they register."""

from vnexus.exec import checkpoints, files, running, terminal

__all__ = ["checkpoints", "files", "running", "terminal"]
