#!/bin/bash
#SBATCH --job-name=ridge
#SBATCH --time=5
# sweepdeck: metric loss minimize

# Two models, two strengths of the penalty, two seeds: 8 jobs.
echo "on $(uname -n)"

python3 train.py model=linear,cubic penalty=0.01,1 seed=range(2)

echo "done"
