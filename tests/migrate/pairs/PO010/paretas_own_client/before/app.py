from pareta import Pareta

client = Pareta()
