"""The household's door in the gallery: an invented family with two reports, a question and a meeting to choose."""

import base64
from datetime import UTC, date, datetime, time, timedelta

from termpost.schemas.documents.feedback.door import (
    DoorAnswer,
    DoorContact,
    DoorContent,
    DoorMeeting,
    DoorMessages,
    DoorQuery,
    DoorReply,
    DoorReport,
    DoorSlot,
    DoorStatement,
)
from termpost.schemas.documents.receipt import ReceiptWish
from termpost.schemas.settings.calendar import Calendar
from termpost.tasks.channels.portal.door.locator import locator_of
from termpost.tasks.channels.portal.door.seal_door import seal_door
from termpost.tasks.channels.portal.receipt_keys import web_key
from termpost.tasks.documents.wording import translator_for

RECIPIENT, PAGE = "p-sample", "sample"
TEACHER = "Ana Fry"
# language → a statement that the family put on record
KEPT = {
    "en": "We still say that the essay was handed in on time.",
    "es": "Seguimos diciendo que la redacción se entregó a tiempo.",
    "fr": "Nous maintenons que la rédaction a été rendue à temps.",
    "zh-Hans": "我们仍然认为作文是按时交的。",
    "ar": "ما زلنا نقول إن المقال سُلّم في موعده.",
    "uk": "Ми й далі стверджуємо, що твір здано вчасно.",
    "vi": "Chúng tôi vẫn khẳng định bài luận đã được nộp đúng hạn.",
}
# language → what the family asks, what the school says, what the family writes back
SAID = {
    "en": ("Why is the quiz of Friday missing?", "It was marked on Monday: 9 of 10.", "Thank you!"),
    "es": ("¿Por qué falta la prueba del viernes?", "Se corrigió el lunes: 9 de 10.", "¡Gracias!"),
    "fr": (
        "Où est le test de vendredi\u202f?",
        "Il a été corrigé lundi\u202f: 9 sur 10.",
        "Merci\u202f!",
    ),
    "zh-Hans": ("星期五的测验为什么没有成绩？", "星期一已经批改：10 分中得 9 分。", "谢谢！"),
    "ar": ("لماذا لا يظهر اختبار يوم الجمعة؟", "صُحّح يوم الاثنين: 9 من 10.", "شكرًا!"),
    "uk": ("Чому немає п’ятничної контрольної?", "Її перевірили в понеділок: 9 з 10.", "Дякую!"),
    "vi": ("Vì sao thiếu bài kiểm tra hôm thứ Sáu?", "Bài đã được chấm hôm thứ Hai: 9 trên 10.", "Xin cảm ơn!"),
}


def sample_door(
    calendar: Calendar, language: str, student: str, cycle: str, until: date, today: date, contact: DoorContact,
    signs: ReceiptWish, code: str, portal: str,
) -> dict[str, bytes]:  # fmt: skip
    """What the portal gives for this code: path → bytes.

    Args:
        signs: whose keys the door has; it opens nothing.
    """
    asked, answer, reply = SAID.get(language, SAID["en"])
    moment = datetime.combine(today, time(15), UTC)
    starts = datetime.combine(until, time(15), calendar.zone)
    title = translator_for("en", calendar.country).text("household", "statement")
    kept = KEPT.get(language, KEPT["en"])
    statement = DoorStatement(
        on=today.isoformat(), text=kept, title="" if language == "en" else title, language="en"
    )  # fmt: skip
    reports = tuple(
        DoorReport(page=PAGE, part=0, student=student, cycle=cycle, day=(today - timedelta(days=ago)).isoformat(),
                   ask_until=until.isoformat(), is_latest=not ago, acknowledge=not ago,
                   statements=(statement,) if not ago else ()) for ago in (0, 60)
    )  # fmt: skip
    slots = tuple(
        DoorSlot(id=f"{number:032x}", starts=starts + timedelta(minutes=20 * number),
                 ends=starts + timedelta(minutes=20 * number + 15), place="204", with_whom=TEACHER)
        for number in range(3)
    )  # fmt: skip
    queries = (
        DoorQuery(id="q00000000000a", kind="question", student=student, asked=moment, text=asked, step="answered",
                  answers=(DoorAnswer(at=moment + timedelta(days=1), by=TEACHER, text=answer),),
                  replies=(DoorReply(at=moment + timedelta(days=2), text=reply),)),
        DoorQuery(id="q00000000000b", kind="meeting", student=student, asked=moment, text="", step="open",
                  meeting=DoorMeeting(step="offered", offered=slots)),
    )  # fmt: skip
    messages = DoorMessages(to=f"{portal}/messages", home=base64.b64encode(signs.public).decode(), key=web_key(signs))
    content = DoorContent(recipient=RECIPIENT, language=language, school=contact, reports=reports, queries=queries,
                          messages=messages)  # fmt: skip
    return {f"/door/{locator_of(code)}": seal_door(content, code, signs.public)}
