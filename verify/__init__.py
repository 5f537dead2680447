"""From a bundle and a credential to a verdict."""
