"""The sample receiver of ``demo`` and ``serve``: right in everything but the faults that are planted in it.

>>> receiver = Receiver(secret=None, faults=DEMO)
>>> with serve(receiver) as running:
...     running.url.startswith("http://127.0.0.1:")
True

After a run, :func:`compare` says whether its findings are exactly what was planted.
"""

from contract_kit.sample._app import Receiver
from contract_kit.sample._faults import DEMO, Fault, Planted, Verdict, compare, planted
from contract_kit.sample._server import Running, serve

__all__ = ["DEMO", "Fault", "Planted", "Receiver", "Running", "Verdict", "compare", "planted", "serve"]
