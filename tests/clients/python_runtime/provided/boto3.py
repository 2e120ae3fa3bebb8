"""Stands for a module that Lambda provides."""

WHERE = "provided"
