"""Stewardship of master records: what is decided about them, what hangs on it, what would come of it."""
