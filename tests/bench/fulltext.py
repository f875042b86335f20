"""P11's reference: the same texts in PostgreSQL's full-text search, a GIN index of tsvectors ('simple').

fulltext.py FOLDER CONNECTION: prints median, 95th and 99th percentile in milliseconds of the best 20 for the same words.
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
    db.execute("DROP TABLE IF EXISTS grievance")
    db.execute("CREATE TABLE grievance (reference bigint PRIMARY KEY, words text)")
    with db.cursor().copy("COPY grievance FROM STDIN") as copy:
        for row in rows("texts"):
            copy.write_row(row)
    db.execute("ALTER TABLE grievance ADD found tsvector")
    db.execute("UPDATE grievance SET found = to_tsvector('simple', words)")
    db.execute("CREATE INDEX ON grievance USING gin (found)")
    db.execute("VACUUM ANALYZE grievance")
    ask = """SELECT reference FROM grievance WHERE found @@ to_tsquery('simple', %s)
             ORDER BY ts_rank(found, to_tsquery('simple', %s)) DESC, reference DESC LIMIT 20"""
    asked = []
    for _, words in rows("asked"):
        words = words.split(" ")
        asked.append(" & ".join([f"'{word}'" for word in words[:-1]] + [f"'{words[-1]}':*"]))
    times = []
    # The first round warms up.
    for turn in range(3):
        for query in asked:
            started = time.perf_counter()
            answer = db.execute(ask, (query, query), prepare=True).fetchall()
            elapsed = (time.perf_counter() - started) * 1000
            assert answer, query
            if turn > 0:
                times.append(elapsed)
times.sort()
at = lambda share: times[min(len(times) * share // 100, len(times) - 1)]
print(f"{at(50):.2f} {at(95):.2f} {at(99):.2f}")
