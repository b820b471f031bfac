"""Draws a sample again from its sampling frame: python docs/check_draw.py frame.csv SEED KIND STRATUM SIZE

frame.csv has the columns kind, stratum, code, as downloaded from the page of the draw. STRATUM is as in the list of
what was drawn; several with a plus between them were drawn from together. Prints the hash of the sampling frame, then
the units in order; the first SIZE are drawn, the next ones are the replacements.
"""

import csv
import hashlib
import sys

file, seed, kind, stratum, size = sys.argv[1:6]
with open(file, encoding="utf-8-sig", newline="") as lines:  # noqa: PTH123
    frame = [(row["kind"], row["stratum"], row["code"]) for row in csv.DictReader(lines)]
print("frame", hashlib.sha256("\n".join(sorted(",".join(unit) for unit in frame)).encode()).hexdigest())
start = f"sha256-order-1|{seed}|{kind}"
units = {unit[1:] for unit in frame if unit[0] == kind and unit[1] in stratum.split("+")}
ordered = sorted(units, key=lambda unit: hashlib.sha256(f"{start}|{unit[0]}|{unit[1]}".encode()).hexdigest())
for position, (_, code) in enumerate(ordered, start=1):
    print(position, "drawn" if position <= int(size) else "reserve", code)
