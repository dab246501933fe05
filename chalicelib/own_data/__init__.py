"""A person's own data: to read all of it, and to leave the club.

Each room declares its part in its module `own_data` (`platform/own_data.py`). Leaving takes effect at once; then the event of it runs the
erasures of all rooms, and again where one fails, until nothing is left but the id.
"""
