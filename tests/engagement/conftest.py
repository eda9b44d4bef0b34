"""The live server and the people of tests/rooms, for the features that are tried in a room."""
