"""Raises an ImportError of its own."""

raise ImportError("no luck\nin two lines")
