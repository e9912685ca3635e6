"""No false alarm: over each correct consumer of the corpus the whole catalogue finds nothing (``make proof`` searches, too)."""

from __future__ import annotations

import pytest

from tests.consumers import CORRECT
from tests.corpus import fuzz


@pytest.mark.parametrize("consumer", CORRECT, ids=lambda one: one.name)
def test_a_correct_consumer_is_left_alone(consumer):
    row = fuzz(consumer, max_examples=0)
    assert [(one.finding, one.title) for one in row.result.findings] == []
