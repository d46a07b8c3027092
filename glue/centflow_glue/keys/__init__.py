"""Finds the object keys that a job run reconciles, and decides what each key needs: compares S3 with `uploads`."""
