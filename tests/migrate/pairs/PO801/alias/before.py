import pareta
import pareta as pa
from pareta import Pareta as Client

print(pareta.Pareta, pa.ParetaError, Client, pareta.__version__)
