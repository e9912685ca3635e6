"""The same receiver with a mistake in it, chosen by FAULT (``a,b`` for several): what people have written.

FAULT=race uvicorn faulty:app --port 8000
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from typing import Any

import app as right
import payload
import store
from pydantic import create_model

app = right.app


class RacingStore(store.Store):
    """Looks first and writes then, and nothing in between holds: two deliveries at once are two customers."""

    def act(self, event_id: str, body: bytes, customer: payload.Customer) -> bool:
        with self._lock:
            if self._db.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone():
                return False
        time.sleep(0.05)  # the mail that says welcome
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO events VALUES (?, ?)", (event_id, body))
            row = (os.urandom(8).hex(), customer.id, customer.email, customer.name)
            self._db.execute("INSERT INTO signups VALUES (?, ?, ?, ?)", row)
        return True


def _race() -> None:
    right.Store = RacingStore


def _email() -> None:
    """Every customer has an e-mail address, surely."""
    act = right.Store.act

    def lowered(self: store.Store, event_id: str, body: bytes, customer: payload.Customer) -> bool:
        customer.email = customer.email.lower()
        return act(self, event_id, body, customer)

    right.Store.act = lowered


def _lax_times() -> None:
    """Pydantic's own ``datetime``, which takes more than the contract allows."""
    customer = create_model("Customer", __base__=payload.Customer, created_at=(datetime, payload.ABSENT))
    customer.model_config["strict"] = False
    customer.model_rebuild(force=True)
    event = create_model("Event", __base__=payload.CustomerCreated, customer=(customer, payload.ABSENT))
    payload.CustomerCreated = event


FAULTS: dict[str, Any] = {"race": _race, "email": _email, "lax-times": _lax_times}
for name in os.environ["FAULT"].split(","):
    FAULTS[name]()
