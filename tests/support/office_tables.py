"""The tables of an invented office, see `office.py`."""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Numeric, String, Table

office = MetaData()


def _table(name: str, texts: str, *, numbers: str = "", whole: str = "", long: str = "", times: str = "") -> Table:
    kinds = ((texts, String(200)), (numbers, Numeric(12, 2)), (whole, Integer()), (long, BigInteger()))
    columns = [Column(one, kind) for names, kind in kinds for one in names.split()]
    return Table(name, office, *columns, *(Column(one, DateTime()) for one in times.split()))


REGION = _table("sys_xzqh", "xzqhdm mc sjdm cj")
HOME = _table(
    "ac01",
    "aar040 aad001 aar007 aac029 aac031 aar012 aac006 aar010 aac312 aac313 aac314 aac316 aac318 aac319 sfyxbq jdsj "
    "xhsj xhyy aar100 aar024",
    numbers="aac301 aac302 aac303 aac304 aac315 aac317",
    long="aac001",
)
INCOME = _table("t_srxx", "nd jd", numbers="gzxsr scjyxsr ccxsr zyxsr scjyxzc", whole="rs", long="hbh", times="tbsj")
PERSON = _table(
    "fpjc_rkxx",
    "hbh rbh xm zjhm yhzgx whcd zxszk jkzk cjdj ldjn wgqy sfcjcxjmjbylbx sfxsdb rysbsj ryzt jsrq jsyy",
)
CASE = _table("t_jcdx", "jcdxlb fxlx sbsj fxsfxc fxxcsj xcfs fxqd", whole="id jcrs", long="hbh")
HELPER = _table("ak11", "aab002 aap001 aar012 aar008", long="aak110")
PAIR = _table("ac08", "aar020 aar021", long="aac001 aak110")
VISIT = _table("t_zfjl", "zfsj zffs rznr", whole="id", long="hbh bfrid")
PUSH = _table("t_bmts", "tsbm tslx sfzh hcsj hcjg", numbers="je", whole="id", times="tssj")
WORK = _table("t_wgjc", "rbh ny wgqy sfgyg", numbers="yxz", whole="id")
MEASURE = _table("t_bfcs", "cslb lsqk", numbers="je", whole="id", long="hbh")
PROJECT = _table("project", "xmmc xmlx xzcdm zjly kgsj wgsj", numbers="ztz zfje", whole="id")
LOADED = _table("sys_drjl", "bm", times="drsj")

Rows = dict[Table, list[dict[str, Any]]]
