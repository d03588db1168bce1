"""Data classification (数据分级) and the masks that follow from it."""

from enum import IntEnum, StrEnum


class Classification(IntEnum):
    """Levels in rising order of care; a reader sees a field when cleared for its level."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    PERSONAL = 3
    PERSONAL_SENSITIVE = 4

    @property
    def is_personal(self) -> bool:
        """Personal data is encrypted from the moment it arrives (PIPL art. 51)."""
        return self >= Classification.PERSONAL


class Mask(StrEnum):
    """What a reader without clearance gets in place of the value."""

    NULL = "null"
    PARTIAL = "partial"
    FULL = "full"
