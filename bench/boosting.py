"""The peer of `make bench NAME=boosting`: LightGBM as its users run it, with pandas.

    boosting.py versions
    boosting.py train FILE.csv FOLDER TARGET TASK READER
        writes FOLDER/model.txt, prints time and score; READER is an engine of pandas' read_csv
"""
import json
import sys
import time

import lightgbm as lgb
import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn.metrics import accuracy_score, root_mean_squared_error
from sklearn.model_selection import train_test_split

THREADS = 2
TREES = 200


def peak() -> int:
    """Kilobytes of memory at the highest, of this process."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def train(source: str, folder: str, target: str, task: str, reader: str) -> None:
    pa.set_cpu_count(THREADS)
    began = time.perf_counter()
    table = pd.read_csv(source, engine=reader)
    labels = table.pop(target)
    classes = None
    if task == "classification":
        labels, classes = pd.factorize(labels, sort=True)
    labels = np.asarray(labels)
    texts = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    table[texts] = table[texts].astype("category")
    params = {
        "objective": "regression" if classes is None else "binary" if len(classes) == 2 else "multiclass",
        "metric": "rmse" if classes is None else "binary_logloss" if len(classes) == 2 else "multi_logloss",
        "learning_rate": 0.1,
        "num_leaves": 31,
        "num_threads": THREADS,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
        "seed": 42,
    }
    if classes is not None and len(classes) > 2:
        params["num_class"] = len(classes)
    stratify = None if classes is None else labels
    fit, held, y_fit, y_held = train_test_split(
        table, labels, test_size=0.2, random_state=42, stratify=stratify
    )
    stratify = None if classes is None else y_fit
    grow, inner, y_grow, y_inner = train_test_split(
        fit, y_fit, test_size=0.1, random_state=42, stratify=stratify
    )
    growing = lgb.Dataset(grow, y_grow)
    watched = lgb.Dataset(inner, y_inner, reference=growing)
    watching = lgb.record_evaluation({})
    booster = lgb.train(
        params,
        growing,
        num_boost_round=TREES,
        valid_sets=[growing, watched],
        valid_names=["train", "validation"],
        callbacks=[watching],
    )
    said = booster.predict(held, num_threads=THREADS)
    if classes is None:
        score = root_mean_squared_error(y_held, said)
    elif len(classes) == 2:
        score = accuracy_score(y_held, said > 0.5)
    else:
        score = accuracy_score(y_held, said.argmax(axis=1))
    final = lgb.train(params, lgb.Dataset(table, labels), num_boost_round=TREES)
    final.save_model(f"{folder}/model.txt")
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "score": float(score), "peak_kb": peak()}))


def main() -> None:
    what, *args = sys.argv[1:]
    if what == "versions":
        print(
            f"lightgbm {lgb.__version__}, pandas {pd.__version__} with pyarrow {pa.__version__}, "
            f"numpy {np.__version__}"
        )
    else:
        train(*args)


if __name__ == "__main__":
    main()
