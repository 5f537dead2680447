"""The proofs, one a product: which questions, in which rounds, and what the answers amount to."""
