"""Asks Exchange Web Services."""
