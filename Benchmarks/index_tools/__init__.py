"""What the index benchmark's scripts share."""
