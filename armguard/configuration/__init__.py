"""What a configuration file says: found, read, refused with its line where it is wrong."""
