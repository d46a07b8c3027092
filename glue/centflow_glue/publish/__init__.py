"""Makes loaded rows visible to readers: updates states, shared rows and summaries in one transaction."""
