"""Whose key comes next: owners take turns, however many keys each of them has."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from centflow_glue.manifest import KeyToReconcile
from centflow_glue.object_key import owner_or_default

# Spark takes longer over a turn than over a small upload, so an owner with many waiting keys has several of them in one
# turn. An owner with few has one, so that two large uploads go side by side.
MOST_KEYS = 50
TURNS_LEFT = 4


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
        turn = [keys.popleft() for _ in range(min(MOST_KEYS, max(1, len(keys) // TURNS_LEFT)))]
        if keys:
            self._waiting[owner] = keys  # behind the other owners
        self._running[owner] += 1
        self._count -= len(turn)
        return turn

    def end(self, turn: Sequence[KeyToReconcile]) -> None:
        """Note that the keys of a turn are reconciled."""
        owner = owner_or_default(turn[0].object_key)
        self._running[owner] -= 1
        if not self._running[owner]:
            del self._running[owner]
