from openai import AsyncClient, Client

sync, later = Client(), AsyncClient()
