"""The Python client that integrators take from `/api/v1/evoke_client.py`: one typed module over httpx, made from the
document of the API, so that it says what this very server answers."""
