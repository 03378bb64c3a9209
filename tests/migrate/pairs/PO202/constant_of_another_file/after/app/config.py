LOCAL = "http://localhost:8000/v1"
HOSTED = "https://api.openai.com/v1"
