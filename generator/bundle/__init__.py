"""The bytes of a bundle: composed, listed, delivered, taken in and made again."""
