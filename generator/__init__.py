"""From a configuration and an inventory to an audited bundle."""
