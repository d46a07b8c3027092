"""Checked rows → the tables of MySQL, invisible to readers until they are published."""
