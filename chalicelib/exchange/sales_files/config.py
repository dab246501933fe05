"""Figures of files that the club takes in."""

from chalicelib.platform.config import Section


class Imports(Section, name="imports"):
    """How large a file may be, how long its upload may take, and how long a document may be."""

    most_bytes: int
    upload_minutes: int
    most_lines_per_document: int
