"""Case and reply → verdict; pure.

:func:`project` makes a plain tree of whatever a consumer returned (in its own process). :func:`calibrate`
learns which place of it carries which place of the body, and its :class:`Comparison` names the values that
came out changed. :func:`judge` says what a case and its reply come to.
"""

from contract_kit.oracle._again import same_result, unlike
from contract_kit.oracle._change import Change
from contract_kit.oracle._compare import Comparison, calibrate, compare
from contract_kit.oracle._judge import judge, show
from contract_kit.oracle._leaks import find_leaks, has_stack_trace
from contract_kit.oracle._places import Places
from contract_kit.oracle._plain import LEAF, SET, Plain, leaf, leaf_kind
from contract_kit.oracle._project import project
from contract_kit.oracle._slow import FLOOR_S, is_slow, suspicious
from contract_kit.oracle._steady import counters, without

__all__ = [
    "FLOOR_S",
    "LEAF",
    "SET",
    "Change",
    "Comparison",
    "Places",
    "Plain",
    "calibrate",
    "compare",
    "counters",
    "find_leaks",
    "has_stack_trace",
    "is_slow",
    "judge",
    "leaf",
    "leaf_kind",
    "project",
    "same_result",
    "show",
    "suspicious",
    "unlike",
    "without",
]
