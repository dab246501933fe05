"""Proof that each book is the sum of its postings."""
