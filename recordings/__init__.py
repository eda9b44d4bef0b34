"""Recordings, from the promise of one to its last day. The state only moves forward.

expected → capturing → received → processing → ready → published → expired; or failed, with a reason;
or deleted by a host.
"""
