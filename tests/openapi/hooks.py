"""What schemathesis needs to speak to our server: CBOR bodies, and requests signed as a device signs them.

The device's key comes as 64 hexadecimal digits in ARUMBAE_DEVICE_KEY.
"""

import base64
import hashlib
import os
import time

import cbor2
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from requests.auth import AuthBase

KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(os.environ["ARUMBAE_DEVICE_KEY"]))
KEY_ID = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
COMPONENTS = '("@method" "@path" "content-digest")'


def base64_text(data):
    return base64.b64encode(data).decode()


class DeviceSignature(AuthBase):
    """Signs what is really sent, whatever was generated (RFC 9421)."""

    def __call__(self, request):
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        path = request.path_url.partition("?")[0]
        digest = f"sha-256=:{base64_text(hashlib.sha256(body).digest())}:"
        nonce = base64_text(os.urandom(16))
        parameters = f'{COMPONENTS};created={int(time.time())};nonce="{nonce}";keyid="{KEY_ID}";alg="ed25519"'
        lines = [
            f'"@method": {request.method}',
            f'"@path": {path}',
            f'"content-digest": {digest}',
            f'"@signature-params": {parameters}',
        ]
        signature = base64_text(KEY.sign("\n".join(lines).encode()))
        request.headers["content-digest"] = digest
        request.headers["signature-input"] = f"arumbae={parameters}"
        request.headers["signature"] = f"arumbae=:{signature}:"
        return request


@schemathesis.hook
def before_call(context, case, kwargs):
    kwargs["auth"] = DeviceSignature()


def bytes_where_described(value, schema, resolve):
    """CBOR tells byte strings from text; JSON, in which bodies are generated, does not."""
    schema = resolve(schema)
    if isinstance(value, str) and schema.get("format") == "binary":
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, list):
        return [bytes_where_described(item, schema.get("items", {}), resolve) for item in value]
    if isinstance(value, dict):
        described = schema.get("properties", {})
        return {name: bytes_where_described(item, described.get(name, {}), resolve) for name, item in value.items()}
    return value


@schemathesis.serializer("application/cbor")
def to_cbor(context, value):
    document = context.case.operation.schema.raw_schema

    def resolve(schema):
        while isinstance(schema, dict) and "$ref" in schema:
            target = document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = target
        return schema if isinstance(schema, dict) else {}

    definition = document["paths"][context.case.operation.path][context.case.operation.method.lower()]
    schema = definition["requestBody"]["content"]["application/cbor"]["schema"]
    return cbor2.dumps(bytes_where_described(value, schema, resolve))


@schemathesis.serializer("application/offset+octet-stream")
def to_bytes(context, value):
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else repr(value).encode()


@schemathesis.serializer("application/timestamp-query")
def to_query(context, value):
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else repr(value).encode()


@schemathesis.deserializer("application/cbor")
def from_cbor(context, response):
    return cbor2.loads(response.content)
