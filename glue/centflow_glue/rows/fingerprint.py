"""Computes fingerprints of 16 bytes. Rows with equal fingerprints are the same transaction."""

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from centflow_glue.contract import Contract

# ASCII's unit separator. No good row contains it, because rows with control characters are quarantined.
SEPARATOR = "\x1f"
DIGEST_BYTES = 16


def compute_fingerprints(rows: pa.Table, contract: Contract) -> pa.Array:
    """Returns the fingerprint of each row, as 32 hexadecimal digits.

    A fingerprint is a hash of the row's transaction id, or of its natural key if the row has no id. The hash also
    covers which of the two was hashed, so that an id never equals a natural key. Amounts are hashed by value (12.5
    equals 12.50). Occurrence numbers are not hashed. Publication counts them in SQL, so the job does not hold a file's
    rows in memory.
    """
    cells = [rows[contract.column(header).name].combine_chunks().cast(pa.string()) for header in contract.natural_key]
    identity = pc.binary_join_element_wise("key", *cells, SEPARATOR)
    if contract.transaction_id is not None:
        ids = rows[contract.column(contract.transaction_id).name].combine_chunks()
        by_id = pc.binary_join_element_wise("id", ids, SEPARATOR)
        identity = pc.if_else(pc.equal(pc.binary_length(ids), 0), identity, by_id)
    texts = identity.cast("binary").to_numpy(zero_copy_only=False)  # seven times as fast as to_pylist
    return _format_hexadecimal([blake2b(text, digest_size=DIGEST_BYTES).digest() for text in texts])


def _format_hexadecimal(digests: list[bytes]) -> pa.StringArray:
    """Returns digests as hexadecimal strings in one Arrow buffer. One Python string per digest would be slower."""
    text = b"".join(digests).hex().encode()
    offsets = np.arange(0, len(text) + 1, 2 * DIGEST_BYTES, dtype=np.int32)
    return pa.StringArray.from_buffers(len(digests), pa.py_buffer(offsets), pa.py_buffer(text))
