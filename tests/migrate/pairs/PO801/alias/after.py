import pareta_openai as pareta
import pareta_openai as pa
from pareta_openai import Pareta as Client

print(pareta.Pareta, pa.ParetaError, Client, pareta.__version__)
