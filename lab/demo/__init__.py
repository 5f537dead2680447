"""The whole way on one machine: shown, and measured."""
