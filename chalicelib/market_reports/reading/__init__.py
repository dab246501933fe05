"""Reading of market reports: the list, the content, the files, and the log of who read what."""
