// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target: stored bytes to PHP values, in an embedded PHP. The hooks of its classes do all that hooks may do.
//
// The input's first byte chooses the surroundings of the call: warnings that throw, classes that are not allowed, a
// callback for unknown classes, a memory limit that ends the call half-way (by longjmp). The rest is the document, in a
// heap block of exactly its size, which is freed before the value is used. Only src is instrumented. PHP is Debian's,
// with its request memory in the C heap, so AddressSanitizer sees what either does to a freed or foreign block.
//
// Findings, besides those of sanitizers:
//   - a document takes more memory than its size justifies, or does not give it back,
//   - a failure leaves a value, or a success an exception,
//   - plain data changes when it is stored again.
//
// Documents are mutated as trees: one more byte in an object changes the lengths around it.

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings php.h.
// clang-format on

#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "SAPI.h"
#include "ext/standard/basic_functions.h"
#include "php/values/value_decoder.h"
#include "php/values/value_encoder.h"
#include "php_main.h"
#include "sapi/embed/php_embed.h"
#include "shmpack/msgpack_format.h"
#include "shmpack/msgpack_reader.h"
#include "shmpack/value_types.h"
#include "zend_exceptions.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

// The memory that reading one document may take, at the worst moment, user code included. A nested array of one element
// is one byte; it takes 192 bytes in PHP, a frame of the decoder, and for a moment the frames' old block. The most ever
// seen is 370 bytes for each byte.
constexpr size_t kPeakPerByte = 512;
constexpr size_t kPeakAtLeast = 64 << 10;
constexpr size_t kBallast = 16 << 20;
constexpr int kRunsPerRequest = 2'000;
constexpr int kMostTries = 5;

// No function that reaches out of the process, in case a document gets to call one.
char ini_settings[] =
    "display_errors=0\nlog_errors=0\nhtml_errors=0\nerror_reporting=32767\nmemory_limit=-1\nmax_execution_time=0\n"
    "date.timezone=UTC\nopen_basedir=/nonexistent\nallow_url_fopen=0\nregister_argc_argv=0\nsysvshm.init_mem=20000\n"
    "disable_functions=exec,passthru,shell_exec,system,proc_open,popen,mail,dl,putenv,ini_set,fopen,file_put_contents,"
    "unlink,rename,copy,mkdir,rmdir,symlink,link,chmod,chown,chgrp,touch,tempnam,tmpfile,fsockopen,pfsockopen,"
    "stream_socket_client,stream_socket_server,posix_kill,pcntl_fork,pcntl_exec,sleep,usleep,time_nanosleep,set_time_"
    "limit\n";

// The error by which classes below end the request on purpose: PHP 8.2 "cannot declare", 8.4 "cannot redeclare" it.
const char kFatal[] = "declare class Plain";

