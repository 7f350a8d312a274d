"""Show commands: each reads configuration and world, and answers in text and structure."""
