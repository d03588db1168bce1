"""What the product promises about speed and memory, each figure against its limit, measured in the same run."""
