#!/bin/sh
# Compresses a table of 5,000 measurements and reports the size.
# Arguments: level=1..9 layout=rows|columns
set -eu

level=6
layout=rows
for argument in "$@"; do
  case $argument in
    level=*) level=${argument#level=} ;;
    layout=*) layout=${argument#layout=} ;;
    *) echo "unknown argument: $argument" >&2; exit 2 ;;
  esac
done

# Time, a slowly changing temperature, and a counter; the same numbers at every run.
rows() {
  awk 'BEGIN { for (i = 0; i < 5000; i++) printf "%d,%.1f,%d\n", 1700000000 + 60 * i, 20 + 5 * sin(i / 200), (i * 7919) % 1000 }'
}

# All times, then all temperatures, then all counters.
columns() {
  for column in 1 2 3; do rows | cut -d, -f"$column"; done
}

case $layout in
  rows | columns) ;;
  *) echo "unknown layout: $layout" >&2; exit 2 ;;
esac

before=$("$layout" | wc -c | tr -d ' ')
after=$("$layout" | gzip -n -"$level" | wc -c | tr -d ' ')
echo "level $level, $layout: $before -> $after bytes"

# One JSON object a line is all it takes to report a metric.
printf '{"bytes": %d, "original": %d}\n' "$after" "$before" >> "$SWEEPDECK_METRICS"
