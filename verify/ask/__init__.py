"""Asks: which question, when, how often, and what came; knows no product and no door."""
