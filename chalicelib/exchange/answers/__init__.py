"""Answers for the clerk: the notes on a file, and the text of every reason, in English and in Russian."""
