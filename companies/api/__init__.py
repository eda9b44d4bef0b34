"""API operations on companies, and what the operations of all apps share."""
