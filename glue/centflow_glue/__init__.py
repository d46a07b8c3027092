"""The Centflow load job: makes the tables of MySQL agree with the objects under `raw/` of the uploads bucket.

A CSV passes through four folders. `keys` finds object keys and decides what the job must do for each key. `rows` turns
the bytes of an object into checked rows. `load` stores the rows in the tables, still invisible. `publish` makes the
rows visible to readers.

`main` runs the job, `tasks` distributes the keys over Spark, and `reconcile` takes one key through the folders. All
these parts share the other modules. Each part imports only earlier parts; tests/test_layout.py checks this order.
"""
