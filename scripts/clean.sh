# delete out/ and what failed tests left in tests/
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause

rm -rf "$out"
while IFS= read -r clean_test; do
  clean_base=${clean_test%.phpt}
  rm -f "$clean_base".{log,out,exp,diff,sh,mem,php,clean.php,skip.php}
done < <(find "$root/tests" -name '*.phpt')
