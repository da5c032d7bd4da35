# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Checks of the sources themselves, for `./dev lint` and `./dev test`. Each prints what is wrong and then fails; each fails, too,
# when it finds nothing to look at. Needs common.sh.

# What each folder may include of this project: layer first, family inside. A file with a rule of its own comes before its
# folder. shmpack:<family> are the headers of include/shmpack that layer_headers gives to that family. A family includes `base`
# and `values`, never another family; the only exception is php/region, which includes php/cache.
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
php/module.cc       | php php/values php/region php/slots php/semaphore
php/arginfo.h       | php shmpack:slots
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
region    | entry_read.h region.h region_layout.h
slots     | slot_table.h slot_table_layout.h slotmem.h
semaphore | semaphore.h
'

# layer_of <path below src or include>: leaves the name that the rules have for its folder in $layer; nothing for a header of no
# family.
layer_of() {
  layer=${1%/*}
  [[ $layer != shmpack ]] || layer=${layer_families[$1]:-}
}

# check_layers: each source includes only what its folder may (layer_rules); only the port includes the system; only src/php has
# names of PHP. A folder without a rule fails, and so does a rule without a source: no folder that these checks name can get
# lost.
check_layers() {
  local bad=0
  local -A layer_allows=() layer_families=() layers=()
  read_layer_rules
  check_rules_cover_sources || bad=1
  check_includes || bad=1
  check_foreign_includes || bad=1
  check_php_names || bad=1
  return "$bad"
}

# Of check_layers: layer_allows, by layer; layer_families, the layer of each public header.
read_layer_rules() {
  local layer names name
  while IFS='| ' read -r layer names; do
    [[ -z $layer ]] || layer_allows[$layer]=" $names "
  done <<<"$layer_rules"
  while IFS='| ' read -r layer names; do
    for name in $names; do layer_families[shmpack/$name]=shmpack:$layer; done
  done <<<"$layer_headers"
}

# Of check_layers: each source has a rule, which `layers` gets; each rule has a source.
check_rules_cover_sources() {
  local bad=0 file path layer
  local -A seen=()
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
  for layer in "${!layer_allows[@]}"; do
    [[ -n ${seen[$layer]:-} ]] || {
      echo "layer_rules has $layer, and there is no such source"
      bad=1
    }
  done
  return "$bad"
}

# Of check_layers: what sources include of this project.
check_includes() {
  local bad=0 file included from layer
  while IFS=: read -r file included; do
    included=${included##*[\"<]}
    # Else a library's: PHP's own come by their names alone, or from folders that are not here.
    [[ -f $root/src/$included || -f $root/include/$included ]] || continue
    layer_of "$included"
    from=${layers[$file]}
    if [[ ${layer_allows[$from]:-} != *" ${layer:-none} "* ]]; then
      echo "${file#"$root"/} includes $included; $from may include only:${layer_allows[$from]:-}"
      bad=1
    fi
  done < <(grep -roE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<][^">]+' "$root/src" "$root/include")
  return "$bad"
}

# Of check_layers: PHP's and httpd's headers below their layers, and the system's outside of the port.
check_foreign_includes() {
  local bad=0 found include='^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]'
  if found=$(grep -rnE "$include(php|zend|Zend|ext/|main/|TSRM|SAPI|httpd|ap_|apr)" "$root"/include "$root"/src/{c_api,core,port} |
    grep -v '"port/'); then
    echo "PHP or httpd is included below their layers:"
    echo "$found"
    bad=1
  fi
  if found=$(grep -rnE "$include(sys/|linux/|[a-z_]+\.h[\">]|c(time|signal)>)" "$root"/src/{core,php,c_api} |
    grep -vE '<(immintrin|php|zend_[a-z_]+|config)\.h>|"(php|zend_[a-z_]+|config|php_[a-z_]+|SAPI)\.h"'); then
    echo "the system is included outside of src/port:"
    echo "$found"
    bad=1
  fi
  return "$bad"
}

# Of check_layers: names of PHP below src/php. One in a comment or between quotes does not count.
check_php_names() {
  local found
  local names='zend_[a-z_]+|ZEND_[A-Z_]+|zval|HashTable|php_[a-z_]+|PHP_[A-Z]+_FUNCTION|PHP_FUNCTION|[es]?malloc_persistent|emalloc|efree|estrdup|Z_[A-Z]+(_P|_PP)?|RETURN_[A-Z]+|TSRMLS_[A-Z]+'
  found=$(find "$root"/include "$root"/src/{c_api,core,port} \( -name '*.cc' -o -name '*.h' \) -exec \
    awk -v names="(^|[^A-Za-z0-9_])($names)($|[^A-Za-z0-9_])" -v root="$root/" '
    { line = $0; sub("//.*", "", line); gsub("\"[^\"]*\"", "", line) }
    line ~ names { print substr(FILENAME, length(root) + 1) ":" FNR ":" $0 }' {} +)
  if [[ -n $found ]]; then
    echo "a PHP name below src/php:"
    echo "$found"
    return 1
  fi
}

# check_names: a source's name is unique in the tree and has one dot, because builds put all objects into one folder and
# name them by the text before the first dot.
check_names() {
  local bad=0 found
  found=$(files_of '\.(cc|h|c)$' "$root"/{src,include,tests/core} | sed 's|.*/||') || return 1
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

# check_thread_locals: the module's globals hold what each thread has of its own; only src/port has a few thread-local words. PHP
# without threads would not show a mistake: its ZEND_TLS is nothing.
check_thread_locals() {
  local found list files pattern='thread_local|__thread|_Thread_local|ZEND_TLS|ZEND_EXT_TLS|TSRM_TLS'
  list=$(files_of '\.(cc|h|c)$' "$root"/include "$root"/src/{c_api,core,httpd,php}) || return 1
  mapfile -t files <<<"$list"
  if found=$(grep -nwE "$pattern" "${files[@]}"); then
    echo "a thread-local variable outside of src/port; PHP's threads have the module's globals (src/php/php_shmpack.h):"
    echo "$found"
    return 1
  fi
  if ! grep -rqwE "$pattern" "$root/src/port"; then
    echo "src/port has no thread-local variable, and the lock has some: this check does not find them"
    return 1
  fi
}

# check_thread_local_size <library>: the C library keeps little room for the thread-local variables, reached as fast as these,
# of libraries that a program loads late. Without room it refuses: "cannot allocate memory in static TLS block".
check_thread_local_size() {
  local size
  size=$(readelf -lW "$1" | awk '$1 == "TLS" { print $6 }') || true
  if [[ -z $size ]]; then
    echo "readelf shows no thread-local variables in $1, and the lock has some: this check does not find them"
    return 1
  fi
  if [[ $((size)) -ge 256 ]]; then
    echo "the library has $((size)) bytes of thread-local variables, and may have less than 256 (readelf -sW $1 | grep TLS):"
    readelf -sW "$1" | awk '$4 == "TLS" { print $3, $8 }'
    return 1
  fi
}

# symbols_of <library> <name it must have> <option of nm>...: prints its symbols. Fails if that name is not among them.
symbols_of() {
  local library=$1 name=$2 found
  shift 2
  found=$(nm "$@" "$library") || fail "nm cannot read $library"
  grep -q " $name$" <<<"$found" || fail "nm $* shows no $name in $library"
  echo "$found"
}

# check_symbols <library>: PHP's functions have C linkage. A C++ name among those that PHP is to provide comes from a header that
# declares it without C linkage, and is missed only when it is first called. And no hook of the tests is in it.
check_symbols() {
  local found symbols
  symbols=$(symbols_of "$1" get_module) || return 1
  if found=$(grep -E 'fault_hook|load_hook' <<<"$symbols"); then
    echo "the library has a hook of the tests:"
    echo "$found"
    return 1
  fi
  symbols=$(symbols_of "$1" php_info_print_table_start -D --undefined-only) || return 1
  if found=$(grep -E ' _Z[A-Za-z0-9_]*(zend|php)' <<<"$symbols"); then
    echo "the library expects C++ names of PHP:"
    echo "$found"
    return 1
  fi
}

# check_needs_no_cxx <library>: it runs in programs that do not load the C++ library. It exports only its module, since httpd
# loads modules with their names visible to all.
check_needs_no_cxx() {
  local found symbols
  symbols=$(symbols_of "$1" 'ap_log_[a-z_]*' -D --undefined-only) || return 1
  if found=$(grep -E ' (_Z|__cxa_[^f]|__gxx_|_Unwind_)' <<<"$symbols"); then
    echo "the library expects names of the C++ library:"
    echo "$found"
    return 1
  fi
  symbols=$(symbols_of "$1" slotmem_shm_module -D --defined-only) || return 1
  if found=$(grep -v ' slotmem_shm_module$' <<<"$symbols"); then
    echo "the library exports more than its module:"
    echo "$found"
    return 1
  fi
}

# check_kill_points_cost <folder for objects>: a kill point costs nothing in a release build. Each source with kill points is
# compiled twice: as it is, and with the bare store and copy for Store() and CopyIn() and nothing for FaultPoint(). Both have
# the same instructions.
check_kill_points_cost() {
  local folder=$1 bad=0 list sources source
  rm -rf "$folder"
  mkdir -p "$folder"
  list=$(sources_of "$root"/src/{core,port}) || return 1
  mapfile -t sources <<<"$list"
  list=$(grep -lE '\b(Store|CopyIn|FaultPoint)\(' "${sources[@]}") || {
    echo "no source has a kill point"
    return 1
  }
  while IFS= read -r source; do
    kill_points_cost_nothing "$source" "$folder/$(basename "$source" .cc)" || bad=1
  done <<<"$list"
  return "$bad"
}

# Of check_kill_points_cost: one source; its objects are <name>.o and <name>.bare.o.
kill_points_cost_nothing() {
  local source=$1 name=$2 bad=0 flags=(-std=c++20 -O2 -fPIC -fvisibility=hidden "-I$root/src" "-I$root/include")
  cat >"$name.bare.cc" <<BARE
#include "core/base/shared_access.h"
template <typename T>
inline void BareStore(std::atomic<T>& word, T value) noexcept { word.store(value, std::memory_order_release); }
inline void BareCopyIn(uint8_t* shared, const void* from, uint64_t bytes) noexcept {
  std::atomic_thread_fence(std::memory_order_release);
  std::memcpy(shared, from, bytes);
}
#define Store BareStore
#define CopyIn BareCopyIn
#define FaultPoint() static_cast<void>(0)
#include "$source"
BARE
  "${CXX:-g++}" "${flags[@]}" -c "$name.bare.cc" -o "$name.bare.o" &
  "${CXX:-g++}" "${flags[@]}" -c "$source" -o "$name.o" || bad=1
  wait $! || bad=1
  # The first lines name the file.
  objdump -dr "$name.o" | tail -n +4 >"$name.code" || bad=1
  objdump -dr "$name.bare.o" | tail -n +4 >"$name.bare.code" || bad=1
  if [[ ! -s $name.code ]] || ! cmp -s "$name.code" "$name.bare.code"; then
    echo "kill points leave something in a release build of ${source#"$root"/}: $name.code and $name.bare.code differ"
    bad=1
  fi
  return "$bad"
}

# Of check_order_on_arm: a function for each thing that has to be ordered.
order_probe() {
  cat <<'PROBE'
#include "core/base/shared_access.h"
#include "port/robust_lock_linux.cc"
#include "shmpack/region.h"
using namespace shmpack;
struct shmpack::RegionTestPeer {
  static const Region& WithEntry(const Region& region) {
    if (FindEntryShm(*region.header_, region.bytes_, 1) == nullptr) __builtin_unreachable();
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
}

# check_order_on_arm <folder>: x86 orders nearly everything by itself, and so hides a wrong memory order in the sources. This looks
# at what a compiler makes of them for ARM64, which orders nothing unasked (8.3: there acquire and sequentially consistent differ).
check_order_on_arm() {
  local folder=$1 flags=(--target=aarch64-linux-gnu -march=armv8.3-a+rcpc -std=c++20 -O2 -S "-I$root/src" "-I$root/include")
  local bad=0 function wanted code
  need_packages clang
  [[ $(uname -m) == aarch64 ]] || need_packages "libstdc++-$(g++ -dumpversion)-dev-arm64-cross"
  rm -rf "$folder"
  mkdir -p "$folder"
  order_probe >"$folder/probe.cc"
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
ReadEntry (lda(p)?r .*){8}
LookAtEntry (lda(p)?r .*){3}
WANTED
  return "$bad"
}
