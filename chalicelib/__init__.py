"""The rooms of the partner club.

Each folder is a feature; the file name tells the layer: ``rules`` decide and touch nothing, ``schemas`` are the
contracts, ``store`` knows the items, ``service`` loads, decides and commits, ``routes`` speaks HTTP.
"""

import gc
import os

os.environ.setdefault(
    "PYDANTIC_DISABLE_PLUGINS", "__all__"
)  # there are none, and looking through all packages for them takes time

# A start makes some 140,000 objects, which all stay, and a request leaves a few dozen in cycles. At Python's 700 objects a start would be
# searched for cycles some two hundred times, and every answer a dozen times. So the first search comes after some thousand requests.
gc.set_threshold(200_000, 20, 20)
