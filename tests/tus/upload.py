"""Uploads a file with tuspy, stopping once on the way, as a scanner's script would:
    python upload.py ENDPOINT TOKEN FILE
REQUESTS_CA_BUNDLE names the province's certificate. Prints where each of the two tries stood at its end.
"""

import sys

from blake3 import blake3
from tusclient.client import TusClient

endpoint, token, path = sys.argv[1:]
with open(path, "rb") as file:
    content = file.read()

client = TusClient(endpoint, headers={"Authorization": f"Bearer {token}"})
metadata = {"filename": "pindaian.jpg", "blake3": blake3(content).hexdigest()}
first = client.uploader(path, chunk_size=64 * 1024, metadata=metadata, upload_checksum=True)
first.upload(stop_at=len(content) // 2)
second = client.uploader(path, chunk_size=64 * 1024, url=first.url, upload_checksum=True)
assert second.offset == first.offset, "the server knows where the first try stopped"
second.upload()
print(first.offset, second.offset)
