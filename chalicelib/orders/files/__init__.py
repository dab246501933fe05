"""Files of an order: the buyer's specification, the distributor's invoice and shipping document."""
