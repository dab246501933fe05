"""Exports of whole tables of the API as CSV or XLSX, made in the background, for the club's staff.

Vocabulary. An *export* is one such work and its file. A *source* is a table of the API as the export reads it, company by company, or member by member.
"""
