"""Duplicates among masters become one golden record, with the crosswalk, the reasons and the conflicts kept.

Deterministic keys first, then scored candidates, then clustering under constraints: no cluster may hold two
values of an identifier that things never share. Golden ids follow the overlap with the last result, so that
they stay where membership stays.
"""
