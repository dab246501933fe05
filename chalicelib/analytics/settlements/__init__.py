"""The payments of a company by day, derived from payments of documents and the documents themselves."""
