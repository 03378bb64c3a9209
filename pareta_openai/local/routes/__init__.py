"""The routes, one module for each section of the platform's contract and in the same order."""
