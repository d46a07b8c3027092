"""Lists the columns of a file of finished rows, in the order of the file."""

# Columns whose cells are empty if the table contains NULL.
NULLABLE = ("country", "city", "transaction_id")
FINISHED = (
    *("upload_id", "row_no"),
    *("date", "merchant", "category", "account", "amount", "currency", "description"),
    *NULLABLE,
    "fingerprint",
)
