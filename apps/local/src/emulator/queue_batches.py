"""SQS as the Lambda poller of AWS sees it: batches beyond ten messages, and no event lost on the way into the queue."""

from typing import Any

from ministack.services import s3, sqs


def install() -> None:
    """Replace what ministack does differently."""
    sqs._receive_messages_for_esm = _receive_up_to_the_batch_size
    s3._deliver_event_to_sqs = _delivered_under_lock(s3._deliver_event_to_sqs)
    sqs.load_persisted_state = _visible_again(sqs.load_persisted_state)


def _receive_up_to_the_batch_size(queue_url: str, max_number: int) -> list[dict[str, Any]]:
    """Gather up to the mapping's BatchSize (10,000), as AWS does; ministack stops at the ten of ReceiveMessage."""
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        visibility = int(queue["attributes"].get("VisibilityTimeout", "30"))
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        return sqs._collect_msgs(queue, max(1, int(max_number)), visibility)


def _delivered_under_lock(deliver: Any) -> Any:
    """Keep the event: ministack appends it while another thread may replace the list it appends to."""

    def deliver_event_to_sqs(*args: Any, **kwargs: Any) -> None:
        with sqs._queues_lock:
            deliver(*args, **kwargs)

    return deliver_event_to_sqs


def _visible_again(load: Any) -> Any:
    """Free the messages that a trigger held when the emulator stopped: it has gone, and their timeout need not pass."""

    def load_persisted_state(data: Any) -> None:
        load(data)
        for queue in sqs._queues._data.values():
            for message in queue["messages"]:
                message["visible_at"] = 0.0

    return load_persisted_state
