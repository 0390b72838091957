"""An account opens only when its page is a safe place: what somebody has to confirm before anything goes out."""
