"""Holds scripts and deliveries to rules; what is not understood is refused."""
