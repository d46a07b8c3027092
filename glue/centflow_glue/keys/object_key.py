"""The parts of an object key: `raw/<feed>/[owner=<owner>/]…/<name>.csv[.gz]`."""

from collections.abc import Collection
from dataclasses import dataclass

from centflow_glue.rejection import UploadRejectedError, quoted

RAW_PREFIX = "raw/"
DEFAULT_OWNER = "default"
OWNER_MAX_LENGTH = 64
# The maximum number of characters of a key that a message quotes. A key may have 1,024 bytes, and the message must
# still have room for advice.
SHOWN_LENGTH = 200


@dataclass(frozen=True)
class ParsedKey:
    """The parts of an object key of a feed.

    Attributes:
        feed: The feed's name, the folder under `raw/`.
        owner: The name in the folder `owner=<name>` directly under the feed's folder, else `default`.
        compressed: Whether the object is gzip (`.csv.gz`).
    """

    feed: str
    owner: str
    compressed: bool


def is_folder_placeholder(object_key: str, size: int) -> bool:
    """Returns whether this is the empty object that the S3 console creates for a folder. The job ignores it."""
    return object_key.endswith("/") and size == 0


def parse_object_key(object_key: str, feeds: Collection[str]) -> ParsedKey:
    """Returns the feed, the owner and the compression that a key names.

    Raises:
        UploadRejectedError: The key belongs to no feed, has an invalid owner, or does not end in `.csv` or `.csv.gz`.
    """
    feed = parse_feed(object_key)
    if feed not in feeds:
        known = ", ".join(f"{RAW_PREFIX}{name}/" for name in sorted(feeds))
        raise UploadRejectedError(
            "unknown_feed",
            f"{quoted(object_key, SHOWN_LENGTH)} is not in a known folder. Upload it to one of these folders: {known}.",
        )
    name = object_key.rpartition("/")[2].lower()
    if not name.endswith((".csv", ".csv.gz")):
        raise UploadRejectedError(
            "wrong_extension",
            f"{quoted(object_key.rpartition('/')[2], SHOWN_LENGTH)} does not end in .csv or .csv.gz. "
            "Save the file as CSV under a name that ends in .csv, or in .csv.gz if it is compressed.",
        )
    return ParsedKey(feed=feed, owner=parse_owner(object_key), compressed=name.endswith(".gz"))


def parse_owner(object_key: str) -> str:
    """Returns the owner that a key names, or `default` if the key names no owner.

    Raises:
        UploadRejectedError: The name in the folder `owner=` is empty or too long.
    """
    folders = object_key.removeprefix(RAW_PREFIX).split("/")
    if len(folders) < 3 or not folders[1].startswith("owner="):
        return DEFAULT_OWNER
    owner = folders[1].removeprefix("owner=")
    if not owner or len(owner) > OWNER_MAX_LENGTH:
        raise UploadRejectedError(
            "bad_owner",
            f"The folder {quoted(folders[1], SHOWN_LENGTH)} must name an owner with 1 to {OWNER_MAX_LENGTH} "
            "characters. Upload the file again under owner=<name>/.",
        )
    return owner


def parse_owner_or_default(object_key: str) -> str:
    """Returns the owner that a key names. Returns `default` if the key names no owner or an invalid owner."""
    try:
        return parse_owner(object_key)
    except UploadRejectedError:
        return DEFAULT_OWNER


def parse_feed(object_key: str) -> str:
    """Returns the folder directly under `raw/`, which names the feed; empty if the object is in no folder."""
    feed, separator, _ = object_key.removeprefix(RAW_PREFIX).partition("/")
    return feed if separator else ""
