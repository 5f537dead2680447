"""One line to one host: verified, bounded, never redirected."""
