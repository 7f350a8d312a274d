"""Traps and informs: bounded reception, de-duplication, and what each of them means."""
