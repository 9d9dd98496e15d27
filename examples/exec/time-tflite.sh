#!/bin/sh
# Times an ONNX file as a TensorFlow Lite model on an Android phone: converts it, copies it there, runs benchmark_model.
#
#     time-tflite.sh MODEL [OPTION OF benchmark_model]...
#
# Needs onnx2tf and adb here, and benchmark_model in /data/local/tmp of the phone. $ANDROID_SERIAL chooses the phone.
set -e
model=$1
shift
work=$(dirname "$model")/tflite
remote=/data/local/tmp/nasc-model.tflite
mkdir -p "$work"
cp "$model" "$work/model.onnx" # onnx2tf simplifies the file in place
onnx2tf -i "$work/model.onnx" -o "$work/converted" -b 1 >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
adb push "$work/converted/model_float32.tflite" "$remote" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
adb shell /data/local/tmp/benchmark_model --graph="$remote" "$@"
