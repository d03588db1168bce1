"""Metrics: what is measured, how it comes to a figure, what a company says of it itself."""
