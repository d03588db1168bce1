"""Profiles of tables: what is in them, as far as it may be told."""

from medthread.pipeline.profile.profile import PROFILES, ColumnProfile, Profile, Reading, Standing
from medthread.pipeline.profile.subject import profiled_tables
from medthread.pipeline.profile.taking import profile_file, profile_sample, profile_table

__all__ = ["PROFILES", "ColumnProfile", "Profile", "Reading", "Standing", "profile_file", "profile_sample", "profile_table", "profiled_tables"]
