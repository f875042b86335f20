"""P7's reference: the same cases and the same grouping in DuckDB, in memory, two threads.

Prints the median milliseconds of each query, then of all."""
import statistics
import sys
import time

import duckdb

connection = duckdb.connect(config={"threads": 2})
connection.execute("CREATE TABLE cases AS SELECT * FROM read_csv_auto(?)", [sys.argv[1]])
measures = "count(*), count(*) FILTER (stage <> 'Redressed'), count(*) FILTER (reported), count(*) FILTER (stage = 'Redressed'), count(*) FILTER (gender = 'Woman')"
queries = {
    "by department": f"SELECT department, {measures} FROM cases GROUP BY 1",
    "by district": f"SELECT district, {measures} FROM cases GROUP BY 1",
    "by day": f"SELECT day, {measures} FROM cases GROUP BY 1",
    "by office": f"SELECT office, {measures} FROM cases GROUP BY 1",
    "by department, filtered": f"SELECT department, {measures} FROM cases WHERE district = 305 AND NOT urban GROUP BY 1",
    "by category, filtered": f"SELECT category, {measures} FROM cases WHERE department = 'D7' AND gender = 'Woman' AND channel = 'Call' GROUP BY 1",
}
everything = []
for name, sql in queries.items():
    times = []
    for _ in range(30):
        started = time.perf_counter()
        connection.execute(sql).fetchall()
        times.append((time.perf_counter() - started) * 1000)
    print(f"{statistics.median(times):6.2f} ms median  {name}", file=sys.stderr)
    everything += times
everything.sort()
print(f"{everything[len(everything) // 2]:.2f} {everything[len(everything) * 99 // 100]:.2f}")
