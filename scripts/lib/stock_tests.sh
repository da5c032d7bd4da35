# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# PHP's source, from Debian's source package, and php-src's own tests of ext/sysvsem and ext/sysvshm. Downloaded once, to out/.

# stock_tests: leaves the tests in $out/stock/sysvsem and $out/stock/sysvshm. PHP_SOURCE=<php-src checkout> saves the download.
# Two of them expect an empty var_dump() of a region; shmpack shows more, so they accept anything there.
stock_tests() {
  local stock=$out/stock
  (files_of '\.phpt$' "$stock"/{sysvsem,sysvshm}) >/dev/null 2>&1 || copy_stock_tests "$stock"
  sed -i 's/^--EXPECT--$/--EXPECTF--/; s/^\(object(SysvSharedMemory)#.*\) (0) {$/\1 (%d) {%A/' \
    "$stock/sysvshm/002.phpt" "$stock/sysvshm/shutdown_crash_0.phpt"
}

copy_stock_tests() {
  local stock=$1 source=${PHP_SOURCE:-} name
  if [[ -z $source ]]; then
    source=$out/php-source
    rm -rf "$source"
    mkdir -p "$source"
    download_php_source "$source" '*/ext/sysvsem/tests' '*/ext/sysvshm/tests'
  fi
  rm -rf "$stock"
  for name in sysvsem sysvshm; do
    [[ -d $source/ext/$name/tests ]] || fail "$source holds no ext/$name/tests: give a php-src checkout with PHP_SOURCE=..."
    mkdir -p "$stock/$name"
    cp "$source/ext/$name/tests/"* "$stock/$name/"
  done
  files_of '\.phpt$' "$stock"/{sysvsem,sysvshm} >/dev/null
  # Of PHP 8.4: it overwrites a byte of a value (by FFI) at its place in a segment of ext/sysvshm. A region has something else
  # there. tests/shm/damaged_region_warns.phpt shows the same for a region.
  rm -f "$stock/sysvshm/shm_get_var_leak.phpt"
}

# download_php_source <folder> [<part of it, as tar's wildcard>...]: uses the system's package sources, as deb-src, in an apt
# configuration in out/; the system's stays as it is. Lists may name versions that are no longer served, so it tries each,
# newest first.
download_php_source() {
  local target=$1 apt=$out/apt file version
  shift
  need_packages xz-utils
  mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
  rm -f "$apt/parts"/*
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
    case $file in
      *.sources) sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$apt/parts/${file##*/}" ;;
      *.list) [[ ! -f $file ]] || sed -nE 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$file" >"$apt/parts/${file##*/}" ;;
    esac
  done
  local options=(-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/parts" -o Dir::State::Lists="$apt/lists"
    -o Dir::Cache="$apt/cache" -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none)
  say "downloading the source of php$php_version"
  # This fails when one source has no deb-src; the lists of the others are there all the same.
  apt-get "${options[@]}" update >"$apt/update.log" 2>&1 || true
  while IFS= read -r version; do
    if (cd "$apt" && apt-get "${options[@]}" source --download-only --only-source "php$php_version=$version") \
      >"$apt/source.log" 2>&1; then
      file=$(find "$apt" -maxdepth 1 -name "php${php_version}_*.orig.tar.*" ! -name '*.asc' | head -n 1)
      tar -C "$target" --strip-components=1 --wildcards -xf "$file" "$@" ||
        fail "could not unpack $file: see the message above"
      rm -f "$apt"/php*
      return 0
    fi
    rm -f "$apt"/php*
  done < <(apt-cache "${options[@]}" showsrc --only-source "php$php_version" 2>/dev/null | sed -n 's/^Version: //p' | sort -rVu)
  fail "no source of php$php_version could be downloaded (see $apt/update.log and $apt/source.log): unpack php-src somewhere and set PHP_SOURCE=<its folder>"
}
