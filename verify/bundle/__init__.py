"""A strict reader of bundles."""
