"""The rules about deliveries: folders, zips, and files that must say the same."""
