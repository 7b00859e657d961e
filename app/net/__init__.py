"""Bytes and addresses, without knowledge of this project: strict JSON, outgoing calls, safe addresses."""
