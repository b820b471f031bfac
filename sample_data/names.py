"""Invented people: names, ID numbers whose check digit is always wrong, telephone numbers from an unassigned range."""

import numpy as np
import pyarrow as pa

from data_access.id_numbers import CHECK_CHARACTERS, WEIGHTS
from sample_data.common import Flags, Ints, Rng, joined, strings

_SURNAMES = list(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔汤"
)
_COMPOUND = ["欧阳", "司马", "上官", "诸葛"]
_MALE = list("建国明军伟强勇平华波涛斌辉刚峰亮杰鹏超飞林海江山成德贵福荣生元志文永学忠义新东安康宁顺有长春兴")
_FEMALE = list("秀英芳兰娟敏静丽霞燕玲红梅桂香春莲珍琴云翠凤萍洁雪娜婷慧巧美淑玉月花菊艳莉娥仙改")
_NEUTRAL = list("子雨欣浩宇轩晨涵思梓佳怡博文一诺可心嘉瑞泽")

_CHECK_VALUES = np.array(["0123456789X".index(character) for character in CHECK_CHARACTERS])


def draw_surnames(rng: Rng, size: int) -> Ints:
    """Indexes of surnames; common ones come first in the list and are more likely; one in two hundred is compound."""
    index = np.floor(len(_SURNAMES) * rng.random(size) ** 1.6).astype(np.int16)
    compound = rng.random(size) < 0.005
    index[compound] = len(_SURNAMES) + rng.integers(0, len(_COMPOUND), int(compound.sum()))
    return index


def full_names(rng: Rng, *, surname: Ints, male: Flags, young: Flags) -> pa.Array:
    """One name per person: surname and one or two given characters."""
    n = len(surname)
    pools = [_MALE, _FEMALE, _NEUTRAL]
    offsets = np.cumsum([0, *map(len, pools[:-1])])
    sizes = np.array([len(pool) for pool in pools])
    pool = np.where(young & (rng.random(n) < 0.6), 2, np.where(male, 0, 1))
    characters = pa.array(["", *_MALE, *_FEMALE, *_NEUTRAL])
    first = 1 + offsets[pool] + np.floor(rng.random(n) * sizes[pool]).astype(np.int64)
    second = 1 + offsets[pool] + np.floor(rng.random(n) * sizes[pool]).astype(np.int64)
    second[rng.random(n) < 0.3] = 0
    family = pa.array([*_SURNAMES, *_COMPOUND]).take(pa.array(surname.astype(np.int32)))
    return joined(family, characters.take(pa.array(first)), characters.take(pa.array(second)))


def id_numbers(rng: Rng, *, birth: Ints, male: Flags, region: int = 610902) -> pa.Array:
    """Eighteen digits with the real structure and a check digit that is always wrong."""
    days = birth.astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(int) + 1970
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    in_month = (days - days.astype("datetime64[M]")).astype(int) + 1
    order = rng.integers(0, 500, len(birth)) * 2 + male
    number = region * 10**11 + (years * 10_000 + months * 100 + in_month) * 1000 + order
    total = np.zeros(len(birth), dtype=np.int64)
    rest = number.copy()
    for weight in WEIGHTS[::-1]:
        total += rest % 10 * weight
        rest //= 10
    right = _CHECK_VALUES[total % len(_CHECK_VALUES)]
    wrong = (right + rng.integers(1, 10, len(birth))) % 10
    return strings(number * 10 + wrong)


def telephones(rng: Rng, size: int) -> pa.Array:
    """Eleven digits from 1990000xxxx on: none of them belongs to anybody."""
    return strings(19_900_000_000 + rng.integers(0, 1_000_000, size))
