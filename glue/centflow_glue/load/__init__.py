"""Loads checked rows into the tables of MySQL. Readers do not see the rows until they are published."""
