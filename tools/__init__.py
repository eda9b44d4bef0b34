"""Builds, starts and checks the product: Node, LiveKit, test services, translations."""
