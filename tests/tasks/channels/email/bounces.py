"""What mail systems send back, in the shapes of Postfix, Exchange Online and Gmail; every address is invented."""

TOKEN = "m" + "0123456789abcdef" * 2
MESSAGE_ID = f"<{TOKEN}@schools.example.org>"
HEADERS = f"""Return-Path: <reports@schools.example.org>
From: Harbour View High School <reports@schools.example.org>
To: family@example.org
Subject: A progress report is ready
Date: Fri, 17 Dec 2021 15:00:00 +0000
Message-ID: {MESSAGE_ID}
Auto-Submitted: auto-generated
X-Envelope-Id: {TOKEN}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=0_x"
"""

POSTFIX = """Return-Path: <>
Received: by relay.example.org (Postfix)
\tid 4JFz0B2Qx1z9sVx; Fri, 17 Dec 2021 15:00:03 +0000 (UTC)
Date: Fri, 17 Dec 2021 15:00:03 +0000 (UTC)
From: MAILER-DAEMON@relay.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: reports@schools.example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4JFz0B1Yyvz9sVw.1639753203/relay.example.org"
Content-Transfer-Encoding: 8bit
Message-Id: <4JFz0B2Qx1z9sVx@relay.example.org>

This is a MIME-encapsulated message.

--4JFz0B1Yyvz9sVw.1639753203/relay.example.org
Content-Description: Notification
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This is the mail system at host relay.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<family@example.org>: host mx.example.org[192.0.2.25] said: 550 5.1.1
    <family@example.org>: Recipient address rejected: User unknown (in reply
    to RCPT TO command)

--4JFz0B1Yyvz9sVw.1639753203/relay.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.org
{ENVELOPE}X-Postfix-Queue-ID: 4JFz0B1Yyvz9sVw
X-Postfix-Sender: rfc822; reports@schools.example.org
Arrival-Date: Fri, 17 Dec 2021 15:00:01 +0000 (UTC)

Final-Recipient: rfc822; family@example.org
Original-Recipient: rfc822;family@example.org
Action: {ACTION}
Status: {STATUS}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <family@example.org>: Recipient address
    rejected: User unknown

--4JFz0B1Yyvz9sVw.1639753203/relay.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

{HEADERS}
--4JFz0B1Yyvz9sVw.1639753203/relay.example.org--
"""

EXCHANGE = """Received: from MW4PR00MB0001.namprd00.prod.outlook.com
\tby MW4PR00MB0002.namprd00.prod.outlook.com with HTTPS; Fri, 17 Dec 2021 15:00:09 +0000
From: "Microsoft Outlook" <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@district.example.org>
To: <reports@schools.example.org>
Date: Fri, 17 Dec 2021 15:00:08 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="6a1f6f51-4c4d-4a52-9b5c-2f4f1a0f1c7e"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <0b8e5c0d-8d1c-4a52-b0b5-5f8c6a8d3d2e@MW4PR00MB0001.namprd00.prod.outlook.com>
In-Reply-To: {MESSAGE_ID}
References: {MESSAGE_ID}
Subject: Undeliverable: A progress report is ready
Auto-Submitted: auto-replied
MIME-Version: 1.0

--6a1f6f51-4c4d-4a52-9b5c-2f4f1a0f1c7e
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="9d0a8f3e-1b1e-4b7e-8f49-5d5ad9b0a6c3"

--9d0a8f3e-1b1e-4b7e-8f49-5d5ad9b0a6c3
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to family@example.org couldn't be delivered.
family wasn't found at example.org.

--9d0a8f3e-1b1e-4b7e-8f49-5d5ad9b0a6c3
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<html><body><p>Your message to family@example.org couldn't be delivered.</p></body></html>

--9d0a8f3e-1b1e-4b7e-8f49-5d5ad9b0a6c3--

--6a1f6f51-4c4d-4a52-9b5c-2f4f1a0f1c7e
Content-Type: message/delivery-status

Reporting-MTA: dns;MW4PR00MB0001.namprd00.prod.outlook.com
Received-From-MTA: dns;relay.example.org
Arrival-Date: Fri, 17 Dec 2021 15:00:05 +0000

Final-Recipient: rfc822;family@example.org
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient family@example.org not found

--6a1f6f51-4c4d-4a52-9b5c-2f4f1a0f1c7e
Content-Type: message/rfc822

Received: from relay.example.org (192.0.2.10)
\tby MW4PR00MB0001.namprd00.prod.outlook.com; Fri, 17 Dec 2021 15:00:05 +0000
{HEADERS}
--=0_x
Content-Type: text/plain

A progress report for your family is ready.
--=0_x--

--6a1f6f51-4c4d-4a52-9b5c-2f4f1a0f1c7e--
"""

