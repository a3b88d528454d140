"""The wordings of periods, as patterns over plain text. What they mean is told in :mod:`tejarat.values.periods`."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from tejarat.values.dates import Calendar
from tejarat.values.plain import LETTER, plain
from tejarat.values.tables import any_of, rows

SEASONS = {"بهار": 1, "تابستان": 4, "پاییز": 7, "پائیز": 7, "زمستان": 10}
DECADES = {"بیست": 20, "سی": 30, "چهل": 40, "پنجاه": 50, "شصت": 60, "هفتاد": 70, "هشتاد": 80, "نود": 90}
ORDERS = {"دوم": 2, "سوم": 3, "چهارم": 4}
_COUNT = r"\d{1,2}|یازده|دوازده|یک|دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده"
_EDGE = rf"(?!{LETTER})"
_FIRSTS = r"نخستین|نخست|اولیه|اولین|اول|ابتدایی|ابتدای|ابتدا|آغازین|آغاز|سپری\s*شده"
_LASTS = r"پایانی|آخر|انتهایی|پایان"
_ERA = r"(?:\s*(?:میلادی|شمسی|خورشیدی|هجری\s*شمسی|هجری\s*خورشیدی|قمری|هجری\s*قمری|ه\.?\s?ش))?"

_FIRST = re.compile(_FIRSTS)
_LAST = re.compile(_LASTS)

YEAR_WORD = re.compile(
    rf"(?:(?P<now>امسال|سال{_ERA}\s*(?:جاری|جدید))|(?P<two>پیرارسال|دو\s*سال\s*(?:پیش|قبل))"
    rf"|(?P<last>پارسال|سال{_ERA}\s*(?:گذشته|قبلی|قبل|پیشین|پیش(?!\s*رو)|ماضی|ماقبل)(?:ش)?)"
    rf"|(?P<next>سال{_ERA}\s*(?:آینده|بعدی|بعد|آتی|پیش\s*رو)))(?:ی|ش)?{_EDGE}{_ERA}"
)
BEFORE_THAT = re.compile(r"\s+از\s+(?:آن|این)(?!\w)")
YEAR_NUMBER = re.compile(
    rf"(?P<sal>سال(?:\s*های)?\s*(?:مالی\s*|زراعی\s*)?)?(?P<year>\d{{4}}|\d{{2}})(?!\d|[.,/]\d){_ERA}"
)
#: Words after a number that make it an amount and no year.
NOT_YEAR = re.compile(
    r"\s*(?:تن|کیلو|گرم|لیتر|بشکه|متر|راس|رأس|دستگاه|نفر|قطعه|عدد|دلار|یورو|تومان|ریال|درهم|یوان|لیر|درصد|در\s*صد|%|هزار"
    r"|میلیون|میلیارد|واحد|مورد|فقره|شرکت|پروژه|روز|کیلومتر|هکتار|مگاوات|کامیون|کشتی|واگن|روستا|سال(?!\w)|کشور(?!\s+م)|ساعت|تخته"
    r"|جفت|اصله|حلقه|قلم|ردیف|تعرفه|ماه\s?ه|ماه(?!\w))"
)
OF = re.compile(r"\s*(?:(?:در|از|طی)\s+)?(?:همان\s+|این\s+)?")
THIS_YEAR = re.compile(rf"سال{_EDGE}")
N_MONTHS = re.compile(
    rf"(?:(?P<lead>{_FIRSTS}|{_LASTS})\s+)?(?P<count>{_COUNT})\s*ماه(?P<ha>\s?ه(?:\s?ی)?)?{_EDGE}"
    rf"(?:\s*(?P<order>{_FIRSTS}|{_LASTS}|دوم|سوم|چهارم|گذشته|اخیر|قبل|پیش){_EDGE})?"
)
UP_TO = re.compile(r"\s*منتهی\s+به\s+(?:(?:پایان|آخر|انتهای)\s+)?")
START = re.compile(rf"(?P<az>از\s+)?(?:همان\s+)?(?:ابتدای|ابتدا|اول|آغاز|شروع|بدو|نخستین\s+روز){_EDGE}\s*")
FROM = re.compile(r"از\s+(?:حدود\s+)?")
UNTIL = re.compile(r"\s*(?:،\s*)?(?:تا|الی|لغایت|-)\s*(?:به\s+)?(?P<whole>(?:پایان|آخر|انتهای|اواخر)\s+)?")
TILL = re.compile(r"(?:تا|الی|لغایت)\s+(?P<end>(?:پایان|آخر|انتهای|اواخر)\s+)?(?P<half>نیمه\s+)?")
NOW = re.compile(
    rf"\s*(?:[،(]\s*)?(?:تاکنون|تا\s*(?:به\s+)?(?:کنون|امروز|حال|الان|حالا|این\s+لحظه|دیروز|این\s+تاریخ)|به\s+بعد|به\s+این\s*سو){_EDGE}"
)
#: Before a number of months or a month's bare name: what makes it a stretch of this year.
DURING = re.compile(r"(?<!\w)(?:در|طی|ظرف|مجموع|همین|این|کل|هر|آمار|عملکرد|حالا|نسبت\s+به)\s+$")
LATER = re.compile(
    r"\s*(?:آینده|دیگر|است|بود|طول|زمان|مانده|تمدید|تاخیر|تأخیر|مهلت|حبس|فرصت|باقی|پس|بعد|یک\s*بار)"
)
LISTED = re.compile(r"\s*(?:و|،)\s*")
MONTHS_OF = re.compile(r"ماه(?:\s*های)?\s+")
DAY_OF = re.compile(r"(?P<day>\d{1,2})(?:م|ام)?\s*|(?P<word>[^\W\d_]+(?:\s+و\s+[^\W\d_]+)?)\s+")
HALF = re.compile(rf"(?:نیمه|نیم\s*سال)(?:ی)?\s*(?P<order>{_FIRSTS}|دوم|{_LASTS}){_EDGE}")
SEASON = re.compile(rf"(?P<fasl>فصل\s+)?(?P<season>{'|'.join(SEASONS)}){_EDGE}\s*(?P<past>گذشته{_EDGE})?")
QUARTER = re.compile(rf"فصل\s+(?P<order>{_FIRSTS}|دوم|سوم|چهارم|{_LASTS}){_EDGE}")
MONTH_BEFORE = re.compile(rf"ماه\s*(?P<which>گذشته|قبل|پیش|جاری|آینده|بعد){_ERA}{_EDGE}")
WEEK_BEFORE = re.compile(rf"هفته\s*(?:گذشته|قبل|پیش|اخیر){_EDGE}")
LAST_N = re.compile(
    rf"(?P<count>{_COUNT}|\d{{1,3}})\s*(?P<unit>روز|هفته|سال)\s*(?P<which>گذشته|اخیر|قبل|پیش){_EDGE}"
)
DAYS_OF = re.compile(
    rf"(?P<count>\d{{1,2}}|{LETTER}+(?:\s+و\s+{LETTER}+)?)\s*روز(?:ه)?\s+(?:{_FIRSTS})\s+(?:از\s+)?"
)
WEEK_TO = re.compile(r"هفته\s*منتهی\s+به\s+")
_TENS = "|".join(DECADES)
DECADE = re.compile(
    rf"دهه(?:\s*های)?\s*(?P<a>\d{{4}}|\d0|{_TENS}){_EDGE}{_ERA}(?:\s*(?:و|تا)\s*(?:دهه\s+)?(?P<b>\d0|{_TENS}){_EDGE})?"
)
NUMERIC = re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)")
SAME_OF = re.compile(
    rf"\s*(?:هم\s+)?(?:(?:در|طی|تا)\s+)?(?:همین|همان)\s+(?:مدت|دوره|زمان|بازه|مقطع|ماه\s?ها|ماه|فصل|موقع|تاریخ|روزها|(?:{_COUNT}|\d+)\s*(?:ماه|روز)){_EDGE}"
)
SAME = re.compile(
    r"(?:(?:مدت|دوره|زمان|بازه|مقطع|ماه|ماه\s*های|فصل|سه\s*ماهه?|تاریخ|روز|سال)\s*(?:زمانی\s*)?)?مشابه(?!\w)(?:\s*(?:زمانی|آن))?"
    r"|(?P<this>همین|همان)\s+(?:مدت|دوره|زمان|بازه|مقطع|ماه\s*های|ماه\s*ها|ماه|فصل|موقع|تاریخ|روزها|روز"
    rf"|(?:{_COUNT}|\d+)\s*(?:ماهه|ماه|روزه|روز))(?:\s*زمانی)?"
)


GREGORIAN = re.compile(
    rf"(?<!\w)(?:(?:19|20)\d\d(?![-/.\d])|میلادی|ژانویه|فوریه|مارس|آوریل|ژوئن|ژوئیه|جولای|آگوست|سپتامبر|اکتبر|نوامبر|دسامبر){_EDGE}"
)
IRANIAN = re.compile(
    r"(?<!\w)(?:ایران|تهران|استان|هجری|شمسی|(?:فروردین|اردیبهشت|خرداد|مرداد|شهریور|اسفند)(?:\s*ماه)?)(?!\w)"
    r"|(?:تیر|مهر|آبان|آذر|دی|بهمن)\s*ماه|(?<!\d)1[34]\d\d(?!\d)|سال\s*\d\d(?!\d)"
)


class Months(NamedTuple):
    trigger: re.Pattern[str]
    month: re.Pattern[str]
    #: By squeezed name: calendar, number, whether it is also another word.
    named: dict[str, tuple[Calendar, int, bool]]


@cache
def grammar() -> Months:
    """What may start a period, the names of months and their meaning."""
    table = rows("months")
    named: dict[str, tuple[Calendar, int, bool]] = {
        "".join(plain(r["name"]).text.split()): (r["calendar"], int(r["month"]), bool(r["ambiguous"]))  # type: ignore[misc]
        for r in table
    }
    month = any_of(r["name"] for r in table)
    counted = rf"(?:{_COUNT})\s*(?:ماه|روز|هفته|سال)"
    of_month = rf"(?:\d{{1,2}}|{LETTER}+(?:\s+و\s+{LETTER}+)?)(?:م|ام)?\s*(?:(?:تا|الی|-)\s*(?:\d{{1,2}}\s*)?)?(?:{month}){_EDGE}"
    words = (
        "سال|امسال|پارسال|پیرارسال|نیم|فصل|ماه|هفته|مدت|دوره|زمان|بازه|مقطع|مشابه|تاریخ|همین|همان|دهه|ابتدا|اول|آغاز"
        rf"|شروع|نخست|آخر|پایان|{'|'.join(SEASONS)}|{month}"
    )
    from_or_to = rf"(?:از|تا|الی|لغایت)\s+(?={words}|\d|{LETTER}+\s+(?:{month}){_EDGE})"
    return Months(
        re.compile(
            rf"(?<![\w.,/])(?:(?={from_or_to}|{counted}|{of_month}|{words})[^\W_]+|\d{{4}}(?!\d))"
            rf"|(?<=[^\W\d_])\d{{1,2}}(?=\s*ماه)"
        ),
        re.compile(rf"(?P<name>{month})(?P<mah>\s*ماه)?(?!{LETTER})"),
        named,
    )


def order(word: str) -> int:
    """1 for the first part, 2 to 4 for the others, 0 for the last one."""
    if _FIRST.fullmatch(word):
        return 1
    return 0 if _LAST.fullmatch(word) else ORDERS.get(word, 2)
