"""Peers of the product: each takes `{"text"}` and broadcasts an event of the product's shape."""
