import random


def token_hex(n=32):
    return random.randbytes(n).hex()


def token_bytes(n=32):
    return random.randbytes(n)


def token_urlsafe(n=32):
    import base64
    return base64.urlsafe_b64encode(random.randbytes(n)).rstrip(b"=").decode()


def randbelow(n):
    return random.randrange(n)


choice = random.choice


def compare_digest(a, b):
    return a == b
