"""Keeps what every question brought, as it comes, so that a run that ends early can go on."""
