"""``[tool.contract_kit]`` of a ``pyproject.toml``: one reader for the command line and the pytest plugin.

Keys of the table itself hold for every target; ``[[tool.contract_kit.targets]]`` may say otherwise, and the
words of a command line overrule both. Everything is checked when it is read: whoever is told of a wrong
value is told the file and the key.
"""

from __future__ import annotations

from contract_kit.config._options import Config, Options, TargetConfig, words_of
from contract_kit.config._read import find_config, load_config, read_config
from contract_kit.config._values import INPUTS, SIGNS, header_of, kinds_of

__all__ = [
    "INPUTS",
    "SIGNS",
    "Config",
    "Options",
    "TargetConfig",
    "find_config",
    "header_of",
    "kinds_of",
    "load_config",
    "read_config",
    "words_of",
]