GMAIL = """Delivered-To: reports@schools.example.org
Received: by 2002:a05:6402:0000:0000:0000:0000:0000 with SMTP id a1csp000000edq;
        Fri, 17 Dec 2021 07:00:12 -0800 (PST)
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@mail.example.org>
To: reports@schools.example.org
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: {MESSAGE_ID}
In-Reply-To: {MESSAGE_ID}
X-Failed-Recipients: family@example.org
Message-ID: <61bca5ac.1c69fb81.00000.0000.GMR@mx.mail.example.org>
Date: Fri, 17 Dec 2021 07:00:12 -0800 (PST)
MIME-Version: 1.0
Content-Type: multipart/report; boundary="000000000000f3a1bb05d3591c1e"; report-type=delivery-status

--000000000000f3a1bb05d3591c1e
Content-Type: multipart/related; boundary="000000000000f3a5a005d3591c21"

--000000000000f3a5a005d3591c21
Content-Type: multipart/alternative; boundary="000000000000f3a5a705d3591c22"

--000000000000f3a5a705d3591c22
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to family@example.org because the address couldn't be found.

--000000000000f3a5a705d3591c22--
--000000000000f3a5a005d3591c21--
--000000000000f3a1bb05d3591c1e
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Received-From-MTA: dns; reports@schools.example.org
Arrival-Date: Fri, 17 Dec 2021 07:00:11 -0800 (PST)
X-Original-Message-ID: {MESSAGE_ID}

Final-Recipient: rfc822; family@example.org
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552-5.2.2 The email account that you tried to reach is over quota.
Last-Attempt-Date: Fri, 17 Dec 2021 07:00:12 -0800 (PST)

--000000000000f3a1bb05d3591c1e
Content-Type: message/rfc822

{HEADERS}
--=0_x
Content-Type: text/plain

A progress report for your family is ready.
--=0_x--

--000000000000f3a1bb05d3591c1e--
"""

AWAY = f"""From: family@example.org
To: reports@schools.example.org
Subject: Out of office: A progress report is ready
In-Reply-To: {MESSAGE_ID}
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

I am on holiday until January 3.
"""


def _filled(template: str, token: str = TOKEN, **more: str) -> bytes:
    text = template
    for name, value in ({"HEADERS": HEADERS, "MESSAGE_ID": MESSAGE_ID} | more).items():
        text = text.replace("{" + name + "}", value)
    return text.replace(TOKEN, token).encode()


def postfix(
    action: str = "failed", status: str = "5.1.1", token: str = TOKEN, headers: str = HEADERS, envelope: str = ""
) -> bytes:
    """Of a relay with DSN where `envelope` is given."""
    line = f"Original-Envelope-Id: {envelope}\n" if envelope else ""
    return _filled(POSTFIX, token, ACTION=action, STATUS=status, HEADERS=headers, ENVELOPE=line)


def exchange(token: str = TOKEN) -> bytes:
    return _filled(EXCHANGE, token)


def gmail(token: str = TOKEN) -> bytes:
    return _filled(GMAIL, token)
