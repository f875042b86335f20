"""P12's reference: the same open grievances in PostgreSQL with pg_trgm, asked for within the same district and category.

trigram.py FOLDER CONNECTION: prints the median and the 99th percentile in milliseconds, and recall and precision.
"""
import csv
import sys
import time

import psycopg

folder, connection = sys.argv[1:]


def rows(name):
    with open(f"{folder}/{name}.tsv", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


with psycopg.connect(connection, autocommit=True) as db:
    db.execute("SET jit = off")
    db.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    db.execute("DROP TABLE IF EXISTS grievance")
    db.execute("CREATE TABLE grievance (id serial PRIMARY KEY, district int, place int, category text, cause int, words text)")
    with db.cursor().copy("COPY grievance (district, place, category, cause, words) FROM STDIN") as copy:
        for row in rows("open"):
            copy.write_row(row)
    db.execute("CREATE INDEX ON grievance (district, category)")
    db.execute("CREATE INDEX ON grievance USING gin (words gin_trgm_ops)")
    db.execute("ANALYZE grievance")
    ask = """SELECT cause FROM grievance WHERE district = %s AND category = %s AND words %% %s
             ORDER BY similarity(words, %s) DESC LIMIT 3"""
    asked = rows("asked")
    for district, _, category, _, words in asked[:50]:
        db.execute(ask, (district, category, words, words), prepare=True).fetchall()
    times, found, right, offered = [], 0, 0, 0
    for district, _, category, cause, words in asked:
        started = time.perf_counter()
        answer = db.execute(ask, (district, category, words, words), prepare=True).fetchall()
        times.append((time.perf_counter() - started) * 1000)
        good = sum(row[0] == int(cause) for row in answer)
        found, right, offered = found + (good > 0), right + good, offered + len(answer)
times.sort()
print(f"{times[len(times) // 2]:.2f} {times[len(times) * 99 // 100]:.2f} {found / len(times):.3f} {right / max(offered, 1):.3f}")
