#!/bin/sh
# Times an ONNX file on another machine: copies it there and runs a command of that machine on it.
#
#     time-over-ssh.sh HOST MODEL COMMAND...
#
# The model's path there comes last. Needs a key without a password, or an agent that holds it.
set -e
host=$1
model=$2
shift 2
remote=/tmp/nasc-model.onnx
scp -q -o BatchMode=yes "$model" "$host:$remote"
ssh -o BatchMode=yes "$host" "$@" "$remote"
