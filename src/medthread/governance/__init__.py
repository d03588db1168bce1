"""Work over all entities at once: so far the quality index."""
