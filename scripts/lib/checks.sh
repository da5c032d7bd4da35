# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Checks of the sources themselves, for `./dev lint` and `./dev test`. Each prints what is wrong and then fails.

# What each folder may include of ours: layer first, family inside. A file that has rules of its own stands before its folder.
# shmpack:<family> are the headers of include/shmpack that layer_headers gives to it. A family includes what all share, never
# another family, but for the arrows that are listed here: php/region to php/cache.
layer_rules='
shmpack:base        | shmpack:base
shmpack:values      | shmpack:base shmpack:values
shmpack:region      | shmpack:base shmpack:region
shmpack:slots       | shmpack:base shmpack:slots
shmpack:semaphore   | shmpack:base shmpack:semaphore
port                | shmpack:base port
core/base           | shmpack:base port core/base
core/values         | shmpack:base shmpack:values port core/base core/values
core/region         | shmpack:base shmpack:values shmpack:region port core/base core/values core/region
core/slots          | shmpack:base shmpack:values shmpack:slots port core/base core/values core/slots
core/semaphore      | shmpack:base shmpack:values shmpack:semaphore port core/base core/values core/semaphore
c_api               | shmpack:base shmpack:slots
httpd               | shmpack:slots
php/module.cc       | shmpack:base shmpack:region shmpack:slots port php php/values php/cache php/region php/slots php/semaphore
php/php_shmpack.h   | shmpack:base php php/values php/cache
php                 | shmpack:base port php
php/values          | shmpack:base shmpack:values port core/base core/values php php/values
php/cache           | shmpack:base shmpack:region php php/values php/cache
php/region          | shmpack:base shmpack:values shmpack:region port php php/values php/cache php/region
php/slots           | shmpack:base shmpack:values shmpack:slots port core/slots php php/values php/slots
php/semaphore       | shmpack:base shmpack:values shmpack:semaphore port php php/values php/semaphore
'
layer_headers='
base      | lock_holder.h shared_word.h status.h trusted_owners.h value_bytes.h
values    | msgpack_format.h msgpack_reader.h value_types.h
region    | region.h region_layout.h
slots     | slot_table.h slot_table_layout.h slotmem.h
semaphore | semaphore.h
'

