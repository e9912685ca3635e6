"""Events that were acted upon, in SQLite. The unique id is what makes a repeated delivery harmless."""

from __future__ import annotations

import sqlite3
import threading

from payload import Customer

_TABLES = """
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS signups (event_id TEXT PRIMARY KEY, customer_id TEXT, email TEXT, name TEXT);
"""


class Store:
    """One connection, used by one thread at a time; every event is one transaction."""

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)

    def act(self, event_id: str, body: bytes, customer: Customer) -> bool:
        """Store a new customer; ``False`` where the event was there already."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                new = self._db.execute(
                    "INSERT OR IGNORE INTO events VALUES (?, ?)", (event_id, body)
                ).rowcount
                if new:
                    row = (event_id, customer.id, customer.email, customer.name)
                    self._db.execute("INSERT INTO signups VALUES (?, ?, ?, ?)", row)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        return bool(new)

    def count(self) -> int:
        """How many customers were stored."""
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM signups").fetchone()[0])

    def close(self) -> None:
        self._db.close()