const char kClasses[] = R"php(
class Plain { public $a = 1; protected $b = [2]; private $c = 'three'; }
class Derived extends Plain { public $d; private $c = 'own'; public $self; }
class Typed {
    public int $number = 5;
    public ?Typed $next = null;
    public int|string|null $either;
    public array $table = [];
    public self|bool $mixed = false;
    public readonly array $list;
    public function __construct() { $this->list = [1, 2]; }
}
#[AllowDynamicProperties]
class Open { }
final class Shut { public readonly int $once; private function __construct() { } }
class Hooked {
    public static $seen;
    public $data = [1, 'x' => 2];
    public function __serialize(): array { return ['data' => $this->data, 7 => $this]; }
    public function __unserialize(array $data): void {
        self::$seen = $data;
        $this->data = $data['data'] ?? count($data);
        foreach ($data as &$value) {
            if (is_int($value)) $value = [$value];
            elseif ($value instanceof Plain) $value->a = $this;
            elseif (is_array($value)) $value[] = &$value;
            else $value = null;
        }
    }
}
class Sleeper {
    public $keep = 'k'; public $drop = 'd';
    public function __sleep(): array { return ['keep', 'drop', 'none']; }
    public function __wakeup(): void { $this->drop = [&$this->keep, $this]; $this->keep = 'again'; }
}
class Thrower { public $x = [1]; public function __wakeup(): void { throw new Exception('not this one'); } }
class Refuser { public function __unserialize(array $data): void { throw new Error('nor this'); } }
class Writer {
    public $x = 1;
    public function __wakeup(): void { Shmpack\shm_put_var($GLOBALS['region'], 2, $this->x); }
}
class Reader { public $x; public function __wakeup(): void { $this->x = Shmpack\shm_get_var($GLOBALS['region'], 1); } }
class Collector { public function __unserialize(array $data): void { gc_collect_cycles(); } }
class Leaver { public function __wakeup(): void { exit; } }
class Fatal { public function __wakeup(): void { eval('class Plain { }'); } }
class Old implements Serializable {
    public $text = 'old';
    public function serialize() { return $this->text === '' ? null : (string) $this->text; }
    public function unserialize($text) {
        if ($text === 'throw') throw new Exception('no');
        if ($text === 'fatal') eval('class Plain { }');
        $this->text = $text === 'nested' ? Shmpack\shm_get_var($GLOBALS['region'], 1) : @unserialize($text);
        if ($this->text === false) $this->text = $text;
    }
}
class Both extends Old {
    public function __serialize(): array { return [$this->text]; }
    public function __unserialize(array $data): void { [$this->text] = $data + ['none']; }
}
class Doomed {
    public static $last;
    public $x;
    public function __destruct() { self::$last = self::$last === null ? $this : null; }
}
class Bomb { public $x; public function __destruct() { throw new Exception('at the end'); } }
class Magic {
    private $hidden = 1;
    public function __get($name) { return $this; }
    public function __set($name, $value) { throw new Exception($name); }
    public function __isset($name) { return true; }
    public function __unset($name) { }
}
class Bag extends ArrayObject { public $own = 1; protected $kept = []; }
class Storage extends SplObjectStorage { public function getHash($object): string { return get_class($object); } }
abstract class Shape { public $a; }
interface Marker { const Spades = 1; }
trait Part { public $a; }
enum Suit: string implements Marker { case Hearts = 'h'; case Clubs = 'c'; const Wild = self::Hearts; }
enum Direction { case Up; case Down; }
set_error_handler(function ($level, $text) {
    if ($GLOBALS['warnings_throw']) throw new ErrorException($text);
    return true;
});
spl_autoload_register(function ($name) {
    if ($name === 'Later') class_alias('Derived', 'Later');
    elseif ($name === 'Never') throw new Exception('there is no such class');
});
function ask_for_class($name) {
    if ($name === 'Asked') class_alias('Typed', 'Asked');
    elseif ($name === 'Refused') throw new Exception('not asked');
}
$warnings_throw = false;
$region = Shmpack\shm_attach(0, 20000);
Shmpack\shm_put_var($region, 1, [new Plain, new Typed, new Hooked]);
new DateTimeImmutable('@0');
)php";

[[noreturn]] void Finding(const char* what) {
  std::fprintf(stderr, "FINDING: %s\n", what);
  std::abort();
}

/// This thread's use of the C heap. libFuzzer's other thread does not count.
struct Heap {
  size_t live;
  size_t peak;
};
thread_local Heap heap;

void Allocated(const volatile void*, size_t size) {
  heap.live += size;
  heap.peak = std::max(heap.peak, heap.live);
}
void Freed(const volatile void* block) {
  if (block != nullptr) heap.live -= __sanitizer_get_allocated_size(const_cast<const void*>(block));
}

/// The function that seems to call the decoder. Without one, PHP treats an exception as fatal.
zend_execute_data frame;
zend_internal_function caller;

void StartRequest() {
  std::memset(&frame, 0, sizeof frame);
  std::memset(&caller, 0, sizeof caller);
  caller.type = ZEND_INTERNAL_FUNCTION;
  caller.function_name = ZSTR_EMPTY_ALLOC();
  frame.func = reinterpret_cast<zend_function*>(&caller);
  bool failed = false;
  zend_first_try { failed = zend_eval_string(kClasses, nullptr, "classes") == FAILURE || EG(exception) != nullptr; }
  zend_catch { failed = true; }
  zend_end_try();
  if (failed) Finding("the classes cannot be defined");
  // A PHP that delays memory errors exits at twice the limit. This puts that far above what any document takes.
  static_cast<void>(emalloc(kBallast));
  EG(current_execute_data) = &frame;
}

