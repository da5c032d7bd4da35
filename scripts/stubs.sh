# write src/php/shmpack_arginfo.h and ide/shmpack.php from shmpack.stub.php
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# The first by PHP's own generator, gen_stub.php.

need_php
need_packages php-parser
stubs_work=$out/stubs
rm -rf "$stubs_work"
mkdir -p "$stubs_work"
cp "$root/config.m4" "$root/shmpack.stub.php" "$stubs_work/"
(cd "$stubs_work" && "$phpize" >/dev/null) # Brings gen_stub.php.
# It wants PHP-Parser beside itself, or downloads it; Debian's package has the same classes.
stubs_parser=$stubs_work/build/PHP-Parser-$(grep -oP '\$version = "\K[0-9.]+' "$stubs_work/build/gen_stub.php")
mkdir -p "$stubs_parser/lib"
ln -s /usr/share/php/PhpParser "$stubs_parser/lib/PhpParser"
(cd "$stubs_work" && "$php" build/gen_stub.php -f shmpack.stub.php >/dev/null) ||
  fail "gen_stub.php refused shmpack.stub.php: see its message above"
cp "$stubs_work/shmpack_arginfo.h" "$root/src/php/shmpack_arginfo.h"
echo "src/php/shmpack_arginfo.h"
"$php" -n "$root/scripts/lib/ide_stub.php" >"$stubs_work/ide.php"
cp "$stubs_work/ide.php" "$root/ide/shmpack.php"
echo "ide/shmpack.php"
