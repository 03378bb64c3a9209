"""What hangs on the client."""
