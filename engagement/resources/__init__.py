"""Resources: links and documents that are given to everybody in a meeting."""
