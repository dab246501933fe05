"""Configuration of imports."""

from chalicelib.platform import Section


class Imports(Section, name="imports"):
    """Limits of an upload and of a document.

    More than `most_void_percent` of a period's documents or of their sum are voided only if the confirmation names their number. An import can
    be taken back for `take_back_days`: so long its files are kept.
    """

    most_bytes: int
    upload_minutes: int
    most_lines_per_document: int
    most_void_percent: int
    take_back_days: int
