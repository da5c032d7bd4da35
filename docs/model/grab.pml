// SPDX-License-Identifier: BSD-3-Clause
//
// Granting, releasing and reclaiming slots: docs/design/slots.md; src/core/slots/slot_grab.cc, slot_owner.cc and
// slot_bitmap.cc. Every store to and load from shared memory is a step of its own, and a user may be killed before any
// of them. The lock is one step here: lock.pml is about it. README.md beside this says what is checked, with which
// settings, and what is left out.
//
//   USERS ROUNDS KILLS   users (at most 3), how often each grabs and releases, how many of them are killed
//   SAME_PID             true: user 3 starts when user 1 has ended, and gets its pid
//   BREAK_...            one thing is left out of the protocol, so that the check must fail
//
// Four slots, two bits to a word. Slot 0 is somebody else's for good.

#ifndef USERS
#define USERS 2
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef SAME_PID
#define SAME_PID false
#endif

#define SLOTS 4
#define FREE 0
#define DIED 9  // The lock: 0, a user's number, or this.
#define SOMEBODY 7
#define PID(user) (SAME_PID && (user) == 3 -> 1 : (user))

// Shared memory. A user's number is the time at which it started.
byte lock;
bool in_use[SLOTS];
byte full_words;  // Where a search begins: no word below it has a clear bit.
byte free_slots = SLOTS - 1;
byte owner_pid[SLOTS];
byte owner_start[SLOTS];

bool killed[4];
bool ended[4];
byte kills;
byte over;

byte holder[SLOTS];  // For the properties: whom a slot was granted to.

#define FULL(word) (in_use[2 * (word)] && in_use[2 * (word) + 1])
#define HAS_ENDED(user) (ended[user] || killed[user])
#define IS_GONE(pid, start) ((pid) != 0 && (pid) != SOMEBODY && (HAS_ENDED(start) || PID(start) != (pid)))

inline Repair() {
#ifndef BREAK_NOT_REPAIRED
#ifndef BREAK_SEARCH_NOT_REPAIRED
  full_words = 0;
#endif
#ifndef BREAK_COUNT_NOT_REPAIRED
  free_slots = !in_use[0] + !in_use[1] + !in_use[2] + !in_use[3];
#endif
#endif
  skip
}

inline Lock() {
  if
  :: atomic { lock == FREE -> lock = me }
  :: atomic { lock == DIED -> lock = me };
    Repair()
  fi
}

// What is derived is right whenever the lock is given back.
inline Unlock() {
  atomic {
    assert((full_words < 1 || FULL(0)) && (full_words < 2 || FULL(1)));
    assert(free_slots == !in_use[0] + !in_use[1] + !in_use[2] + !in_use[3]);
    lock = FREE
  }
}

inline StoreOwner() {
  owner_pid[id] = 0;
  owner_start[id] = me;
  owner_pid[id] = PID(me)
}

inline Grab() {
  Lock();
  word = full_words;
  do
  :: FULL(word) -> word++  // Somebody has a slot, and two others one each: one is free.
  :: else -> break
  od;
  if
  :: word != full_words -> full_words = word
  :: else
  fi;
  id = (!in_use[2 * word] -> 2 * word : 2 * word + 1);
  word = 0;
#ifndef BREAK_OWNER_TOO_LATE
  StoreOwner();
#endif
  d_step {
    assert(!in_use[id] && holder[id] == 0);  // Not granted twice, and the lowest.
    assert((id < 1 || in_use[0]) && (id < 2 || in_use[1]) && (id < 3 || in_use[2]));
    in_use[id] = true;
    holder[id] = me
  }
#ifdef BREAK_OWNER_TOO_LATE
  StoreOwner();
#endif
  free_slots = free_slots - 1;
  Unlock()
}

inline Clear() {
  d_step { in_use[id] = false; holder[id] = 0 }
#ifndef BREAK_SEARCH_NOT_MOVED_BACK
  if
  :: id / 2 < full_words -> full_words = id / 2
  :: else
  fi;
#endif
  free_slots = free_slots + 1
}

inline Release() {
  Lock();
  assert(in_use[id] && holder[id] == me && owner_start[id] == me);
  Clear();
  Unlock()
}

// Looks at a slot without the lock, asks the system, takes the lock and looks again.
inline Reclaim() {
  dead = owner_pid[id];
  since = owner_start[id];
  if
  :: owner_pid[id] != dead -> dead = 0
  :: else
  fi;
  if
  :: IS_GONE(dead, since) ->
    Lock();
    if
#if defined(BREAK_NOT_LOOKED_AGAIN)
    :: in_use[id] ->
#elif defined(BREAK_START_NOT_COMPARED)
    :: in_use[id] && owner_pid[id] == dead ->
#else
    :: in_use[id] && owner_pid[id] == dead && owner_start[id] == since ->
#endif
      assert(holder[id] != 0 && holder[id] != SOMEBODY && HAS_ENDED(holder[id]));  // Not a living process's.
      Clear()
    :: else
    fi;
    Unlock()
  :: else
  fi;
  d_step { dead = 0; since = 0 }
}

proctype User(byte me) {
  byte id, word, dead, since, rounds;
  me != 3 || !SAME_PID || ended[1];
  {
    do
    :: rounds < ROUNDS ->
      rounds++;
      Grab();
      Release();
      id = 0
    :: rounds < ROUNDS ->
      rounds++;
      if
      :: id = 1
      :: id = 2
      fi;
      Reclaim();
      id = 0
    :: rounds == ROUNDS -> break
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
  atomic { id = 0; word = 0; dead = 0; since = 0; rounds = 0; ended[me] = true; over++ }
}

proctype Killer() {
end:
  do
  :: atomic { kills < KILLS && !killed[1] && !ended[1] -> killed[1] = true; kills++ }
  :: atomic { kills < KILLS && !killed[2] && !ended[2] -> killed[2] = true; kills++ }
#if USERS == 3
  :: atomic { kills < KILLS && !killed[3] && !ended[3] && (!SAME_PID || ended[1]) -> killed[3] = true; kills++ }
#endif
  od
}

// When all is over, every slot is free, or was granted to a process that died, and can be reclaimed.
proctype Last() {
  byte me, id, dead, since;
  over == USERS;
  me = 8;
  for (id : 1 .. 3) { Reclaim() }
  id = 0;
  Lock();
  Unlock();
  assert(free_slots == SLOTS - 1)
}

init {
  atomic {
    byte i;
    in_use[0] = true;
    holder[0] = SOMEBODY;
    owner_pid[0] = SOMEBODY;
    for (i : 1 .. USERS) { run User(i) }
    run Killer();
    run Last()
  }
}
