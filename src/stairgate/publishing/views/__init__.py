"""Pages about posts: thin; each fetches through access, calls a service, renders."""
