"""Sign-in: what the identity platform answers."""
