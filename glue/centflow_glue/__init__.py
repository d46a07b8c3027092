"""The Centflow load job: makes the tables of MySQL agree with the objects under `raw/` of the uploads bucket.

A CSV passes through the folders in this order: `keys` (which object keys, and what each needs) → `rows` (the bytes of
an object as checked rows) → `load` (rows in the tables, invisible) → `publish` (rows that readers see).

`main` runs the job, `tasks` distributes the keys over Spark, and `reconcile` takes one key through the folders. The
other modules are shared by all of them. Each part imports only earlier parts (tests/test_layout.py).
"""
