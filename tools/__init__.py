"""What builds, starts and checks the product from outside: Node, LiveKit, test services, translations."""