void RestartRequest() {
  EG(current_execute_data) = nullptr;
  php_request_shutdown(nullptr);
  if (php_request_startup() == FAILURE) Finding("no new request");
  SG(headers_sent) = 1;
  SG(request_info).no_headers = 1;
  StartRequest();
}

int StartModules(sapi_module_struct* sapi) {
  // The old value is allocated in PHP 8.2 and a constant in 8.4, so it is not freed.
  sapi->ini_entries = strdup(ini_settings);
  return php_module_startup(sapi, &shmpack_module_entry);
}

void StartPhp() {
  // Each block of request memory is a block of the C heap, and is freed when the request ends.
  setenv("USE_ZEND_ALLOC", "0", 1);
  setenv("USE_TRACKED_ALLOC", "1", 1);
  __sanitizer_install_malloc_and_free_hooks(Allocated, Freed);
  php_embed_module.php_ini_ignore = 1;
  php_embed_module.startup = StartModules;
  php_embed_module.ub_write = [](const char*, size_t size) { return size; };
  if (php_embed_init(0, nullptr) == FAILURE) Finding("PHP does not start");
  // Grows PHP's table of blocks beyond any need, so that it does not grow while memory is measured.
  std::vector<void*> blocks(1 << 17);
  for (void*& block : blocks) block = emalloc(1);
  for (void* block : blocks) efree(block);
  StartRequest();
}

/// The surroundings of the decoder, from the input's first byte.
struct Setting {
  explicit Setting(uint8_t choice)
      : warnings_throw((choice & 1) != 0),
        few_classes((choice & 2) != 0),
        asks_callback((choice & 4) != 0),
        memory_limit((choice >> 4) * 700) {}
  bool warnings_throw;
  bool few_classes;
  bool asks_callback;
  size_t memory_limit;  // Bytes above what is used before; 0: none.
};

/// Blocks of one run that are not PHP's. After a bailout the caller frees them.
struct Scratch {
  char* document = nullptr;
  char* again = nullptr;
  char* third = nullptr;
};

void FreeScratch(char*& block) {
  std::free(block);
  block = nullptr;
}

char* CopyOf(const shmpack::ValueBytes& bytes) {
  char* const copy = static_cast<char*>(std::malloc(bytes.head_bytes + bytes.body_bytes));
  std::memcpy(copy, bytes.head, bytes.head_bytes);
  if (bytes.body_bytes != 0) std::memcpy(copy + bytes.head_bytes, bytes.body, bytes.body_bytes);
  return copy;
}

/// What a freshly written document holds.
struct Contents {
  bool plain = true;     // No objects, enum cases or references.
  bool objects = false;  // Or enum cases.
};

Contents ContentsOf(const char* data, size_t size) {
  Contents contents;
  shmpack::MsgpackReader reader(data, size);
  shmpack::MsgpackToken token;
  while (reader.Next(&token)) {
    if (token.kind != shmpack::MsgpackKind::kExt) continue;
    contents.plain = false;
    if (token.ext_type == shmpack::kExtSameReference) continue;
    if (token.ext_type != shmpack::kExtReference || ContentsOf(token.data, token.size).objects) contents.objects = true;
  }
  return contents;
}

/// A PHP that delays the error of the memory limit ends the request here, as its own code would do next.
void EndIfOutOfMemory() {
#ifdef ZEND_HAS_OOM
  if (!ZEND_HAS_OOM()) return;
  zend_handle_delayed_oom();
  zend_bailout();
#endif
}

/// The memory that a document of this run took at its worst moment, if its size does not justify that.
size_t excess = 0;

bool DecodeMeasured(const char* document, size_t size, zval* value, bool* plain) {
  const size_t before = heap.live;
  heap.peak = before;
  const bool ok = shmpack::php::DecodeValue(document, size, value, plain);
  const size_t taken = heap.peak - before;
  if (taken > kPeakAtLeast + kPeakPerByte * size) excess = taken;
  if (ok && EG(exception) != nullptr) Finding("an exception is left although the value was built");
  if (!ok && Z_TYPE_P(value) != IS_NULL) Finding("a value is left although the document was refused");
  zend_clear_exception();
  EndIfOutOfMemory();
  return ok;
}

