"""The Centflow load job: makes the tables of MySQL agree with the objects under `raw/` of the uploads bucket.

The flow, a module each: `arguments` → `manifest` | `sweep` (which keys) → `reconcile` (one key: `plan`, then `read` →
`validate` → `load` each version that needs it, then `publish`).
"""
