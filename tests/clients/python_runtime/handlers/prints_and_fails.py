"""Writes, then fails while it is imported."""

import logging

print("printed")
logging.error("logged")
raise RuntimeError("é: not today\n  second line")
