"""The event of a line of a statement that a company disputes, for the first time or with another sum.

`company_id`, `line_id`, `kind`, `document`: number for people; `amount`: of the club's books; `claimed`: of the company's; `currency`, `note`, `by`.
"""

from chalicelib.platform import EventType

DISPUTED = EventType("statement.disputed")
