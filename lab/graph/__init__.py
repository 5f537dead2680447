"""Microsoft Graph, answered from the state."""
