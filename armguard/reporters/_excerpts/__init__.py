"""Excerpts of the files that findings point into, without what nobody must see."""
