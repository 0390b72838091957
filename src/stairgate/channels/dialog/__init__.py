"""Connecting an account through a network's own dialog: the setting's app, the way there and back, and the page picked."""
