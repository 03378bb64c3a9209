from pareta import Pareta

client = Pareta()
(client  # ours
    .auto
    .metrics())
client . request ( "GET", "/v1/models" )
