# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# What the subcommands share; `./dev` sources it before each, with root set. Sets out, the folder for all that is made, and php.

out=$root/out
php=${PHP:-php}
[[ $root != *[[:space:]]* ]] || {
  echo "./dev: PHP's build tools cannot cope with the space in '$root': move the checkout elsewhere" >&2
  exit 1
}
mkdir -p "$out" 2>/dev/null || true
[[ -w $out ]] || {
  echo "./dev: $out cannot be written to: it belongs to another user, whose ./dev made it; remove it and run this again" >&2
  exit 1
}

say() { echo "==> $*" >&2; }

# fail <what happened and what to do>
fail() {
  echo "./dev: $*" >&2
  exit 1
}

can_be_root() { [[ $(id -u) -eq 0 ]] || command -v sudo >/dev/null; }

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root: run it as root, or install sudo. The command was: $*"
  fi
}

# refresh_lists: fetches Debian's lists of packages.
refresh_lists() { as_root apt-get update -qq >>"$out/apt.log" 2>&1; }

have_lists() { compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; }

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]; }

# need_packages <Debian package>...: installs the missing ones. Starts no service and edits no configuration.
need_packages() {
  local missing=() package
  if ! command -v dpkg-query >/dev/null; then
    say "no dpkg here: assuming that these are installed: $*"
    return
  fi
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  can_be_root || fail "missing: ${missing[*]}. Install them as root (apt-get install ${missing[*]}), or run this as root or with sudo"
  say "installing ${missing[*]}"
  : >"$out/apt.log"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
    -o DPkg::Lock::Timeout=300 "${missing[@]}")
  if ! have_lists; then
    refresh_lists || fail "apt-get update failed: see $out/apt.log and check the network"
  elif as_root "${install[@]}" >>"$out/apt.log" 2>&1; then
    return 0
  else
    # The lists may name versions that are no longer served.
    refresh_lists || true
  fi
  as_root "${install[@]}" >>"$out/apt.log" 2>&1 ||
    fail "could not install ${missing[*]}: see $out/apt.log, install them by hand, and run this again"
}

