"""Probes: questions to what hangs on the network, thousands at a time, with bounded sockets and tasks."""
