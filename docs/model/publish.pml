// SPDX-License-Identifier: BSD-3-Clause
//
// Publishing and reading one variable: docs/design/region.md; src/core/region/overwrite.cc, peek.cc and the
// parts of region.cc and repair.cc that they need. Every store to and load from shared memory is a step of its own, and
// a writer may be killed before any of them. The lock is one step here: lock.pml is about it. README.md beside this says
// what is checked, with which settings, and what is left out.
//
//   WRITERS PUTS KILLS   writers (at most 2), how much they do altogether, how many of them are killed
//   READERS READS        readers, how often each reads
//   REMOVES              true: a writer may also remove the variable, and then its entry may get another key
//   BREAK_...            one thing is left out of the protocol, so that the check must fail
//
// Value n is stored as {n, n, n} in the entry, or as a block that holds n twice. Each put takes the next number, so that
// older and newer show.

#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef PUTS
#define PUTS 2
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef READERS
#define READERS 1
#endif
#ifndef READS
#define READS 1
#endif
#ifndef REMOVES
#define REMOVES false
#endif

#define FREE 0
#define DIED 9  // The lock: 0, a writer's number, or this.
#define HEAP 8  // meta: the value lies in a block. Otherwise meta is the value's number.
#define KEY 1
#define OTHER_KEY 2

typedef Block {
  byte bytes[2]
}

typedef Words {
  byte meta;
  byte payload[2]
}

// Shared memory. At the start the variable has value 1, in block 0.
byte lock;
byte version = 2;
byte key = KEY;
Words entry;
Block block[2];
bool used[2];  // Derived: the allocator's.
byte armed;
Words undo;
byte last_version = 2;

bool killed[3];
bool ended[3];
byte kills;
byte puts;

// For the properties.
byte last_number = 1;  // The last one that a put has begun to store.
byte promised = 1;     // The newest one that was returned, by a put or by a read: nobody may see an older one.

inline NextVersion() {
  d_step {
    last_version = last_version + 2;
    version_to_be = last_version
  }
}

inline StoreWords(a, b, c) {
  entry.meta = a;
  entry.payload[0] = b;
  entry.payload[1] = c
}

inline Repair() {
  if
  :: armed != 0 ->
    if
#ifdef BREAK_UNDONE_AFTER_COMMIT
    :: true ->
#else
    :: version != last_version ->
#endif
#ifdef BREAK_OLD_VERSION_AGAIN
      version_to_be = last_version - 2;
#else
      NextVersion();
#endif
      version = version_to_be + 1;
      entry.meta = undo.meta;
      entry.payload[0] = undo.payload[0];
      entry.payload[1] = undo.payload[1];
      version = version_to_be
#ifndef BREAK_UNDONE_AFTER_COMMIT
    :: else
#endif
    fi;
    armed = 0
  :: else
  fi;
  // What no entry owns is free.
  used[0] = (version != 0 && entry.meta == HEAP && entry.payload[0] == 0);
  used[1] = (version != 0 && entry.meta == HEAP && entry.payload[0] == 1)
}

// Nothing is lost: a block is in use if, and only if, the entry owns it.
inline Unlock() {
  atomic {
    assert(used[0] == (version != 0 && entry.meta == HEAP && entry.payload[0] == 0));
    assert(used[1] == (version != 0 && entry.meta == HEAP && entry.payload[0] == 1));
    assert(armed == 0 && (version & 1) == 0);
    version_to_be = 0;
    lock = FREE
  }
}

inline FreeOld() {
  if
  :: atomic { old != 2 -> used[old] = false; old = 2 }
  :: else
  fi
}

// Puts number `number` under the key; the entry is live.
inline Overwrite() {
  d_step {
    old = (entry.meta == HEAP -> entry.payload[0] : 2);
    last_number++;
    number = last_number
  }
  if
  :: d_step { words.meta = number; words.payload[0] = number; words.payload[1] = number }
  :: d_step {
#ifdef BREAK_FREED_TOO_EARLY
      if
      :: old != 2 -> used[old] = false; old = 2
      :: else
      fi;
#endif
      fresh = (used[0] -> 1 : 0);
      assert(!used[fresh]);
      words.meta = HEAP;
      words.payload[0] = fresh;
      words.payload[1] = 2
    }
    used[fresh] = true;
    block[fresh].bytes[0] = number;
    block[fresh].bytes[1] = number
  fi;
  NextVersion();
#ifndef BREAK_NO_UNDO
#ifdef BREAK_ARMED_TOO_EARLY
  armed = 1;
#endif
  undo.meta = entry.meta;
  undo.payload[0] = entry.payload[0];
  undo.payload[1] = entry.payload[1];
  armed = 1;
#endif
#ifndef BREAK_NEVER_ODD
  version = version_to_be + 1;
#endif
#ifdef BREAK_COMMIT_TOO_EARLY
  version = version_to_be;
#endif
  StoreWords(words.meta, words.payload[0], words.payload[1]);
  version = version_to_be;
  armed = 0;
  FreeOld();
  d_step { words.meta = 0; words.payload[0] = 0; words.payload[1] = 0; old = 2; fresh = 0 }
}

