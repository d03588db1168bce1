"""The six systems: each writes the company down in its own way, and each goes wrong in its own way."""