/// Reads the document, stores its value, reads that, and stores it once more.
void RoundTrip(size_t size, Scratch& scratch) {
  zval value;
  bool called_plain = false;
  const bool ok = DecodeMeasured(scratch.document, size, &value, &called_plain);
  FreeScratch(scratch.document);  // The value must not point into it.
  if (!ok) return;
  shmpack::php::EncodedValue encoded;
  const bool stored = shmpack::php::EncodeValue(&value, &encoded);
  EndIfOutOfMemory();
  if (stored == (EG(exception) != nullptr)) Finding("encoding failed without an exception, or succeeded with one");
  zend_clear_exception();
  if (!stored) {
    zval_ptr_dtor(&value);
    return;
  }
  const size_t again_size = encoded.bytes().head_bytes + encoded.bytes().body_bytes;
  scratch.again = CopyOf(encoded.bytes());
  shmpack::php::FreeEncodedValue(&encoded);
  zval_ptr_dtor(&value);
  zend_clear_exception();

  const Contents contents = ContentsOf(scratch.again, again_size);
  if (called_plain && !contents.plain) Finding("a value is called plain, and is not");
  const bool read_again = DecodeMeasured(scratch.again, again_size, &value, &called_plain);
  if (!contents.objects) {
    if (!read_again) Finding("what was stored is refused");
    shmpack::php::EncodedValue second;
    if (!shmpack::php::EncodeValue(&value, &second)) Finding("what has no objects is stored once, and not twice");
    const size_t third_size = second.bytes().head_bytes + second.bytes().body_bytes;
    scratch.third = CopyOf(second.bytes());
    shmpack::php::FreeEncodedValue(&second);
    if (third_size != again_size || std::memcmp(scratch.third, scratch.again, third_size) != 0) {
      Finding("what has no objects changes when it is read and stored");
    }
  }
  FreeScratch(scratch.third);
  FreeScratch(scratch.again);
  if (read_again) zval_ptr_dtor(&value);
  zend_clear_exception();
}

/// False: PHP left by longjmp, and the request must not be used any more.
bool RunOnce(const uint8_t* data, size_t size, const Setting& setting) {
  static Scratch scratch;
  scratch.document = static_cast<char*>(std::malloc(size));
  if (size != 0) std::memcpy(scratch.document, data, size);
  zval flag;
  ZVAL_BOOL(&flag, setting.warnings_throw);
  zend_hash_str_update(&EG(symbol_table), ZEND_STRL("warnings_throw"), &flag);
  SHMPACK_G(allowed_classes) = const_cast<char*>(setting.few_classes ? "Plain, \\hooked,Suit ,ArrayObject" : "*");
  PG(unserialize_callback_func) = const_cast<char*>(setting.asks_callback ? "ask_for_class" : "");
  zend_set_memory_limit(setting.memory_limit != 0 ? zend_memory_usage(false) + setting.memory_limit : SIZE_MAX);
  bool survived = true;
  zend_try { RoundTrip(size, scratch); }
  zend_catch { survived = false; }
  zend_end_try();
  zend_set_memory_limit(SIZE_MAX);
  FreeScratch(scratch.document);
  FreeScratch(scratch.again);
  FreeScratch(scratch.third);
  const char* const error = PG(last_error_message) != nullptr ? ZSTR_VAL(PG(last_error_message)) : "no error";
  if (!survived && setting.memory_limit == 0 && std::strstr(error, kFatal) == nullptr) {
    std::fprintf(stderr, "%s\n", error);
    Finding("PHP gave up on a document");
  }
  return survived;
}

// The tree of a document, for the mutator.

struct Node {
  enum Kind : uint8_t { kLeaf, kArray, kMap, kExt } kind = kLeaf;
  int8_t ext_type = 0;
  std::string bytes;  // kLeaf: all of it.
  std::vector<Node> children;
};

constexpr int kMostDepth = 100;

