"""What else a company may need: articles that other buyers take together with what it buys, counted every night from sales."""