# layer_of <path below src or include>: the folder that the rules name it by, in $layer; nothing for a header of no family.
layer_of() {
  layer=${1%/*}
  [[ $layer != shmpack ]] || layer=${layer_families[$1]:-}
}

# check_layers: each source includes only what its folder may (layer_rules); the system is the port's; and there is no Zend name
# below src/php. Fails, too, for a folder without a rule and for a rule without a source.
check_layers() {
  local bad=0 file path layer included found
  local -A layer_allows=() layer_families=() layers=() seen=()
  while IFS='| ' read -r layer found; do
    [[ -z $layer ]] || layer_allows[$layer]=" $found "
  done <<<"$layer_rules"
  while IFS='| ' read -r layer found; do
    for included in $found; do layer_families[shmpack/$included]=shmpack:$layer; done
  done <<<"$layer_headers"
  while IFS= read -r file; do
    path=${file#"$root"/*/} # Below src or include.
    layer_of "$path"
    [[ -z ${layer_allows[$path]:-} ]] || layer=$path
    if [[ -z ${layer_allows[$layer]:-} ]]; then
      echo "${file#"$root"/} is in no folder of layer_rules, or no family's of layer_headers (scripts/lib/checks.sh)"
      bad=1
    fi
    layers[$file]=$layer
    seen[$layer]=1
  done < <(find "$root/src" "$root/include" -name '*.cc' -o -name '*.h' -o -name '*.c')
  while IFS=: read -r file included; do
    included=${included##*[\"<]}
    # Of a library: PHP's own come by their names alone, or from folders that we have not.
    [[ -f $root/src/$included || -f $root/include/$included ]] || continue
    layer_of "$included"
    found=${layers[$file]}
    if [[ ${layer_allows[$found]:-} != *" ${layer:-none} "* ]]; then
      echo "${file#"$root"/} includes $included; $found may include only:${layer_allows[$found]:-}"
      bad=1
    fi
  done < <(grep -roE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<][^">]+' "$root/src" "$root/include")
  for layer in "${!layer_allows[@]}"; do
    [[ -n ${seen[$layer]:-} ]] || {
      echo "layer_rules has $layer, and there is no such source"
      bad=1
    }
  done
  local below=("$root"/include "$root"/src/{c_api,core,port})
  if found=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<](php|zend|Zend|ext/|main/|TSRM|SAPI|httpd|ap_|apr)' "${below[@]}" | grep -v '"port/'); then
    echo "PHP or httpd is included below their layers:"
    echo "$found"
    bad=1
  fi
  if found=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<](sys/|linux/|[a-z_]+\.h[">]|c(time|signal)>)' "$root"/src/{core,php,c_api} | grep -vE '<(immintrin|php|zend_[a-z_]+|config)\.h>|"(php|zend_[a-z_]+|config|php_[a-z_]+|SAPI)\.h"'); then
    echo "the system is included outside of src/port:"
    echo "$found"
    bad=1
  fi
  local names='zend_[a-z_]+|ZEND_[A-Z_]+|zval|HashTable|php_[a-z_]+|PHP_[A-Z]+_FUNCTION|PHP_FUNCTION|[es]?malloc_persistent|emalloc|efree|estrdup|Z_[A-Z]+(_P|_PP)?|RETURN_[A-Z]+|TSRMLS_[A-Z]+'
  # What is written in a comment or between quotes is not a name.
  found=$(find "${below[@]}" \( -name '*.cc' -o -name '*.h' \) -exec awk -v names="(^|[^A-Za-z0-9_])($names)($|[^A-Za-z0-9_])" -v root="$root/" '
    { line = $0; sub("//.*", "", line); gsub("\"[^\"]*\"", "", line) }
    line ~ names { print substr(FILENAME, length(root) + 1) ":" FNR ":" $0 }' {} +)
  if [[ -n $found ]]; then
    echo "a PHP name below src/php:"
    echo "$found"
    bad=1
  fi
  return "$bad"
}

# check_names: a source's name is unique in the tree and has one dot, because builds put all objects into one folder and
# name them by the text before the first dot.
check_names() {
  local bad=0 found
  found=$(find "$root/src" "$root/include" "$root/tests/core" \( -name '*.cc' -o -name '*.h' -o -name '*.c' \) -printf '%f\n')
  if grep '\..*\.' <<<"$found"; then
    echo "the names above have more than one dot"
    bad=1
  fi
  if sort <<<"$found" | uniq -d | grep .; then
    echo "the names above are there more than once"
    bad=1
  fi
  if sed -nE 's|\.cc?$||p' <<<"$found" | sort | uniq -d | grep .; then
    echo "more than one source would make the object of the names above"
    bad=1
  fi
  return "$bad"
}

# check_thread_locals: what a thread has of its own is in the module's globals, but for a few words of src/port. PHP without
# threads would not show it: its ZEND_TLS is nothing.
check_thread_locals() {
  local found
  if found=$(grep -rnwE 'thread_local|__thread|_Thread_local|ZEND_TLS|ZEND_EXT_TLS|TSRM_TLS' \
    "$root/include" "$root/src/c_api" "$root/src/core" "$root/src/httpd" "$root/src/php"); then
    echo "a thread-local variable outside of src/port; PHP's threads have the module's globals (src/php/php_shmpack.h):"
    echo "$found"
    return 1
  fi
}

# check_thread_local_size <library>: the C library keeps little room for thread-local variables of libraries that a program
# loads late and that are reached as fast as ours; "cannot allocate memory in static TLS block" is what it says then.
check_thread_local_size() {
  local size
  size=$(readelf -lW "$1" | awk '$1 == "TLS" { print $6 }')
  if [[ -z $size ]]; then
    echo "readelf shows no thread-local variables in $1, and the lock has some: this check finds nothing to look at"
    return 1
  fi
  if [[ $((size)) -ge 256 ]]; then
    echo "the library has $((size)) bytes of thread-local variables, and may have less than 256 (readelf -sW $1 | grep TLS):"
    readelf -sW "$1" | awk '$4 == "TLS" { print $3, $8 }'
    return 1
  fi
}

# check_symbols <library>: PHP's functions have C linkage. A C++ name among those that PHP is to provide is one that a
# header declares without it, and is missed only when it is first called. And what tests hook into is not there.
check_symbols() {
  local found
  if found=$(nm "$1" | grep -E 'fault_hook|load_hook'); then
    echo "the library has a hook of the tests:"
    echo "$found"
    return 1
  fi
  if found=$(nm -D --undefined-only "$1" | grep -E ' _Z[A-Za-z0-9_]*(zend|php)'); then
    echo "the library expects C++ names of PHP:"
    echo "$found"
    return 1
  fi
}

# check_needs_no_cxx <library>: it runs in programs that do not load the C++ library; and exports only its module, so that
# nothing of it is taken for another's (httpd loads modules with their names visible to all).
check_needs_no_cxx() {
  local found
  if found=$(nm -D --undefined-only "$1" | grep -E ' (_Z|__cxa_[^f]|__gxx_|_Unwind_)'); then
    echo "the library expects what is the C++ library's:"
    echo "$found"
    return 1
  fi
  if found=$(nm -D --defined-only "$1" | grep -v ' slotmem_shm_module$'); then
    echo "the library exports more than its module:"
    echo "$found"
    return 1
  fi
}

# check_kill_points_cost <folder for objects>: a kill point costs nothing in a release build. Each source with some is compiled
# as it is, and with Store() and CopyIn() being the bare store and copy, and FaultPoint() nothing at all: the same instructions.
check_kill_points_cost() {
  local folder=$1 flags=(-std=c++20 -O2 -fPIC -fvisibility=hidden "-I$root/src" "-I$root/include") bad=0 count=0 source name sources
  rm -rf "$folder"
  mkdir -p "$folder"
  mapfile -t sources < <(sources_of "$root"/src/{core,port})
  while IFS= read -r source; do
    name=$folder/$(basename "$source" .cc)
    count=$((count + 1))
    {
      printf '%s\n' '#include "core/base/shared_access.h"' 'template <typename T>' \
        'inline void BareStore(std::atomic<T>& word, T value) noexcept { word.store(value, std::memory_order_release); }' \
        'inline void BareCopyIn(uint8_t* shared, const void* from, uint64_t bytes) noexcept {' \
        '  std::atomic_thread_fence(std::memory_order_release);' '  std::memcpy(shared, from, bytes);' '}' \
        '#define Store BareStore' '#define CopyIn BareCopyIn' '#define FaultPoint() static_cast<void>(0)' "#include \"$source\""
    } >"$name.bare.cc"
    "${CXX:-g++}" "${flags[@]}" -c "$name.bare.cc" -o "$name.bare.o" &
    "${CXX:-g++}" "${flags[@]}" -c "$source" -o "$name.o" || bad=1
    wait $! || bad=1
    # The first lines name the file.
    if ! cmp -s <(objdump -dr "$name.o" | tail -n +4) <(objdump -dr "$name.bare.o" | tail -n +4); then
      echo "kill points leave something in a release build of ${source#"$root"/}: objdump -dr $name.o and $name.bare.o differ"
      bad=1
    fi
  done < <(grep -lE '\b(Store|CopyIn|FaultPoint)\(' "${sources[@]}")
  if [[ $count -eq 0 ]]; then
    echo "no source has a kill point"
    bad=1
  fi
  return "$bad"
}

# check_order_on_arm <folder>: x86 orders nearly all by itself, and shows no mistake in what the sources ask for. Looks at what a
# compiler makes of it for ARM64, which orders nothing unasked (8.3: there acquire and sequentially consistent are two things).
check_order_on_arm() {
  local folder=$1 flags=(--target=aarch64-linux-gnu -march=armv8.3-a+rcpc -std=c++20 -O2 -S "-I$root/src" "-I$root/include")
  local bad=0 function wanted code
  need_packages clang
  [[ $(uname -m) == aarch64 ]] || need_packages "libstdc++-$(g++ -dumpversion)-dev-arm64-cross"
  rm -rf "$folder"
  mkdir -p "$folder"
  cat >"$folder/probe.cc" <<'PROBE'
#include "core/base/shared_access.h"
#include "port/robust_lock_linux.cc"
#include "shmpack/region.h"
using namespace shmpack;
struct shmpack::RegionTestPeer {
  static const Region& WithEntry(const Region& region) {
    if (region.EntryInBounds(1) == nullptr) __builtin_unreachable();
    return region;
  }
};
extern "C" {
bool IsFree(const LockShm& lock) { return RobustLockIsFree(lock); }
bool Take(ThreadSelf& self, LockShm& lock) { return TryTake(self, lock, 0, 1); }
void GiveBack(LockShm& lock) { ReleaseRobustLock(lock, true); }
void PutIn(uint8_t* shared, const uint64_t* from) { CopyIn(shared, from, 8); }
void TakeOut(uint64_t* to, const uint8_t* shared) { CopyOut(to, shared, 8); }
void StoreWord(SharedU64& word, uint64_t value) { Store(word, value); }
uint64_t LoadWord(const SharedU64& word) { return Load(word); }
bool ReadEntry(const Region& region, InlineValue* out) { return RegionTestPeer::WithEntry(region).ReadInline(1, 2, out); }
bool LookAtEntry(const Region& region) { return RegionTestPeer::WithEntry(region).IsCurrent(1, 2); }
}
PROBE
  clang++ "${flags[@]}" "$folder/probe.cc" -o "$folder/probe.s" || return 1
  while read -r function wanted; do
    code=$(sed -n "/^$function:/,/\.cfi_endproc/p" "$folder/probe.s" | sed -nE 's|^\t([a-z][^/]*).*|\1|p' | tr '\t\n' ' ;')
    if [[ -z $code ]]; then
      echo "there is no $function in $folder/probe.s"
      bad=1
    elif [[ ! $code =~ $wanted ]]; then
      echo "$function on ARM64 is not ordered as '$wanted': $code"
      bad=1
    fi
  done <<'WANTED'
IsFree ldar w
Take casal w
GiveBack swpl w
PutIn dmb ish;.*str x
TakeOut ldr x.*dmb ish(ld)?;
StoreWord stlr x
LoadWord lda(p)?r x
ReadEntry (lda(p)?r .*){9}
LookAtEntry (lda(p)?r .*){4}
WANTED
  return "$bad"
}
