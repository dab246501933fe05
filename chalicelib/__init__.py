"""The rooms of the partner club.

Each folder is a feature; the file name tells the layer: ``rules`` decide and touch nothing, ``schemas`` are the
contracts, ``store`` knows the items, ``service`` loads, decides and commits, ``routes`` speaks HTTP.
"""

import gc
import os

os.environ.setdefault(
    "PYDANTIC_DISABLE_PLUGINS", "__all__"
)  # there are none, and looking through all packages for them takes time

# What a request makes is gone with it, and has hardly a cycle. At Python's 700 objects every answer would be searched for some a dozen times,
# and a cold start of modules, which all stay, a hundred times: 6 % of its time, and 10 % of a large quote's.
gc.set_threshold(20_000, 20, 20)
