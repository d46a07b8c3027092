"""Which object keys a job run reconciles, and what each of them needs: S3's versions compared with `uploads`."""
