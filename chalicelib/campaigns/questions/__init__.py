"""Questions that members asked, with tags; those alike within two weeks are answered by one letter."""
