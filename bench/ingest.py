"""The peers of `make bench NAME=ingest`, and the judge of all results.

    ingest.py versions
    ingest.py duckdb|polars FILE.csv FOLDER    writes FOLDER/table.parquet, prints its peak memory
    ingest.py judge FILE.csv TABLE.parquet     prints how many cells are not what the file says
"""
import json
import os
import sys

THREADS = 2


def peak() -> int:
    """Kilobytes of memory at the highest, of this process."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def duckdb(source: str, table: str) -> int:
    import duckdb

    con = duckdb.connect(config={"threads": THREADS})
    con.execute(
        f"COPY (FROM read_csv('{source}')) TO '{table}' (FORMAT parquet, COMPRESSION zstd)"
    )
    con.execute(f"SUMMARIZE FROM '{table}'").fetchall()
    return con.execute(f"SELECT count(*) FROM '{table}'").fetchone()[0]


def polars(source: str, table: str) -> int:
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    import polars as pl

    pl.scan_csv(source, try_parse_dates=True).sink_parquet(table, compression="zstd")
    pl.scan_parquet(table).describe()
    return pl.scan_parquet(table).select(pl.len()).collect().item()


def judge(source: str, table: str) -> int:
    """Compares each cell with its text. A missing row counts as so many missing cells."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pcsv
    import pyarrow.parquet as pq

    with open(source, encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    truth = pcsv.read_csv(
        source,
        parse_options=pcsv.ParseOptions(newlines_in_values=True),
        convert_options=pcsv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=False,
        ),
    )
    wrong = 0
    got = pq.ParquetFile(table)
    if got.metadata.num_rows != truth.num_rows or got.schema_arrow.names != names:
        return truth.num_rows * truth.num_columns
    for name in names:
        said = truth[name].combine_chunks()
        cells = got.read(columns=[name])[name].combine_chunks()
        kind = cells.type
        if pa.types.is_floating(kind):
            expected, cells = pc.cast(said, pa.float64()), pc.cast(cells, pa.float64())
        elif pa.types.is_boolean(kind):
            expected, cells = pc.utf8_lower(said), pc.cast(cells, pa.string())
        elif pa.types.is_timestamp(kind):
            expected = pc.cast(pc.strptime(said, "%Y-%m-%d %H:%M:%S", "us"), pa.int64())
            cells = pc.cast(pc.cast(cells, pa.timestamp("us", kind.tz)), pa.int64())
        else:
            expected, cells = said, pc.cast(cells, pa.string())
        same = pc.fill_null(pc.equal(cells, expected), False)
        both_missing = pc.and_(pc.is_null(cells), pc.is_null(expected))
        wrong += len(said) - pc.sum(pc.or_(same, both_missing)).as_py()
    return wrong


def main() -> None:
    what, *args = sys.argv[1:]
    if what == "versions":
        from importlib.metadata import version

        print(", ".join(f"{name} {version(name)}" for name in ("duckdb", "polars", "pyarrow")))
    elif what == "judge":
        print(judge(*args))
    else:
        source, folder = args
        rows = {"duckdb": duckdb, "polars": polars}[what](source, f"{folder}/table.parquet")
        print(json.dumps({"rows": rows, "peak_kb": peak()}))


if __name__ == "__main__":
    main()
