"""Saves the settings of buckets at each change. ministack saves them only when it stops normally.

After a crash, versioning would be off, and an upload would overwrite the earlier version of its object.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import persistence
from ministack.services import s3

CHANGES = ("_create_bucket", "_put_bucket_versioning", "_put_bucket_notification")


def install() -> None:
    """Write the settings whenever they change."""
    for name in CHANGES:
        setattr(s3, name, _written(getattr(s3, name)))


def _written(change: Callable[..., Any]) -> Callable[..., Any]:
    def change_and_write(*args: Any, **kwargs: Any) -> Any:
        answer = change(*args, **kwargs)
        persistence.save_state("s3", s3.get_state())
        return answer

    return change_and_write
