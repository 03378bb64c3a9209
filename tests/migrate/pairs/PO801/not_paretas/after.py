from .pareta import Pareta
from pareta_front import frontier
import app.pareta

print(Pareta, frontier, app.pareta)
