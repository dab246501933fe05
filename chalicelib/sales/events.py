"""The event of a revision of a sales document: the item of the revision itself.

`company_id`, `source`, `series`, `document`, `kind` ("sale" or "return"), `revision`, `currency`, `total`: in the document's currency.
`deltas`: by day, the change of the company's purchases of that day. `other_currency`: set on a document whose currency is not the company's; its sum
counts for nothing, so it has no deltas.
`business_date`: the day on the document. `redated_from`: the day on its replaced revision, where that was another. `counts_on`: the day on which it counts, that of the original for a return. `original`: the document
that a return was found to follow (`series`, `number`, and `source` if it is another); `left`: the one that it followed before. `returned_by`: the returns that name this document.
`gone`: the document is the company's no more; of the others only company, document, day and `deltas` are told.
`lines`: the first of the lines, packed; `line_count`, and `further` items with the rest.
"""

from chalicelib.platform import EventType

SALE_RECORDED = EventType("sale.recorded")

# A document of the books was found to be a shipment of the portal, and is a name of it from now on: `company_id`, `source`, `document` (series/number),
# `same_as` [source, document]; `returned_by`: the returns that name it.
SALE_JOINED = EventType("sale.joined")
