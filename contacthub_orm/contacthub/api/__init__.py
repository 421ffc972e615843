"""Every operation of the API as a typed call."""
