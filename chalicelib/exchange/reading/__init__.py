"""Sales documents from the rows of a table: columns, conventions, groups and totals of a file."""
