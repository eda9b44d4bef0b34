"""The agenda of a meeting, and where in it the meeting is."""
