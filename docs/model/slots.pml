// SPDX-License-Identifier: BSD-3-Clause
//
// Putting, getting and pinning one slot: docs/design/slots.md; src/core/slots/slot_lock.h, slot_get.cc and slot_put.cc.
// Every store to and load from shared memory is a step of its own, and the holder of the slot's lock may be killed
// before any of them. The lock is one step here: lock.pml is about it. README.md beside this says what is checked, with
// which settings, and what is left out.
//
//   PUTTERS PUTS KILLS   putters (at most 2), how much they do altogether, how many lock holders are killed
//   READERS READS        readers, how often each reads
//   PINNED               true: pinned from the start. PINS: one more process asks for the address, and may be killed
//   STORES               true: a process with the address stores to the slot's second byte, which no put touches then
//   BREAK_...            one thing is left out of the protocol, so that the check must fail
//
// A slot has two bytes. A put stores its number in both, or in the first one only and keeps the second.

#ifndef PUTTERS
#define PUTTERS 2
#endif
#ifndef PUTS
#define PUTS 3
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
#ifndef PINNED
#define PINNED false
#endif
#ifndef PINS
#define PINS false
#endif
#ifndef STORES
#define STORES false
#endif

#define FREE 0
#define DIED 9  // The lock: 0, a process's number, or this.
#define PINNER 3
#define READER 4
#define STORED 99  // What is stored at the slot's address.

typedef Bytes {
  byte at[2]
}

// Shared memory.
byte lock;
byte state;
bool pinned = PINNED;
byte put_bytes;
Bytes buffer[2];

bool killed[4];
bool ended[4];
byte kills;
byte puts;
byte readers_left = READERS;

// For the properties: every value that was current, in their order, and how many there were. Value 0 is {0, 0}.
Bytes value[5];
byte current;
bool has_address = PINNED;
bool is_stored;

#define OTHER(state) (1 - ((state) & 1))
#define NEXT(state) ((state) + 1)
#ifdef BREAK_STATE_ONLY_TOGGLES
#undef NEXT
#define NEXT(state) (1 - (state))
#endif
#ifdef BREAK_ONE_BUFFER
#undef OTHER
#define OTHER(state) ((state) & 1)
#undef NEXT
#define NEXT(state) ((state) + 2)
#endif

// From buffer 1 to buffer 0. The caller has the lock, and nobody else changes the state.
inline Settle(bytes) {
  buffer[0].at[0] = buffer[1].at[0];
  if
#ifdef BREAK_SETTLE_ALL
  :: true -> buffer[0].at[1] = buffer[1].at[1]
#else
  :: bytes == 2 -> buffer[0].at[1] = buffer[1].at[1]
  :: else
#endif
  fi;
  state = NEXT(state)
}

// What a holder does first.
inline FinishForTheDead() {
  if
#ifdef BREAK_DEAD_NOT_FINISHED
  :: false ->
#else
  :: pinned && (state & 1) != 0 ->
#endif
    bytes = put_bytes;
    Settle(bytes);
    bytes = 0
  :: else
  fi
}

// Who gives back the lock of a pinned slot leaves the value where others have its address.
inline Unlock() {
  atomic {
    assert(!pinned || (state & 1) == 0);
    lock = FREE
  }
}

inline Commit(number) {
  d_step {
    current++;
    value[current].at[0] = number;
    value[current].at[1] = (length == 2 -> number : value[current - 1].at[1]);
    state = NEXT(state)
  }
}

inline Put(number) {
  if
  :: length = 1
  :: !STORES -> length = 2
  fi;
#ifdef BREAK_COMMIT_TOO_EARLY
  Commit(number);
  buffer[state & 1].at[0] = number;
  buffer[state & 1].at[1] = (length == 2 -> number : buffer[OTHER(state)].at[1]);
#else
  buffer[OTHER(state)].at[0] = number;
  if
  :: length == 2 -> buffer[OTHER(state)].at[1] = number
#ifndef BREAK_REST_NOT_COPIED
  :: else -> buffer[OTHER(state)].at[1] = buffer[state & 1].at[1]
#else
  :: else
#endif
  fi;
#endif
  if
  :: pinned ->
#ifdef BREAK_LENGTH_TOO_LATE
    Commit(number);
    put_bytes = length
#else
    put_bytes = length;
#ifndef BREAK_COMMIT_TOO_EARLY
    Commit(number)
#endif
#endif
    ;
    if
    :: (state & 1) != 0 -> Settle(length)
    :: else
    fi
  :: else ->
#ifndef BREAK_COMMIT_TOO_EARLY
    Commit(number)
#else
    skip
#endif
  fi;
  length = 0
}

