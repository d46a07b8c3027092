"""Finds the object keys that a job run reconciles. Compares S3 with `uploads` to decide what each key needs."""
