"""What an object key says: `raw/<feed>/[owner=<owner>/]…/<name>.csv[.gz]`."""

from collections.abc import Collection
from dataclasses import dataclass

from centflow_glue.rejection import UploadRejectedError, quoted

RAW_PREFIX = "raw/"
DEFAULT_OWNER = "default"
OWNER_MAX_LENGTH = 64
# A key has up to 1,024 bytes, and what to do comes after it.
SHOWN_LENGTH = 200


@dataclass(frozen=True)
class ParsedKey:
    """An object key of a feed.

    Attributes:
        feed: The feed's name, the folder under `raw/`.
        owner: Whose money it is: the folder `owner=<name>` right under the feed's, else `default`.
        compressed: Whether the object is gzip (`.csv.gz`).
    """

    feed: str
    owner: str
    compressed: bool


def is_folder_placeholder(object_key: str, size: int) -> bool:
    """Whether this is the empty object that the S3 console makes for a folder: it holds nothing and is ignored."""
    return object_key.endswith("/") and size == 0


def parse_object_key(object_key: str, feeds: Collection[str]) -> ParsedKey:
    """Read feed, owner and compression from a key.

    Raises:
        UploadRejectedError: The key is of no feed, names no usable owner, or does not end in `.csv` or `.csv.gz`.
    """
    feed = feed_folder(object_key)
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
            f"{quoted(object_key.rpartition('/')[2], SHOWN_LENGTH)} is not named as a CSV file. "
            "Save it as CSV and name it *.csv, or *.csv.gz if it is compressed.",
        )
    return ParsedKey(feed=feed, owner=owner_of(object_key), compressed=name.endswith(".gz"))


def owner_of(object_key: str) -> str:
    """The owner that a key names, `default` where it names none.

    Raises:
        UploadRejectedError: The folder `owner=` holds no name, or one that is too long.
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


def owner_or_default(object_key: str) -> str:
    """The owner that a key names, `default` also where it names none that is usable."""
    try:
        return owner_of(object_key)
    except UploadRejectedError:
        return DEFAULT_OWNER


def feed_folder(object_key: str) -> str:
    """The folder right under `raw/`, which names the feed; empty where the object lies in no folder."""
    feed, separator, _ = object_key.removeprefix(RAW_PREFIX).partition("/")
    return feed if separator else ""
