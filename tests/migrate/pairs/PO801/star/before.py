from pareta import *

client = Pareta()
