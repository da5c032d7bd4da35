# build the extension into out/; the last line is its path
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause

build_extension
echo "$extension"
