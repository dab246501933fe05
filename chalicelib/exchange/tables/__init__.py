"""Rows of cells from the bytes of a file: text with delimiters, workbooks, web pages, and archives of these."""