inline Remove() {
  old = (entry.meta == HEAP -> entry.payload[0] : 2);
  version = 0;
  entry.payload[0] = 0;  // The list of free entries goes through here.
  FreeOld();
  d_step { old = 2 }
}

// Puts a value into the free entry, under either key.
inline PutNew() {
  d_step {
    last_number++;
    number = last_number
  }
  if
  :: key = KEY
  :: key = OTHER_KEY
  fi;
  NextVersion();
#ifdef BREAK_COMMIT_TOO_EARLY
  version = version_to_be;
#endif
  StoreWords(number, number, number);
  version = version_to_be
}

proctype Writer(byte me) {
  byte number, version_to_be, old, fresh;
  Words words;
  {
    old = 2;
    do
    :: atomic { puts < PUTS && lock == FREE -> puts++; lock = me };
      if
      :: version != 0 -> Overwrite()
      :: version != 0 && REMOVES -> Remove()
      :: version == 0 -> PutNew()
      fi;
      Unlock();
      d_step {
        if
        :: number > promised -> promised = number
        :: else
        fi;
        number = 0;
        version_to_be = 0
      }
    :: atomic { lock == DIED -> lock = me };
      Repair();
      Unlock()
    :: puts == PUTS && lock == FREE -> break
    od
  } unless {
    atomic {
      killed[me] ->
      if
      :: lock == me -> lock = DIED
      :: else
      fi
    }
  }
  atomic { ended[me] = true }
}

// PeekEntry(), or PeekUndoRecord() while the last holder is dead, then Copy(). Looks again until it has a value or finds none.
proctype Reader() {
  byte reads, floor, before, number;
  bool undone;
  Words words;
  byte bytes[2];
  do
  :: reads < READS ->
    atomic { reads++; floor = promised }
again:
    atomic { words.meta = 0; words.payload[0] = 0; words.payload[1] = 0; bytes[0] = 0; bytes[1] = 0; undone = false }
    if
    :: atomic { version == 0 -> goto next }
    :: atomic { (version & 1) == 0 && version != 0 -> before = version }
    :: atomic { (version & 1) != 0 && lock == DIED -> undone = true }
    fi;
    if
    :: undone ->
      before = version;
      if
      :: armed == 0 -> goto again
      :: else
      fi;
      if
      :: (before & 1) == 0 -> goto again
      :: else
      fi
    :: else
    fi;
    if
    :: key == KEY
    :: else -> goto next
    fi;
    if
    :: undone ->
      words.meta = undo.meta;
      words.payload[0] = undo.payload[0];
      words.payload[1] = undo.payload[1]
    :: else ->
      words.meta = entry.meta;
      words.payload[0] = entry.payload[0];
      words.payload[1] = entry.payload[1]
    fi;
#ifndef BREAK_UNCHECKED
    if
    :: version != before -> goto again
    :: else
    fi;
#endif
    if
    :: words.meta == HEAP ->
      assert(words.payload[0] < 2 && words.payload[1] == 2);
      bytes[0] = block[words.payload[0]].bytes[0];
      bytes[1] = block[words.payload[0]].bytes[1];
#if !defined(BREAK_UNCHECKED) && !defined(BREAK_COPY_UNCHECKED)
      if
      :: version != before -> goto again
      :: else
      fi;
#endif
      assert(bytes[0] == bytes[1]);
      number = bytes[0]
    :: else ->
      assert(words.meta == words.payload[0] && words.meta == words.payload[1]);
      number = words.meta
    fi;
    atomic {
      words.meta = 0;
      words.payload[0] = 0;
      words.payload[1] = 0;
      bytes[0] = 0;
      bytes[1] = 0;
      assert(number != 0 && number >= floor);
      if
      :: number > promised -> promised = number
      :: else
      fi
    }
next:
    atomic { floor = 0; before = 0; number = 0 }
  :: else -> break
  od
}

proctype Killer() {
end:
  do
  :: atomic { kills < KILLS && !killed[1] && !ended[1] -> killed[1] = true; kills++ }
#if WRITERS == 2
  :: atomic { kills < KILLS && !killed[2] && !ended[2] -> killed[2] = true; kills++ }
#endif
  od
}

init {
  atomic {
    byte i;
    block[0].bytes[0] = 1;
    block[0].bytes[1] = 1;
    used[0] = true;
    entry.meta = HEAP;
    entry.payload[1] = 2;
    for (i : 1 .. WRITERS) { run Writer(i) }
    for (i : 1 .. READERS) { run Reader() }
    run Killer()
  }
}