bool Parse(shmpack::MsgpackReader& reader, const char* end, int depth, Node* out) {
  const char* const begin = end - reader.bytes_left();
  shmpack::MsgpackToken token;
  if (depth > kMostDepth || !reader.Next(&token)) return false;
  size_t count = 0;
  if (token.kind == shmpack::MsgpackKind::kExt) {
    out->kind = Node::kExt;
    out->ext_type = token.ext_type;
    shmpack::MsgpackReader payload(token.data, token.size, 2);
    while (payload.bytes_left() != 0) {
      Node child;
      if (!Parse(payload, token.data + token.size, depth + 1, &child)) return false;
      out->children.push_back(std::move(child));
    }
    return true;
  }
  if (token.kind == shmpack::MsgpackKind::kArray) {
    out->kind = Node::kArray;
    count = token.size;
  } else if (token.kind == shmpack::MsgpackKind::kMap) {
    out->kind = Node::kMap;
    count = size_t{2} * token.size;
  } else {
    out->bytes.assign(begin, end - reader.bytes_left());
  }
  out->children.resize(count);
  for (Node& child : out->children) {
    if (!Parse(reader, end, depth + 1, &child)) return false;
  }
  return true;
}

void AppendBig(std::string* out, uint32_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out->push_back(static_cast<char>(value >> (8 * i)));
}

std::string Emit(const Node& node) {
  if (node.kind == Node::kLeaf) return node.bytes;
  std::string inner;
  for (const Node& child : node.children) inner += Emit(child);
  std::string out;
  if (node.kind == Node::kExt) {
    out.push_back(static_cast<char>(shmpack::kHeadExt16));
    AppendBig(&out, static_cast<uint32_t>(inner.size()), 2);
    out.push_back(static_cast<char>(node.ext_type));
  } else {
    const auto count = static_cast<uint32_t>(node.kind == Node::kMap ? node.children.size() / 2 : node.children.size());
    if (count <= shmpack::kMaxFixCount) {
      out.push_back(
          static_cast<char>((node.kind == Node::kMap ? shmpack::kHeadFixMap : shmpack::kHeadFixArray) | count));
    } else {
      out.push_back(static_cast<char>(node.kind == Node::kMap ? shmpack::kHeadMap16 : shmpack::kHeadArray16));
      AppendBig(&out, count, 2);
    }
  }
  return out + inner;
}

Node Leaf(std::string bytes) {
  Node node;
  node.bytes = std::move(bytes);
  return node;
}

Node Text(const std::string& text) {
  std::string head(1, static_cast<char>(shmpack::kHeadStr8));
  if (text.size() <= shmpack::kMaxFixStr) {
    head[0] = static_cast<char>(shmpack::kHeadFixStr | text.size());
  } else {
    head.push_back(static_cast<char>(text.size()));
  }
  return Leaf(head + text);
}

Node Ext(int8_t type, std::vector<Node> children) {
  Node node;
  node.kind = Node::kExt;
  node.ext_type = type;
  node.children = std::move(children);
  return node;
}

Node Branch(Node::Kind kind, std::vector<Node> children) {
  Node node;
  node.kind = kind;
  node.children = std::move(children);
  return node;
}

using Random = std::minstd_rand;

size_t Below(Random& random, size_t limit) { return limit == 0 ? 0 : random() % limit; }

