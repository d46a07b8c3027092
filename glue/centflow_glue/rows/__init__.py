"""The bytes of an object → checked rows: decompress, parse, validate, and set bad rows aside. Uses no database."""
