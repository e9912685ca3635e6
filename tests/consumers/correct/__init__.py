"""Correct consumers of customer.created, one style a module; see :data:`tests.consumers.CORRECT`."""
