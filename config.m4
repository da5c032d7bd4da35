dnl SPDX-License-Identifier: BSD-3-Clause

PHP_ARG_ENABLE([shmpack],
  [whether to enable shmpack],
  [AS_HELP_STRING([--enable-shmpack],
    [Enable shmpack: shared variables and semaphores between unrelated processes])])

if test "$PHP_SHMPACK" != "no"; then
  PHP_REQUIRE_CXX()
  PHP_ADD_LIBRARY([stdc++], [1], [SHMPACK_SHARED_LIBADD])
  PHP_SUBST([SHMPACK_SHARED_LIBADD])

  AC_LANG_PUSH([C++])
  shmpack_saved_CXXFLAGS=$CXXFLAGS
  CXXFLAGS="$CXXFLAGS -std=c++20"

  AC_MSG_CHECKING([whether $CXX compiles C++20])
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
    #include <atomic>
    #include <concepts>
    #include <span>
    template <typename T> constexpr int Answer(T x) { if constexpr (requires { x.y; }) return 1; else return 2; }
  ]], [[std::atomic<int> a{Answer(1)}; return std::span<const char>().empty() ? a.load() : 0;]])],
    [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([shmpack needs a C++20 compiler: install g++ 10 or clang++ 12 or newer (Debian: apt-get install g++), or name one with CXX=...])])

  AC_MSG_CHECKING([for msgpack.hpp])
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
    #define MSGPACK_NO_BOOST
    #include <msgpack.hpp>
    #if MSGPACK_VERSION_MAJOR < 4
    #error too old
    #endif
  ]], [[msgpack::object_handle handle;]])],
    [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([shmpack needs the headers of msgpack-c for C++, 4.0 or newer: apt-get install libmsgpack-cxx-dev (Debian, Ubuntu), dnf install msgpack-cxx-devel (Fedora), or add their folder with CPPFLAGS=-I...])])

  CXXFLAGS=$shmpack_saved_CXXFLAGS
  AC_LANG_POP([C++])

  shmpack_sources="
    src/core/base/checksum.cc
    src/core/region/compact.cc
    src/core/region/heap.cc
    src/core/region/index.cc
    src/core/region/overwrite.cc
    src/core/region/read.cc
    src/core/region/rebuild.cc
    src/core/region/region.cc
    src/core/region/region_attach.cc
    src/core/region/region_header.cc
    src/core/region/region_lock.cc
    src/core/region/repair.cc
    src/core/region/stripe.cc
    src/core/region/update.cc
    src/core/semaphore/semaphore.cc
    src/core/slots/slot_attach.cc
    src/core/slots/slot_bitmap.cc
    src/core/slots/slot_create.cc
    src/core/slots/slot_get.cc
    src/core/slots/slot_grab.cc
    src/core/slots/slot_header.cc
    src/core/slots/slot_lock.cc
    src/core/slots/slot_name.cc
    src/core/slots/slot_owner.cc
    src/core/slots/slot_put.cc
    src/core/slots/slot_restore.cc
    src/core/slots/slot_sync.cc
    src/core/slots/slot_table_lock.cc
    src/core/slots/stored_slots.cc
    src/core/values/msgpack_reader.cc
    src/php/cache/decoded_cache.cc
    src/php/cache/persistent_copy.cc
    src/php/module.cc
    src/php/region/region_report.cc
    src/php/region/sysv_shared_memory.cc
    src/php/report_text.cc
    src/php/semaphore/semaphore_report.cc
    src/php/semaphore/sysv_semaphore.cc
    src/php/settings.cc
    src/php/slots/slot_doall.cc
    src/php/slots/slot_report.cc
    src/php/slots/slot_table_object.cc
    src/php/slots/slot_values.cc
    src/php/slots/slot_view.cc
    src/php/stand_in.cc
    src/php/values/allowed_classes.cc
    src/php/values/array_decoder.cc
    src/php/values/array_encoder.cc
    src/php/values/class_decoder.cc
    src/php/values/decoder_hooks.cc
    src/php/values/encoded_value.cc
    src/php/values/enum_decoder.cc
    src/php/values/object_decoder.cc
    src/php/values/object_encoder.cc
    src/php/values/property_decoder.cc
    src/php/values/reference_decoder.cc
    src/php/values/reference_encoder.cc
    src/php/values/sleep_encoder.cc
    src/php/values/value_decoder.cc
    src/php/values/value_encoder.cc
    src/port/clock_posix.cc
    src/port/fork_count_posix.cc
    src/port/mapped_file_posix.cc
    src/port/named_file_posix.cc
    src/port/new_file_posix.cc
    src/port/own_folder_posix.cc
    src/port/process_identity_linux.cc
    src/port/random_id_posix.cc
    src/port/robust_list_linux.cc
    src/port/robust_lock_holder_linux.cc
    src/port/robust_lock_linux.cc
    src/port/robust_lock_wait_linux.cc
    src/port/segment_sysv.cc
    src/port/semaphore_set_sysv.cc
    src/port/stuck_words.cc
    src/port/system_limits_linux.cc
    src/port/users_posix.cc"

  dnl -fno-gnu-unique: otherwise a static variable in a function keeps the library loaded for good. Apache loads and unloads
  dnl PHP once before it serves.
  shmpack_flags="-std=c++20 -fvisibility=hidden -Wall -Wextra -Wno-unused-parameter -DMSGPACK_NO_BOOST= -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1"
  dnl clang++ has neither this problem nor the option; so the C++ compiler is asked, not the C compiler.
  AC_LANG_PUSH([C++])
  AX_CHECK_COMPILE_FLAG([-fno-gnu-unique], [shmpack_flags="$shmpack_flags -fno-gnu-unique"])
  AC_LANG_POP([C++])

  PHP_NEW_EXTENSION([shmpack], [$shmpack_sources], [$ext_shared],, [$shmpack_flags], [cxx])
  PHP_ADD_INCLUDE([$ext_srcdir/include])
  PHP_ADD_INCLUDE([$ext_srcdir/src])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/core/base])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/core/region])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/core/semaphore])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/core/slots])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/core/values])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/php])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/php/cache])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/php/region])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/php/semaphore])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/php/slots])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/php/values])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/port])
fi
