"""The statement of account of a company for a period, to reconcile the books of both sides."""
