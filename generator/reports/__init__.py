"""Views of what an audit found."""
