"""Date and time formats where Django's are not the usual ones in this region."""
