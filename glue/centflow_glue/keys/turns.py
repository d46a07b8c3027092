"""Whose key comes next: owners take turns, however many keys each of them has."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from centflow_glue.keys.manifest import KeyToReconcile
from centflow_glue.keys.object_key import owner_or_default

# Spark takes a tenth of a second over each turn, much longer than a small upload takes. So a turn has as many keys as
# take about a second, by the owner's turn before.
TURN_SECONDS = 1.0
MOST_KEYS = 50
# Of an owner without a turn before; fewer where they could go side by side.
FIRST_KEYS = 4


class Turns:
    """Keys that wait for their owner's turn.

    Args:
        most_at_once: How many turns of one owner may be under way at a time.
    """

    def __init__(self, most_at_once: int) -> None:
        self._most_at_once = most_at_once
        # In the order of their turns.
        self._waiting: dict[str, deque[KeyToReconcile]] = {}
        self._running: Counter[str] = Counter()
        self._keys_per_turn: dict[str, int] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, keys: Iterable[KeyToReconcile]) -> None:
        """Let keys wait; those of one owner keep their order."""
        for key in keys:
            self._waiting.setdefault(owner_or_default(key.object_key), deque()).append(key)
            self._count += 1

    def take(self) -> list[KeyToReconcile]:
        """Return the keys of the next turn; none if none wait, or the owners of all that wait have enough under way."""
        owner = next((owner for owner in self._waiting if self._running[owner] < self._most_at_once), None)
        if owner is None:
            return []
        keys = self._waiting.pop(owner)
        first = min(FIRST_KEYS, -(-len(keys) // self._most_at_once))
        turn = [keys.popleft() for _ in range(min(len(keys), self._keys_per_turn.get(owner, first)))]
        if keys:
            self._waiting[owner] = keys  # behind the other owners
        self._running[owner] += 1
        self._count -= len(turn)
        return turn

    def end(self, turn: Sequence[KeyToReconcile], seconds: float) -> None:
        """Note that the keys of a turn are reconciled.

        Args:
            turn: The keys.
            seconds: How long they took, without the time in which they waited for Spark.
        """
        owner = owner_or_default(turn[0].object_key)
        fitting = int(len(turn) * TURN_SECONDS / max(seconds, 0.001))
        self._keys_per_turn[owner] = max(1, min(fitting, 2 * len(turn), MOST_KEYS))
        self._running[owner] -= 1
        if not self._running[owner]:
            del self._running[owner]
