"""The nightly audit that each book is the sum of its postings."""
