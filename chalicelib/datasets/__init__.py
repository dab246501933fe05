"""All lines of the club for SQL: tables of facts as Parquet, made again every night, and questions to them, for the club's staff.

Vocabulary. A *dataset* is a table of facts. The *lake* is where they lie, and the engine that answers. A *refresh* is the work of a night that
brings the changes of the table into the datasets. A *query* is a question to the lake, with its answer as a file.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("lake", "refresh", "queries")