# unpacked_file <Debian package> <path>: prints where a file of a package is: in the system if the package is installed, else in
# out/deb, where the package is only unpacked. That needs no root, and does not change the system's httpd or PHP as an
# installation would.
unpacked_file() {
  local package=$1 path=$2 folder=$out/deb/$1
  if [[ -f $path ]]; then
    echo "$path"
    return
  fi
  if [[ ! -f $folder$path ]]; then
    say "downloading $package"
    rm -rf "$folder"
    mkdir -p "$folder"
    have_lists || refresh_lists || true
    (cd "$folder" && apt-get download "$package" && dpkg-deb -x ./*.deb . && rm -f ./*.deb) >"$folder/log" 2>&1 || true
    [[ -f $folder$path ]] || fail "could not get $path out of the package $package: see $folder/log"
  fi
  echo "$folder$path"
}

# need_php: a PHP for the command line and the means to build extensions for it. Sets php_version (8.2), phpize,
# php_config.
need_php() {
  command -v "$php" >/dev/null || need_packages php-cli
  # shellcheck disable=SC2016 # it is PHP's, not the shell's
  php_version=$("$php" -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;') ||
    fail "'$php' does not run: install php-cli, or name another one with PHP=/path/to/php ./dev ..."
  # Those beside it first: each PHP needs its own, and the system may have another PHP of this version.
  local folder suffix
  folder=$(dirname "$(command -v "$php")")
  for suffix in "$php_version" ''; do
    phpize=$folder/phpize$suffix
    php_config=$folder/php-config$suffix
    [[ ! -x $phpize || ! -x $php_config ]] || return 0
  done
  need_packages "php$php_version-dev"
  phpize=phpize$php_version
  php_config=php-config$php_version
}

# files_of <pattern> <folder>...: prints the files below each folder whose names match the extended regular expression. Fails
# if a folder has none: a list that lost its folder would check less and say nothing. Call it as `list=$(files_of ...)`: as
# an argument, or in <(...), its failure ends nothing.
files_of() {
  local pattern=$1 folder found
  shift
  for folder in "$@"; do
    found=$(find "$folder" -type f | grep -E "$pattern" | sort) || fail "no file matches '$pattern' in $folder"
    echo "$found"
  done
}

# sources_of <folder>...: prints the C++ sources below each folder, as files_of does.
sources_of() { files_of '\.cc$' "$@"; }

# build_extension: leaves the extension in $extension, and PHP's build files in $out/phpize. Incremental: objects are
# in out/build, sources stay where they are.
build_extension() {
  need_php
  need_packages g++ make libmsgpack-cxx-dev
  local build=$out/build log=$out/build.log
  configure_extension "$out/phpize" "$build" "$log"
  clean_when_headers_changed "$build"
  say "building"
  if ! make -C "$build" -j "$(nproc)" >"$log" 2>&1; then
    grep -E 'error|Error|undefined' "$log" | head -40 >&2 || true
    fail "the build failed: see $log"
  fi
  grep -E 'warning:' "$log" >&2 || true
  extension=$build/modules/shmpack.so
  [[ -f $extension ]] || fail "the build made no $extension: see $log"
  check_header_lists "$build"
}

# configure_extension <folder for phpize> <folder to build in> <log>: does nothing if config.m4, PHP, the compiler and its
# options are those of the last time.
configure_extension() {
  local stage=$1 build=$2 log=$3 stamp
  mkdir -p "$stage" "$build"
  ln -sfn "$root/src" "$stage/src"
  ln -sfn "$root/include" "$stage/include"
  stamp=$(cat "$root/config.m4" <("$php" -n -v) <(echo "${CXX:-} ${CXXFLAGS:-} ${LDFLAGS:-} $root") | cksum)
  [[ ! -f $build/Makefile || $(cat "$build/stamp" 2>/dev/null || true) != "$stamp" ]] || return 0
  say "configuring"
  rm -rf "$build"
  mkdir -p "$build"
  cp "$root/config.m4" "$stage/"
  (cd "$stage" && "$phpize") >"$log" 2>&1 || fail "phpize failed: see $log"
  (cd "$build" && "$stage/configure" --with-php-config="$(command -v "$php_config")") >>"$log" 2>&1 ||
    fail "configure failed: $(grep -m 1 'error:' "$log" || true) (all of it: $log)"
  echo "$stamp" >"$build/stamp"
}

# clean_when_headers_changed <folder>: makefiles of older PHP do not know which headers a source includes. There, a header that
# is newer than the extension has everything built anew.
clean_when_headers_changed() {
  local build=$1 list headers library=$1/modules/shmpack.so
  [[ -z $(find "$build/src" -name '*.dep' -print -quit) ]] || return 0
  list=$(files_of '\.h$' "$root"/{src,include})
  mapfile -t headers <<<"$list"
  if [[ ! -f $library || -n $(find "${headers[@]}" -newer "$library") ]]; then
    make -C "$build" clean >/dev/null
  fi
}

# check_header_lists <folder>: either no object has a list of its headers, or each has one. With some, a changed header would
# build only a part.
check_header_lists() {
  local build=$1 objects lists
  objects=$(find "$build/src" -name '*.lo' | wc -l)
  lists=$(find "$build/src" -name '*.dep' | wc -l)
  [[ $objects -gt 0 && ($lists -eq 0 || $lists -eq $objects) ]] ||
    fail "$lists of $objects objects in $build/src have a list of their headers (.dep): remove $build"
}

# build_library: leaves the core with its C interface, to be linked into other programs, in $library.
build_library() {
  need_packages g++
  local build=$out/library stamp sources
  local compile=("${CXX:-g++}" -std=c++20 -O2 -g -fPIC -fvisibility=hidden -fno-exceptions -fno-rtti -Wall -Wextra
    "-I$root/src" "-I$root/include")
  library=$build/libshmpack.a
  mkdir -p "$build"
  sources=$(sources_of "$root"/src/{c_api,core,port})
  stamp=$( (find "$root"/include "$root"/src/{c_api,core,port} -type f | sort | xargs cat && echo "${compile[*]}") | cksum)
  [[ ! -f $library || $(cat "$build/stamp" 2>/dev/null || true) != "$stamp" ]] || return 0
  say "building the library"
  rm -f "$build"/*.o "$library"
  (cd "$build" && xargs -n 1 -P "$(nproc)" "${compile[@]}" -c <<<"$sources") >"$build/log" 2>&1 || {
    grep -E 'error' "$build/log" | head -40 >&2 || true
    fail "the library does not build: see $build/log"
  }
  grep -E 'warning:' "$build/log" >&2 || true
  ar rcs "$library" "$build"/*.o || fail "ar could not make $library"
  echo "$stamp" >"$build/stamp"
}

# build_httpd_module <source.c> <name> <linker's option>...: leaves <name>.so in $httpd_module. The source is copied to a folder
# under out/, because apxs leaves files beside it.
build_httpd_module() {
  need_packages apache2-dev
  local source=$1 name=$2 build=$out/httpd/$2 apxs
  shift 2
  httpd_module=$build/.libs/$name.so
  apxs=$(command -v apxs || command -v apxs2) || fail "there is no apxs here: install apache2-dev (Debian) or httpd-devel"
  mkdir -p "$build"
  say "building $name"
  rm -f "$httpd_module"
  cp "$source" "$build/"
  (cd "$build" && "$apxs" -c "-I$root/include" -Wc,-Wall -o "$name.la" "$@" "$(basename "$source")") >"$build/log" 2>&1 || {
    grep -E 'error|undefined' "$build/log" | head -40 >&2 || true
    fail "$name does not build: see $build/log"
  }
  grep -E 'warning:' "$build/log" >&2 || true
  [[ -f $httpd_module ]] || fail "apxs made no $httpd_module: see $build/log"
}

# build_httpd: leaves Apache's module, which contains the library, in $httpd_module.
build_httpd() {
  build_library
  build_httpd_module "$root/src/httpd/mod_slotmem_shm.c" mod_slotmem_shmpack "-Wl,$library"
}
