"""What is kept. The unique id is what makes a repeated delivery harmless."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    id = models.CharField(primary_key=True, max_length=255)
    body = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class Signup(models.Model):
    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True)
    customer_id = models.TextField(null=True)
    email = models.TextField(null=True)
    name = models.TextField(null=True)

    def __str__(self) -> str:
        return self.email or self.event_id
