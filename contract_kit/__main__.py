"""``python -m contract_kit``: the command line."""

import sys

from contract_kit.cli import main

sys.exit(main())
