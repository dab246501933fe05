"""The API's contract, and the pages that show it."""
