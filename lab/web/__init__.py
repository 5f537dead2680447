"""The service on the wire: TLS, sign-in, refusals, misbehaviour."""
