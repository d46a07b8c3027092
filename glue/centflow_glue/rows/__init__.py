"""Turns the bytes of an object into checked rows: decompresses, parses, validates, separates bad rows.

Uses no database.
"""
