"""Decides which owner's keys are reconciled next. Owners take turns, even if one owner has many keys (ADR 0023)."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from centflow_glue.keys.manifest import KeyToReconcile
from centflow_glue.keys.object_key import parse_owner_or_default

# Spark needs 0.1 s to start a turn, much longer than a small upload takes. A turn therefore gets enough keys for about
# one second. The number of keys is estimated from the owner's previous turn.
TURN_SECONDS = 1.0
MAX_TURN_KEYS = 50
# The maximum number of keys in an owner's first turn. If few keys wait, the turn is smaller, so that parallel turns
# share the keys.
FIRST_TURN_KEYS = 4


class Turns:
    """Keys that wait for their owner's turn.

    Args:
        max_running: How many turns of one owner may run at a time.
    """

    def __init__(self, max_running: int) -> None:
        self._max_running = max_running
        # The waiting keys by owner. The owner at the front has the next turn.
        self._waiting: dict[str, deque[KeyToReconcile]] = {}
        self._running: Counter[str] = Counter()
        self._keys_per_turn: dict[str, int] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, keys: Iterable[KeyToReconcile]) -> None:
        """Adds keys to the queue. The keys of one owner keep their order."""
        for key in keys:
            self._waiting.setdefault(parse_owner_or_default(key.object_key), deque()).append(key)
            self._count += 1

    def take(self) -> list[KeyToReconcile]:
        """Returns the keys of the next turn.

        The list is empty if no keys wait, or if every owner with waiting keys has `max_running` turns running.
        """
        owner = next((owner for owner in self._waiting if self._running[owner] < self._max_running), None)
        if owner is None:
            return []
        keys = self._waiting.pop(owner)
        first = min(FIRST_TURN_KEYS, -(-len(keys) // self._max_running))
        turn = [keys.popleft() for _ in range(min(len(keys), self._keys_per_turn.get(owner, first)))]
        if keys:
            self._waiting[owner] = keys  # moves the owner behind the other owners
        self._running[owner] += 1
        self._count -= len(turn)
        return turn

    def end(self, turn: Sequence[KeyToReconcile], seconds: float) -> None:
        """Records that the keys of a turn are reconciled.

        Args:
            turn: The keys.
            seconds: The time that the keys took, without the wait for Spark.
        """
        owner = parse_owner_or_default(turn[0].object_key)
        keys_per_turn = int(len(turn) * TURN_SECONDS / max(seconds, 0.001))
        self._keys_per_turn[owner] = max(1, min(keys_per_turn, 2 * len(turn), MAX_TURN_KEYS))
        self._running[owner] -= 1
        if not self._running[owner]:
            del self._running[owner]
