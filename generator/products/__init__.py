"""Every fact of a product, once."""
