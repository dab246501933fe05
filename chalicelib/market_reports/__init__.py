"""Closed market reports: drafted and published by marketing, read by members with a complete profile, every reading logged.

Vocabulary. A *version* of a report is its content at a time: a correction is the next version, and takes the place of the one before. The
*audience* of a report is a set of conditions on members and their companies, as of a segment. A *reading* is an opening of a report, or a
download of one of its files.
"""

# A wing uses only those before it.
WINGS = ("contents", "publication", "reading")
