"""Recipient filters, and whom they select."""
