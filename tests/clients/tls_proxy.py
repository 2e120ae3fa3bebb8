"""A forward proxy that opens TLS: tls_proxy.py FOLDER BACKEND_PORT [USER:PASSWORD]

Whatever a client asks for goes to BACKEND_PORT on loopback: plain requests in their absolute form, and what is inside of a
CONNECT tunnel, whose certificate an authority made for this run signs. The authority's certificate is FOLDER/ca.pem. The
first printed line is the proxy's port; each further one is what a client asked for, or a line of standard input: who reads
it has read everything that was asked for before.
"""

import base64
import datetime
import pathlib
import socket
import ssl
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

folder, backend = pathlib.Path(sys.argv[1]), int(sys.argv[2])
wanted = None
if len(sys.argv) > 3:
    wanted = "Basic " + base64.b64encode(sys.argv[3].encode()).decode()


def certificate(name, key, issuer, issuer_key, *extensions):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(now + datetime.timedelta(days=20))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def pem(thing):
    return thing.public_bytes(serialization.Encoding.PEM)


authority_key = ec.generate_private_key(ec.SECP256R1())
authority = certificate("test", authority_key, "test", authority_key, x509.BasicConstraints(True, None))
(folder / "ca.pem").write_bytes(pem(authority))


saying = threading.Lock()


def say(what):
    with saying:
        print(what, flush=True)


contexts = {}
making = threading.Lock()


def tls_for(host):
    with making:
        if host not in contexts:
            contexts[host] = new_tls_for(host)
        return contexts[host]


def new_tls_for(host):
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    file = folder / f"{host}.pem"
    file.write_bytes(
        pem(certificate(host, key, "test", authority_key, names))
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.set_alpn_protocols(["http/1.1"])
    return context


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def read_head(client):
    data = b""
    while b"\r\n\r\n" not in data:
        new = client.recv(65536)
        if not new:
            return None, b""
        data += new
    head, _, rest = data.partition(b"\r\n\r\n")
    return head.decode(), rest


def serve(client):
    head, rest = read_head(client)
    if head is None:
        return
    line, *fields = head.split("\r\n")
    method, target, _ = line.split(" ")
    given = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    say(f"{method} {target}")
    if wanted and given.get("proxy-authorization") != wanted:
        client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        client.close()
        return
    upstream = socket.create_connection(("127.0.0.1", backend))
    if method == "CONNECT":
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            client = tls_for(target.rsplit(":", 1)[0]).wrap_socket(client, server_side=True)
        except OSError:  # The client has gone, or does not trust the certificate.
            return
    else:
        path = "/" + target.split("://", 1)[-1].partition("/")[2]
        upstream.sendall("\r\n".join([f"{method} {path} HTTP/1.1", *fields]).encode() + b"\r\n\r\n" + rest)
    threading.Thread(target=pump, args=(upstream, client), daemon=True).start()
    pump(client, upstream)


def echo():
    for line in sys.stdin:
        say(line.rstrip("\n"))


listener = socket.create_server(("127.0.0.1", 0))
say(listener.getsockname()[1])
threading.Thread(target=echo, daemon=True).start()
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
