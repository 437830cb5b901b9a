"""Every rule by itself: cases worked out by hand, on a place or two and a cartel or two."""
