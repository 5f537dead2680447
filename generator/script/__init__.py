"""Reads PowerShell."""
