# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Checks of the sources themselves, for `./dev lint` and `./dev test`. Each prints what is wrong and then fails.

# check_layers: php, httpd -> core -> port, never up; and no Zend name below src/php.
check_layers() {
  local bad=0 folder forbidden found
  while IFS='|' read -r folder forbidden; do
    if found=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[\"<]($forbidden)" "$root/$folder"); then
      echo "$folder includes something of a layer above it:"
      echo "$found"
      bad=1
    fi
  done <<'RULES'
include|php|zend|Zend|ext/|main/|TSRM|SAPI|core/|port/|httpd
src/core|php|zend|Zend|ext/|main/|TSRM|SAPI|httpd|ap_|apr
src/port|php|zend|Zend|ext/|main/|TSRM|SAPI|httpd|ap_|apr|core/
src/c_api|php|zend|Zend|ext/|main/|TSRM|SAPI|httpd|ap_|apr|core/|port/
src/httpd|php|zend|Zend|ext/|main/|TSRM|SAPI|core/|port/
RULES
  local names='zend_[a-z_]+|ZEND_[A-Z_]+|zval|HashTable|php_[a-z_]+|PHP_[A-Z]+_FUNCTION|PHP_FUNCTION|[es]?malloc_persistent|emalloc|efree|estrdup|Z_[A-Z]+(_P|_PP)?|RETURN_[A-Z]+|TSRMLS_[A-Z]+'
  # What is written in a comment or between quotes is not a name.
  if found=$(find "$root/include" "$root/src/c_api" "$root/src/core" "$root/src/port" -name '*.cc' -o -name '*.h' | while IFS= read -r file; do
    sed -E -e 's|//.*||' -e 's|"[^"]*"|""|g' "$file" | grep -nwE "$names" | sed "s|^|${file#"$root"/}:|"
  done) && [[ -n $found ]]; then
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
  local folder=$1 flags=(-std=c++20 -O2 -fPIC -fvisibility=hidden "-I$root/src" "-I$root/include") bad=0 count=0 source name
  rm -rf "$folder"
  mkdir -p "$folder"
  while IFS= read -r source; do
    name=$folder/$(basename "$source" .cc)
    count=$((count + 1))
    {
      printf '%s\n' '#include "core/shared_access.h"' 'template <typename T>' \
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
  done < <(grep -lE '\b(Store|CopyIn|FaultPoint)\(' "$root"/src/core/*.cc "$root"/src/port/*.cc)
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
#include "core/shared_access.h"
#include "port/robust_lock_linux.cc"
#include "shmpack/region.h"
using namespace shmpack;
struct shmpack::RegionTestPeer {
  static const Region& WithSlot(const Region& region) {
    if (region.SlotInBounds(1) == nullptr) __builtin_unreachable();
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
bool ReadSlot(const Region& region, InlineValue* out) { return RegionTestPeer::WithSlot(region).ReadInline(1, 2, out); }
bool LookAtSlot(const Region& region) { return RegionTestPeer::WithSlot(region).IsCurrent(1, 2); }
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
ReadSlot (lda(p)?r .*){9}
LookAtSlot (lda(p)?r .*){4}
WANTED
  return "$bad"
}
