"""Clients and code that somebody else wrote, on Pareta: `wrap` for a client, `install` for a whole program."""
