"""Text that everybody reads while it is typed (real-time text, EN 301 549, 6.2), and the lines that are kept of it."""
