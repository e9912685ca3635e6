"""Case and reply → verdict; pure.

Projection of any Python object to a plain tree (:func:`project`).
"""

from contract_kit.oracle._plain import LEAF, SET, Plain, leaf, leaf_kind
from contract_kit.oracle._project import project

__all__ = ["LEAF", "SET", "Plain", "leaf", "leaf_kind", "project"]
