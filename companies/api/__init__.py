"""The API for programs: what all operations share, and the operations on companies."""