inline Die(me) {
  atomic {
    killed[me] ->
    if
    :: lock == me -> lock = DIED
    :: else
    fi
  }
}

proctype Putter(byte me) {
  byte number, length, bytes;
  {
    do
    :: atomic { puts < PUTS && (lock == FREE || lock == DIED) -> puts++; number = puts; lock = me };
      FinishForTheDead();
      Put(number);
      Unlock();
      number = 0
    :: puts == PUTS -> break
    od
  } unless {
    Die(me)
  }
  atomic { number = 0; length = 0; bytes = 0; ended[me] = true }
}

// Asks for the address.
proctype Pinner() {
  byte bytes;
  {
    atomic { (lock == FREE || lock == DIED) -> lock = PINNER };
    FinishForTheDead();
#ifdef BREAK_PINNED_TOO_EARLY
    pinned = true;
#endif
    if
    :: (state & 1) != 0 -> Settle(2)
    :: else
    fi;
    pinned = true;
    Unlock();
    has_address = true
  } unless {
    Die(PINNER)
  }
  atomic { bytes = 0; ended[PINNER] = true }
}

// Stores where the address leads, beside any putter.
proctype Storer() {
  do
  :: atomic { has_address -> buffer[0].at[1] = STORED; is_stored = true }; break
  :: atomic { PINS && ended[PINNER] && !has_address -> break }
  od
}

// A read is a value that was current at some time between its beginning and its end. What was stored at the address
// before it began is in it, when nobody puts any more.
inline Check() {
  atomic {
    assert(!must_be_stored || copy.at[1] == STORED);
    k = floor;
    do
    :: k > current -> assert(false)
    :: k <= current && value[k].at[0] == copy.at[0] &&
       (value[k].at[1] == copy.at[1] || (STORES && (copy.at[1] == 0 || copy.at[1] == STORED))) -> break
    :: else -> k++
    od;
    k = 0
  }
}

proctype Reader() {
  byte reads, floor, before, bytes, k;
  bool must_be_stored;
  Bytes copy;
  do
  :: reads < READS ->
    atomic { reads++; floor = current; must_be_stored = is_stored && ended[1] && (ended[2] || PUTTERS == 1) }
again:
    before = state;
    copy.at[0] = buffer[before & 1].at[0];
    copy.at[1] = buffer[before & 1].at[1];
#ifndef BREAK_UNCHECKED
    if
    :: state != before -> goto again
    :: else
    fi;
#endif
    // A put to a pinned slot was killed: then what is stored at its address would not be seen.
    if
#ifdef BREAK_READER_LEAVES_IT
    :: false ->
#else
    :: (before & 1) != 0 && pinned && lock == DIED ->
#endif
      if
      :: atomic { lock == DIED -> lock = READER };
        FinishForTheDead();
        before = state;
        copy.at[0] = buffer[before & 1].at[0];
        copy.at[1] = buffer[before & 1].at[1];
        Unlock()
      :: atomic { lock != DIED -> goto again }
      fi
    :: else
    fi;
    Check();
    atomic { must_be_stored = false; floor = 0; before = 0; copy.at[0] = 0; copy.at[1] = 0 }
  :: else -> break
  od;
  atomic { readers_left-- }
}

proctype Killer() {
end:
  do
  :: atomic { kills < KILLS && !killed[1] && !ended[1] -> killed[1] = true; kills++ }
#if PUTTERS == 2
  :: atomic { kills < KILLS && !killed[2] && !ended[2] -> killed[2] = true; kills++ }
#endif
  :: atomic { PINS && kills < KILLS && !killed[PINNER] && !ended[PINNER] -> killed[PINNER] = true; kills++ }
  od
}

// When all is over, the next process finds the last value, and what was stored; in a pinned slot, in buffer 0.
proctype Last() {
  byte bytes;
  ended[1] && (ended[2] || PUTTERS == 1) && (ended[PINNER] || !PINS) && readers_left == 0 && (is_stored || !STORES || !has_address);
  if
  :: lock == DIED -> FinishForTheDead()
  :: else
  fi;
  assert(!pinned || (state & 1) == 0);
  assert(!has_address || pinned);
  assert(buffer[state & 1].at[0] == value[current].at[0]);
  assert(buffer[state & 1].at[1] == (is_stored -> STORED : value[current].at[1]))
}

init {
  atomic {
    byte i;
    for (i : 1 .. PUTTERS) { run Putter(i) }
    for (i : 1 .. READERS) { run Reader() }
    if
    :: PINS -> run Pinner()
    :: else
    fi;
    if
    :: STORES -> run Storer()
    :: else
    fi;
    run Killer();
    run Last()
  }
}
