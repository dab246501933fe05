"""The rooms of the partner club.

Each folder is a feature; the file name tells the layer: ``rules`` decide and touch nothing, ``schemas`` are the
contracts, ``store`` knows the items, ``service`` loads, decides and commits, ``routes`` speaks HTTP.
"""
