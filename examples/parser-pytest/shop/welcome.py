"""What the shop does with a new customer."""

from __future__ import annotations

from shop.webhooks import Customer


def greeting(customer: Customer) -> str:
    """The first line of the welcome mail."""
    return f"Welcome, {customer.name.strip() or customer.external_id or 'customer'}!"
