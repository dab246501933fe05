"""Recommendations: articles that other buyers buy together with the articles of a company, counted every night from sales."""
