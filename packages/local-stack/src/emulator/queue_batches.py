"""Delivers SQS messages to Lambdas like AWS: in batches of more than ten messages, and without losing events."""

import os
import threading
import time
from typing import Any

from ministack.services import s3, sqs


def install() -> None:
    """Replace the functions of ministack that behave differently from AWS."""
    sqs._receive_messages_for_esm = _receive_up_to_the_batch_size
    s3._deliver_event_to_sqs = _delivered_under_lock(s3._deliver_event_to_sqs)
    sqs.load_persisted_state = _restored(sqs.load_persisted_state)
    if "FAKETIME_TIMESTAMP_FILE" in os.environ:
        threading.Thread(target=_wake_poller, daemon=True).start()


def _wake_poller() -> None:
    """Wake ministack's poller every second while a test controls the clock.

    The poller calls `sem_clockwait` with a deadline at most a second ahead. libfaketime changes the time from which the
    deadline is computed, but not the clock of `sem_clockwait`. The poller may therefore sleep until the next upload.
    This function uses `time.sleep`, which libfaketime handles correctly.
    """
    while True:
        time.sleep(1)
        sqs.esm_wake.set()


def _receive_up_to_the_batch_size(queue_url: str, max_number: int) -> list[dict[str, Any]]:
    """Receive up to the mapping's BatchSize (10,000), as AWS does. ministack applies ReceiveMessage's limit of ten."""
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        visibility = int(queue["attributes"].get("VisibilityTimeout", "30"))
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        return sqs._collect_msgs(queue, max(1, int(max_number)), visibility)


def _delivered_under_lock(deliver: Any) -> Any:
    """Deliver events under the lock. Another thread may otherwise replace the list while ministack appends to it."""

    def deliver_event_to_sqs(*args: Any, **kwargs: Any) -> None:
        with sqs._queues_lock:
            deliver(*args, **kwargs)

    return deliver_event_to_sqs


def _restored(load: Any) -> Any:
    """Restore the queues with this emulator's port, and make their messages visible.

    ministack identifies a queue by its URL. After a start on another port, ministack would create and poll a
    second queue, and leave the messages in the first. All messages become visible, because the processes that received
    them have ended.
    """

    def load_persisted_state(data: Any) -> None:
        load(data)
        kept = list(sqs._queues.all_items())
        sqs._queues._data.clear()
        for (account, region, _), queue in kept:
            for message in queue["messages"]:
                message["visible_at"] = 0.0
            url = sqs._queue_url_for_account(account, queue["name"])
            if same := sqs._queues.get_scoped(account, region, url):
                same["messages"] += queue["messages"]
            else:
                sqs._queues.set_scoped(account, region, url, queue | {"url": url})
        sqs._queue_name_to_url.clear()
        sqs._rebuild_queue_name_index()

    return load_persisted_state
