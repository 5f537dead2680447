"""Asks Microsoft Graph."""
