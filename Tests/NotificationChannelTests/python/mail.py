#!/usr/bin/env python3
"""A mail server of another maker (aiosmtpd) that keeps nothing and says what it was given.

Prints its port, then a line of JSON for each mail. The part before the @ of a recipient chooses
what goes wrong: busy (451), gone (550), full (552 after the mail), silent (never answers the mail),
drops (closes instead of answering it).
"""
import argparse
import asyncio
import email
import email.policy
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def say(event, **fields):
    print(json.dumps({"event": event, **fields}, ensure_ascii=False), flush=True)


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = {"busy": "451 try later", "gone": "550 no such user"}.get(address.split("@")[0])
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say("mail", to=envelope.rcpt_tos, sender=envelope.mail_from, subject=mail["subject"],
            from_=mail["from"], id=mail["message-id"], urgent=mail["importance"] or "",
            date=str(mail["date"]), text=mail.get_content(), tls=session.ssl is not None,
            user=(session.auth_data.login.decode() if session.auth_data else ""))
        fault = envelope.rcpt_tos[0].split("@")[0]
        if fault == "full":
            return "552 too much"
        if fault == "silent":
            await asyncio.sleep(60)
        if fault == "drops":
            server.transport.abort()
        return "250 queued as 77"


def authenticate(server, session, envelope, mechanism, data):
    is_right = isinstance(data, LoginPassword) and data == LoginPassword(b"desk", b"secret")
    return AuthResult(success=is_right, handled=False, auth_data=data)


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--certificate")
    options.add_argument("--key")
    options.add_argument("--implicit", action="store_true")
    options.add_argument("--login", action="store_true")
    options.add_argument("--without-plain", action="store_true")
    options = options.parse_args()
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)

    def serve():
        starttls = context if not options.implicit else None
        return SMTP(
            Sink(), tls_context=starttls, require_starttls=starttls is not None,
            auth_required=options.login, auth_require_tls=not options.implicit,
            authenticator=authenticate if options.login else None, hostname="mail.test",
            auth_exclude_mechanism=["PLAIN"] if options.without_plain else [])

    server = await asyncio.get_running_loop().create_server(
        serve, "127.0.0.1", 0, ssl=context if options.implicit else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
