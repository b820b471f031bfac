"""What an invented office holds, see `office.py`."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Table

from data_access import id_numbers
from tests.support import office_tables as kept
from tests.support.office_tables import Rows

COUNTY = "999902"
TOWNSHIPS, VILLAGES = 3, 3
_NAMES, _GIVEN = "赵钱孙李周吴郑王", "平安春秋山河林田"
_DAYS = (
    "{0:%Y-%m-%d}",
    "{0:%Y%m%d}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}.{0.month}.{0.day}",
    "{0.year}年{0.month}月{0.day}日",
)
_MONTHS = ("{0:%Y%m}", "{0:%Y-%m}", "{0.year}.{0.month}")
_FIRST_MONTH, _MONTHS_OF_WORK = 2021 * 12 + 4, 17
"""May 2021 to September 2022."""


class Office:
    """Draws the rows of an office."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._people = 0
        self._rows: Rows = {table: [] for table in kept.office.sorted_tables}
        self._villages: list[str] = []

    def rows(self, households: int) -> Rows:
        """Everything that the office holds."""
        self._places()
        for number in range(households):
            self._household(9990200000001 + number, last=number == households - 1)
        for number in range(12):
            self._project(number)
        self._add(kept.LOADED, bm="fpjc_rkxx", drsj=datetime.combine(date(2022, 8, 31), time(18)))
        self._add(kept.LOADED, bm="fpjc_rkxx", drsj=datetime.combine(date(2022, 9, 30), time(18)))
        return self._rows

    def _add(self, table: Table, **row: Any) -> None:
        own = {"id": len(self._rows[table]) + 1} if "id" in table.c else {}
        empty = dict.fromkeys(table.c.keys())
        self._rows[table].append({**empty, **own, **row})

    def _rarely(self, share: float) -> bool:
        return self._draw.random() < share

    def _one(self, *choices: Any) -> Any:
        return self._draw.choice(choices)

    def _between(self, first: date, last: date) -> date:
        return first + timedelta(days=self._draw.randint(0, (last - first).days))

    def _day(self, day: date) -> str:
        return self._one(*_DAYS).format(day)

    def _month(self, day: date) -> str:
        return self._one(*_MONTHS).format(day)

    def _name(self) -> str:
        return self._one(*_NAMES) + "".join(self._draw.choices(_GIVEN, k=self._one(1, 2)))

    def _amount(self, low: float, high: float) -> float:
        return round(self._draw.uniform(low, high), 2)

    def _certificate(self, born: date, *, male: bool) -> str:
        self._people += 1
        body = f"{COUNTY}{born:%Y%m%d}{(self._people * 2 + male) % 1000:03}"
        return body + id_numbers.check_character(body)

    def _places(self) -> None:
        self._add(kept.REGION, xzqhdm=f"{COUNTY}000000", mc="安和县", sjdm="999900000000", cj="3")
        for township in range(TOWNSHIPS):
            above = f"{COUNTY}{101 + township}000"
            self._add(kept.REGION, xzqhdm=above, mc=f"{'青柳白'[township]}石镇", sjdm=f"{COUNTY}000000", cj="4")
            for village in range(VILLAGES):
                code = f"{above[:9]}{200 + village}"
                self._add(kept.REGION, xzqhdm=code, mc=f"{'一二三'[village]}村", sjdm=above, cj="5")
                self._villages.append(code)
        for number in range(12):
            helper = {"aab002": self._name(), "aap001": self._one("县教育局", "财政局", "县财政局")}
            self._add(kept.HELPER, aak110=880000 + number, aar012=f"1380000{number:04}", **helper)

    def _household(self, number: int, *, last: bool) -> None:
        lifted_out = self._rarely(0.4)
        people = list(self._family(number))
        home, moved = self._one(*self._villages), self._rarely(0.03)
        closed = self._between(date(2022, 1, 10), date(2022, 9, 20)) if self._rarely(0.04) else None
        for year in ("2021", "2022"):
            if year == "2021" and self._rarely(0.1):
                continue
            village = self._one(*self._villages) if moved and year == "2022" else home
            self._year(number, year, village, people[0], lifted_out, closed if year == "2022" else None)
        self._incomes(number, len(people))
        for at, person in enumerate(people):
            self._person(number, person, at=at, twice=at == 1 and not last and self._rarely(0.04))
        self._cases(number, len(people), lifted_out)
        if lifted_out or self._rarely(0.2):
            self._helped(number)
        if self._rarely(0.4):
            self._push(people)

    def _family(self, household: int) -> Iterator[dict[str, Any]]:
        for number in range(self._draw.randint(1, 6)):
            relation = "户主" if number == 0 else self._one("配偶", "之子", "之女", "之母", "其他")
            male = relation in ("户主", "之子")
            age = self._draw.randint(28, 78) if number < 2 else self._draw.randint(0, 85)
            born = date(2022, 6, 1) - timedelta(days=age * 365 + self._draw.randint(0, 364))
            yield {
                "rbh": f"{household}{number + 1:02}",
                "xm": self._name(),
                "zjhm": self._certificate(born, male=male),
                "yhzgx": relation,
                "age": age,
            }

    def _year(
        self, number: int, year: str, village: str, head: dict[str, Any], lifted_out: bool, closed: date | None
    ) -> None:
        kinds = ("脱贫户", "1", "01") if lifted_out else ("一般农户", "0", "05")
        changed = self._between(date(int(year), 5, 1), date(int(year), 9, 28))
        self._add(
            kept.HOME,
            aac001=number,
            aar040=year,
            aad001=village,
            aar007=self._one("3", "3组", "三组", "第2组", None),
            aac029=head["xm"],
            aac031=None if self._rarely(0.02) else head["zjhm"],
            aar012=self._one(f"138{number % 10**8:08}", None, "无", "0"),
            aac006=self._one(*kinds),
            aac312="1",
            aac313=self._one("1", "是", "0"),
            aac314=self._one("1", "1", "0", "否", None),
            aac316=self._one("01", "03", "水泥路"),
            aac318=self._one("0", "0", "0", "是"),
            aac319=self._one("1", "0", None),
            sfyxbq=self._one("0", "1"),
            aac301=self._amount(0, 12),
            aac317=self._amount(40, 160),
            jdsj=self._day(date(2014, 5, 1) if lifted_out else date(2021, 1, 1)),
            xhsj=self._day(closed) if closed else None,
            xhyy=self._one("整户自然减少", "整户迁出") if closed else None,
            aar100="0" if closed else "1",
            aar024=f"{changed:%Y%m%d}101500",
        )

    def _incomes(self, number: int, size: int) -> None:
        base = self._one(3000, 6000, 9000, 15000) * size * self._draw.uniform(0.7, 1.3)
        for year, quarter in (
            ("2020", None),
            ("2021", None),
            ("2021", "4"),
            ("2022", "1"),
            ("2022", "2"),
            ("2022", "3"),
        ):
            if self._rarely(0.05):
                continue
            share = base if quarter is None else base / 4
            put_in = date(int(year) + (quarter is None), {None: 1, "1": 4, "2": 7, "3": 9, "4": 12}[quarter], 9)
            for again in range(2 if self._rarely(0.1) else 1):  # the second time with another amount
                self._add(
                    kept.INCOME,
                    hbh=number,
                    nd=year,
                    jd=quarter,
                    rs=size if self._rarely(0.98) else None,
                    gzxsr=round(share * 0.6, 2),
                    scjyxsr=round(share * 0.25 * (1 + again), 2),
                    ccxsr=round(share * 0.03, 2) if self._rarely(0.9) else None,
                    zyxsr=round(share * 0.2, 2),
                    scjyxzc=round(share * 0.08, 2),
                    tbsj=datetime.combine(put_in + timedelta(days=again), time(10)),
                )

    def _person(self, household: int, person: dict[str, Any], *, at: int, twice: bool) -> None:
        left, adult = self._rarely(0.03), 16 <= person["age"] <= 72
        labour = self._one("普通劳动力", "普通劳动力", "技能劳动力", None) if adult else "无劳动力"
        works = labour in ("普通劳动力", "技能劳动力") and self._rarely(0.55)
        health = self._one("健康", "健康", "长期慢性病", "患有大病", "健康,残疾", "01", None)
        row = {
            **{name: person[name] for name in ("rbh", "xm", "yhzgx")},
            "hbh": str(household),
            "zjhm": None if at == 0 and self._rarely(0.02) else person["zjhm"] + ("42" if self._rarely(0.02) else ""),
            "whcd": self._one("文盲或半文盲", "小学", "初中", "大专", None),
            "zxszk": "学龄前儿童" if person["age"] < 3 else "不在校",
            "jkzk": health,
            "cjdj": self._one("一级", "2") if health and "残" in health else None,
            "ldjn": labour,
            "sfcjcxjmjbylbx": self._one("是", "否", "1", None),
            "sfxsdb": self._one("是", "否"),
            "rysbsj": self._one("201405", "2014.5", "2014-05-01"),
            "ryzt": "减少" if left else "正常",
            "jsrq": self._month(self._between(date(2021, 6, 1), date(2022, 9, 1))) if left else None,
            "jsyy": "死亡" if left else None,
        }
        self._add(kept.PERSON, **row)
        if twice:  # the same person stands in the next household too
            self._add(kept.PERSON, **{**row, "hbh": str(household + 1), "rbh": f"{person['rbh']}X", "yhzgx": "其他"})
        if works:
            self._months_of_work(person["rbh"])

    def _months_of_work(self, person: str) -> None:
        first = self._draw.randint(0, _MONTHS_OF_WORK - 1)
        place, post = self._one("乡(镇)外县内", "省外", "县外省内"), self._one("是", "否", None)
        for at in range(first, self._draw.randint(first, _MONTHS_OF_WORK - 1) + 1):
            if not self._rarely(0.05):
                year, month = divmod(_FIRST_MONTH + at, 12)
                wage = self._amount(1000, 5000) if self._rarely(0.9) else None
                self._add(kept.WORK, rbh=person, ny=f"{year}{month + 1:02}", wgqy=place, sfgyg=post, yxz=wage)

    def _cases(self, household: int, persons: int, lifted_out: bool) -> None:
        if not self._rarely(0.4 if lifted_out else 0.15):
            return
        kinds = ("脱贫不稳定户", "1", "01") if lifted_out else ("边缘易致贫户", "2", "突发严重困难户", "3")
        found = self._between(date(2021, 5, 1), date(2022, 9, 10))
        ended = found + timedelta(days=self._draw.randint(120, 420))
        done = ended <= date(2022, 9, 25) and self._rarely(0.7)
        case = {"hbh": household, "jcdxlb": self._one(*kinds), "jcrs": persons}
        self._add(
            kept.CASE,
            **case,
            fxlx=self._one("因病", "因病,因残", "因学、因病", "其他(收入低)"),
            sbsj=self._month(found),
            fxsfxc=self._one("是", "1") if done else self._one("否", "0", None),
            fxxcsj=self._month(ended) if done else None,
            xcfs="帮扶消除" if done else None,
            fxqd=self._one("农户申报", "干部走访排查", None),
        )
        if done and self._rarely(0.2):  # watched again
            self._add(kept.CASE, **case, fxlx="因病", sbsj="202209", fxsfxc="否")
        for _ in range(self._draw.randint(0, 2)):
            kind = self._one("产业帮扶", "就业帮扶", "公益岗")
            self._add(
                kept.MEASURE, hbh=household, cslb=kind, je=self._one(None, 500), lsqk=self._one("已落实", "落实中")
            )

    def _helped(self, household: int) -> None:
        helper = 880000 + self._draw.randrange(12)
        self._add(kept.PAIR, aac001=household, aak110=helper, aar020="2021-03-01")
        for _ in range(self._draw.randint(0, 4)):
            day = self._day(self._between(date(2021, 5, 1), date(2022, 9, 28)))
            visit = {
                "hbh": household,
                "bfrid": helper,
                "zfsj": day,
                "zffs": self._one("1", "2", "入户"),
                "rznr": "家庭情况稳定",
            }
            for _again in range(2 if self._rarely(0.05) else 1):
                self._add(kept.VISIT, **visit)

    def _push(self, people: list[dict[str, Any]]) -> None:
        person, came = self._one(*people), self._between(date(2022, 6, 1), date(2022, 9, 25))
        checked = (
            min(came + timedelta(days=self._draw.randint(1, 30)), date(2022, 9, 30)) if self._rarely(0.7) else None
        )
        self._add(
            kept.PUSH,
            tsbm=self._one("医保局", "县医疗保障局", "民政局", "残联"),
            tslx=self._one("医疗费用高", "新发大病", "失业"),
            sfzh="999902190001010000" if self._rarely(0.08) else person["zjhm"],
            je=self._amount(2000, 60000) if self._rarely(0.5) else None,
            tssj=datetime.combine(came, time(8)),
            hcsj=self._day(checked) if checked else None,
            hcjg=self._one("纳入监测", "不符合条件") if checked else None,
        )

    def _project(self, number: int) -> None:
        begun = self._between(date(2021, 6, 1), date(2022, 6, 1))
        self._add(
            kept.PROJECT,
            xmmc=f"产业路{number}",
            xmlx=self._one("产业", "饮水"),
            xzcdm=self._one(*self._villages),
            zjly=self._one("省级", "县级"),
            ztz=self._amount(10, 200),
            zfje=self._amount(1, 10),
            kgsj=self._day(begun),
            wgsj=self._day(begun + timedelta(days=90)) if self._rarely(0.5) else None,
        )
