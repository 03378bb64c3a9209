from pareta_openai import Pareta
from pareta import Rerank
from pareta import Transcription
import pareta

print(pareta.Speech)
