"""Child: the same jobs by nothing but itertools.product, without reading any grammar; an orientation."""
import itertools
import json
import sys
import time

axes = [[f"{key}={value}" for value in values.split(",")] for key, values in (word.split("=") for word in sys.argv[1:])]
began = time.perf_counter()
count = 0
characters = 0
for job in itertools.product(*axes):
    count += 1
    characters += len(" ".join(job)) + 1
print(json.dumps({"ms": (time.perf_counter() - began) * 1000, "count": count, "characters": characters}))
