"""Ends while it is imported."""

import sys

print("before the end")
sys.exit(5)
