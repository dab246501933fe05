"""Configuration of imports."""

from chalicelib.platform.config import Section


class Imports(Section, name="imports"):
    """Limits of an upload and of a document."""

    most_bytes: int
    upload_minutes: int
    most_lines_per_document: int
