"""Lists as files: any list of the API as a table for a spreadsheet."""
