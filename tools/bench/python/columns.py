"""The columns of a file of finished rows, in order."""

# These columns are empty in the file if the table has NULL.
NULLABLE = ("country", "city", "transaction_id")
FINISHED = (
    *("upload_id", "row_no"),
    *("date", "merchant", "category", "account", "amount", "currency", "description"),
    *NULLABLE,
    "fingerprint",
)
