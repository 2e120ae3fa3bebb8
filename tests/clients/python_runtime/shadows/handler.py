"""A function with modules of its own that are called like some of the standard library."""

import decimal
import logging
import string
import sys

import colorsys
import json


def handler(event, context):
    logging.warning("logged")
    return [hasattr(module, "OWN") for module in (decimal, logging, string, json, colorsys)] + ["re" in sys.modules]
