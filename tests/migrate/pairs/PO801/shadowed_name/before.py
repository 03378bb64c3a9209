def pareta(front):
    return front


class Pareta:
    """Vilfredo."""


print(pareta(Pareta))
