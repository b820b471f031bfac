"""What a call was told of food, clothing, school, medical care, housing, water and the helper."""

from alembic import op
from sqlalchemy import Boolean, Column

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns, empty."""
    op.add_column("call_result", Column("food_problem", Boolean(), comment="吃饭有无困难 / food a problem"))
    op.add_column("call_result", Column("clothing_problem", Boolean(), comment="穿衣有无困难 / clothing a problem"))
    op.add_column("call_result", Column("education_problem", Boolean(), comment="上学有无困难 / school a problem"))
    op.add_column("call_result", Column("medical_problem", Boolean(), comment="看病有无困难 / medical care a problem"))
    op.add_column("call_result", Column("housing_problem", Boolean(), comment="住房有无问题 / housing a problem"))
    op.add_column("call_result", Column("water_problem", Boolean(), comment="饮水有无问题 / water a problem"))
    op.add_column("call_result", Column("knows_helper", Boolean(), comment="是否知晓帮扶人 / knows the helper"))
