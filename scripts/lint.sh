# check format, scripts, PHP files, layers, names and thread-local variables; changes nothing
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause

source "$root/scripts/lib/checks.sh"
lint_sources=$(files_of '\.(cc|h|c)$' "$root"/{src,include,tests,fuzz,bench})
lint_php=$(files_of '\.(inc|php)$' "$root"/{tests,demo,bench,ide,scripts,shmpack.stub.php})
need_packages clang-format shellcheck php-cli
lint_bad=0

say "clang-format"
grep -v '/shmpack_arginfo\.h$' <<<"$lint_sources" | xargs clang-format --dry-run -Werror || lint_bad=1

say "shellcheck"
# SC2154: root, out, php and the like come from the file that sources it. SC2016: PHP and sed have a $ of their own.
shellcheck -x -P "$root" -e SC2154,SC2016 "$root/dev" "$root/.ci/run" "$root"/scripts/*.sh "$root"/scripts/lib/*.sh || lint_bad=1

say "php -l"
while IFS= read -r lint_file; do
  "$php" -n -l "$lint_file" >/dev/null || lint_bad=1
done <<<"$lint_php"

say "layers"
check_layers >&2 || lint_bad=1
say "names"
check_names >&2 || lint_bad=1
say "thread-local variables"
check_thread_locals >&2 || lint_bad=1

[[ $lint_bad -eq 0 ]] || fail "lint found the above; clang-format -i <file> repairs the format"
echo "nothing found"
