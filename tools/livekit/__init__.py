"""The media server LiveKit: go.mod and go.sum lock it, build.py builds it."""
