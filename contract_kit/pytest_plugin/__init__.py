"""The pytest plugin: options, marker, fixtures and the collector; cheap until used."""

from __future__ import annotations
