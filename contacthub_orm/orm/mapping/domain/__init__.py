"""What a domain model adds to a mapped class: names of its own, computed attributes, validators."""
