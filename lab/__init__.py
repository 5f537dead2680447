"""A loopback Exchange for the demo and the tests; never installed, imports nothing of ours."""
