"""Medthread 医脉: the governed digital thread of a medical-device company."""

__version__ = "0.1.0"