Node AnyName(Random& random) {
  using namespace std::string_literals;
  static const std::string kNames[] = {"Plain"s,
                                       "Derived"s,
                                       "Typed"s,
                                       "Open"s,
                                       "Shut"s,
                                       "Hooked"s,
                                       "Sleeper"s,
                                       "Thrower"s,
                                       "Refuser"s,
                                       "Writer"s,
                                       "Reader"s,
                                       "Collector"s,
                                       "Leaver"s,
                                       "Fatal"s,
                                       "Old"s,
                                       "Both"s,
                                       "Doomed"s,
                                       "Bomb"s,
                                       "Magic"s,
                                       "Bag"s,
                                       "Storage"s,
                                       "Shape"s,
                                       "Marker"s,
                                       "Part"s,
                                       "Suit"s,
                                       "Direction"s,
                                       "Later"s,
                                       "Never"s,
                                       "Asked"s,
                                       "Refused"s,
                                       "Unknown"s,
                                       "__PHP_Incomplete_Class"s,
                                       "__PHP_Incomplete_Class_Name"s,
                                       "stdClass"s,
                                       "ArrayObject"s,
                                       "ArrayIterator"s,
                                       "SplObjectStorage"s,
                                       "SplStack"s,
                                       "SplFixedArray"s,
                                       "SplPriorityQueue"s,
                                       "SplMinHeap"s,
                                       "DateTime"s,
                                       "DateTimeImmutable"s,
                                       "DateTimeZone"s,
                                       "DateInterval"s,
                                       "DatePeriod"s,
                                       "Exception"s,
                                       "ErrorException"s,
                                       "Closure"s,
                                       "Generator"s,
                                       "WeakMap"s,
                                       "WeakReference"s,
                                       "SplFileObject"s,
                                       "HashContext"s,
                                       "Random\\Randomizer"s,
                                       "Random\\Engine\\Mt19937"s,
                                       "Random\\Engine\\Xoshiro256StarStar"s,
                                       "ReflectionClass"s,
                                       "MultipleIterator"s,
                                       "AppendIterator"s,
                                       "a"s,
                                       "\0*\0b"s,
                                       "\0Plain\0c"s,
                                       "\0Derived\0c"s,
                                       "\0*\0a"s,
                                       "d"s,
                                       "self"s,
                                       "number"s,
                                       "next"s,
                                       "either"s,
                                       "table"s,
                                       "mixed"s,
                                       "list"s,
                                       "once"s,
                                       "data"s,
                                       "keep"s,
                                       "drop"s,
                                       "x"s,
                                       "text"s,
                                       "hidden"s,
                                       "\0Magic\0hidden"s,
                                       "own"s,
                                       "\0"s,
                                       "7"s,
                                       "-1"s,
                                       ""s,
                                       "Hearts"s,
                                       "Clubs"s,
                                       "Spades"s,
                                       "Wild"s,
                                       "Up"s,
                                       "throw"s,
                                       "nested"s,
                                       "fatal"s,
                                       "i:5;"s,
                                       "x:i:0;m:a:0:{}"s,
                                       "date"s,
                                       "timezone_type"s,
                                       "timezone"s,
                                       "Europe/Berlin"s,
                                       "2020-01-01"s,
                                       "message"s,
                                       "previous"s,
                                       "\0Exception\0trace"s};
  return Text(kNames[Below(random, std::size(kNames))]);
}

Node AnyNode(Random& random, const std::vector<Node*>& nodes) {
  using namespace std::string_literals;
  static const std::string kLeaves[] = {"\xc0"s,
                                        "\xc2"s,
                                        "\xc3"s,
                                        "\0"s,
                                        "\1"s,
                                        "\2"s,
                                        "\3"s,
                                        "\x7f"s,
                                        "\xff"s,
                                        "\xc1"s,
                                        "\xcf\xff\xff\xff\xff\xff\xff\xff\xff"s,
                                        "\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"s,
                                        "\xd3\x80\0\0\0\0\0\0\0"s,
                                        "\xcb\x7f\xf8\0\0\0\0\0\1"s,
                                        "\xca\0\0\0\0"s,
                                        "\xc4\0"s,
                                        "\xc4\2\xff\0"s,
                                        "\xd9\1x"s,
                                        "\x90"s,
                                        "\x80"s};
  switch (Below(random, 9)) {
    case 0:
    case 1:
      return *nodes[Below(random, nodes.size())];
    case 2:
      return AnyName(random);
    case 3:
      return Ext(shmpack::kExtSameObject, {Leaf(std::string(1, static_cast<char>(Below(random, 6))))});
    case 4:
      return Ext(Below(random, 2) != 0 ? shmpack::kExtSameReference : shmpack::kExtSameEnumCase,
                 {Leaf(std::string(1, static_cast<char>(Below(random, 4))))});
    case 5:
      return Ext(shmpack::kExtObject,
                 {AnyName(random), Branch(Node::kMap, {AnyName(random), *nodes[Below(random, nodes.size())]})});
    case 6:
      return Ext(Below(random, 2) != 0 ? shmpack::kExtEnumCase : shmpack::kExtSerializable,
                 {AnyName(random), AnyName(random)});
    case 7:
      return Ext(shmpack::kExtReference, {*nodes[Below(random, nodes.size())]});
    default:
      return Leaf(kLeaves[Below(random, std::size(kLeaves))]);
  }
}

