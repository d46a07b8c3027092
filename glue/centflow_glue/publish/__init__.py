"""Loaded rows → rows that readers see: visibility, shared rows and summaries, in one transaction."""
