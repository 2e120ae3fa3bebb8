"""Imports what does not parse."""

import broken

handler = broken.handler
