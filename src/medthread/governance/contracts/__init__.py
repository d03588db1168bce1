"""Data contracts: made, given out with releases, compared, and held against those of others."""
