"""A server that misbehaves below HTTP, where the service itself cannot."""
