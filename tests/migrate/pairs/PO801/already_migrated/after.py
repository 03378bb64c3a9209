from pareta_openai import Pareta

import pareta_openai as pareta

print(Pareta, pareta.ParetaError)
