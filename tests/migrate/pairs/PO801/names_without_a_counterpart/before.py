from pareta import Pareta, Rerank
from pareta import Transcription
import pareta

print(pareta.Speech)
