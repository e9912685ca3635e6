"""Other people's engines, and how ours and theirs work together. Nothing is imported before it is used."""