void Collect(Node& node, std::vector<Node*>* nodes) {
  nodes->push_back(&node);
  for (Node& child : node.children) Collect(child, nodes);
}

void MutateTree(Node& root, Random& random) {
  std::vector<Node*> nodes;
  Collect(root, &nodes);
  Node& node = *nodes[Below(random, nodes.size())];
  const size_t children = node.children.size();
  const size_t step = node.kind == Node::kMap ? 2 : 1;
  const size_t at = Below(random, children / step) * step;
  const auto place = node.children.begin() + static_cast<std::ptrdiff_t>(at);
  switch (Below(random, 8)) {
    case 0:
    case 1: {
      Node other = AnyNode(random, nodes);
      node = std::move(other);
      break;
    }
    case 2:
    case 3: {
      if (node.kind == Node::kLeaf) break;
      std::vector<Node> more = {AnyNode(random, nodes)};
      if (node.kind == Node::kMap) more.insert(more.begin(), AnyName(random));
      node.children.insert(place, more.begin(), more.end());
      break;
    }
    case 4:
      if (children >= step) node.children.erase(place, place + static_cast<std::ptrdiff_t>(step));
      break;
    case 5:
      if (node.kind == Node::kExt) {
        node.ext_type = static_cast<int8_t>(1 + Below(random, 8));
      } else if (node.kind == Node::kLeaf) {
        node = AnyName(random);
      } else if (children % 2 == 0) {
        node.kind = node.kind == Node::kMap ? Node::kArray : Node::kMap;
      }
      break;
    case 6: {
      const Node inner = node;
      node = Below(random, 3) == 0 ? Ext(shmpack::kExtReference, {inner})
             : Below(random, 2) == 0
                 ? Branch(Node::kArray, {inner, inner})
                 : Ext(shmpack::kExtObject, {AnyName(random), Branch(Node::kMap, {AnyName(random), inner})});
      break;
    }
    default:
      if (children >= 2) std::swap(node.children[Below(random, children)], node.children[Below(random, children)]);
  }
}

}  // namespace

/// PHP keeps its modules until the end, and a leak check there would report them. Leaks are found per document instead.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  StartPhp();
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  Random random(seed + 1);
  if (size < 2 || Below(random, 3) == 0) return LLVMFuzzerMutate(data, size, max_size);
  if (Below(random, 20) == 0) data[0] = static_cast<uint8_t>(Below(random, 4) == 0 ? random() : random() % 8);
  const char* const document = reinterpret_cast<const char*>(data) + 1;
  shmpack::MsgpackReader reader(document, size - 1);
  Node root;
  if (!Parse(reader, document + size - 1, 0, &root)) return LLVMFuzzerMutate(data, size, max_size);
  for (size_t times = 1 + Below(random, 4); times > 0; --times) MutateTree(root, random);
  const std::string mutated = Emit(root);
  if (mutated.size() + 1 > max_size || mutated.size() > UINT16_MAX) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data + 1, mutated.data(), mutated.size());
  return mutated.size() + 1;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Setting setting(data[0]);
  static int runs = 0;
  if (++runs % kRunsPerRequest == 0) RestartRequest();
  // A first run may make PHP's own tables grow for good. What every run takes or leaves is the document's.
  for (int tries = 0; tries < kMostTries; ++tries) {
    const size_t before = heap.live;
    excess = 0;
    if (!RunOnce(data + 1, size - 1, setting)) {
      RestartRequest();
      return 0;
    }
    if (heap.live > before) {
      zend_gc_collect_cycles();
      zend_clear_exception();
      // The keys of earlier maps are kept for a while.
      shmpack::php::EndDecoding();
      shmpack::php::BeginDecoding();
    }
    if (heap.live <= before && excess == 0) return 0;
  }
  if (excess == 0) Finding("memory is not given back");
  std::fprintf(stderr, "%zu bytes for a document of %zu\n", excess, size - 1);
  Finding("a document takes more memory than its size justifies");
}
