"""Writing back: what was decided here is said to the systems that have to know it, with a receipt, and held against what they say later."""
