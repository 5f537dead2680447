"""Exchange Web Services, answered from the state."""
