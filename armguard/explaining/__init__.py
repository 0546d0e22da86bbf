"""A finding in words: why, what breaks, the ways out, and the page of each rule."""
