// SPDX-License-Identifier: BSD-3-Clause
//
// The region's lock with takeover from a dead holder: src/port/robust_lock*_linux.cc and what the kernel does when a
// thread dies. README.md beside this says what is checked, with which settings, and what is left out.
//
//   USERS ROUNDS KILLS   users (at most 3), how often each takes the lock, how many of them are killed, anywhere
//   SLICES               0: sleeps have no end; 1: a slice may end at any time; 2: it ends when nothing else can happen
//   GIVE_UP              true: a waiter may stop waiting at any look (lock_timeout)
//   FIRST_WORD           what stands in the word at the start, with namespace 1 beside it (36: nobody's thread id, unlisted)
//   LAST_TID LAST_NS     thread id and pid namespace of the last user; all others have 1, 2, ... and namespace 1
//   LISTED               how many of the users, from the first on, have a robust list (all)
//   BREAK_...            one thing is left out of the protocol, so that the check must fail

#ifndef USERS
#define USERS 3
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef SLICES
#define SLICES 1
#endif
#ifndef GIVE_UP
#define GIVE_UP false
#endif
#ifndef FIRST_WORD
#define FIRST_WORD 0
#endif
#ifndef LAST_TID
#define LAST_TID USERS
#endif
#ifndef LAST_NS
#define LAST_NS 1
#endif
#ifndef LISTED
#define LISTED USERS
#endif

#define TID_MASK 7
#define WAITERS 8
#define OWNER_DIED 16
#define UNLISTED 32  // Of a holder whose death the kernel does not mark.

// Shared memory.
byte word = FIRST_WORD;
byte word_ns = (FIRST_WORD != 0 -> 1 : 0);
bool half_done;  // What the lock guards was left in the middle.

// The kernel's, and each thread's own.
bool pending[4];  // list_op_pending names the word.
bool asleep[4];
bool killed[4];
bool ended[4];
bool exists[16];  // By 5 * namespace + thread id.

// For the properties.
bool holds[4];
byte holders;
byte kills;
byte stuck;  // How often nothing could happen but the end of a slice.
byte over;

#define ALL_OVER (over == USERS)

inline WakeOne() {
  atomic {
    if
    :: asleep[1] -> asleep[1] = false
    :: asleep[2] -> asleep[2] = false
    :: asleep[3] -> asleep[3] = false
    :: else
    fi
  }
}

// TryTake(): sets took.
inline Take(expected, desired) {
  pending[me] = true;
  d_step {
    took = (word == (expected));
    if
    :: took ->
      word = desired;
      assert(holders == 0);
      holders++;
      holds[me] = true
    :: else
    fi
  }
  if
  :: atomic { took -> word_ns = my_ns }
  :: atomic { else -> pending[me] = false }
  fi
}

inline Acquire() {
  Take(0, tid | unlisted);
  do
  :: took -> break
  :: !took && GIVE_UP -> break
  :: !took ->
    if
    :: atomic { (word & TID_MASK) == 0 -> look = word; died = ((look & OWNER_DIED) != 0) };
#ifndef BREAK_NAMESPACE_STAYS
      if
      :: died -> word_ns = 0
      :: else
      fi;
#endif
      Take(look, tid | unlisted | (look & WAITERS) | slept)
    :: atomic { else -> look = word; gone = false };
      if
      :: look == seen ->
        // UnlistedHolderIsGone()
        gone = ((look & UNLISTED) != 0);
#ifndef BREAK_NAMESPACE_UNCHECKED
        gone = gone && (word_ns == my_ns);
#endif
        gone = gone && ((look & TID_MASK) == tid || !exists[5 * my_ns + (look & TID_MASK)])
      :: else
      fi;
      if
      :: gone ->
        died = true;
        Take(look, tid | unlisted | WAITERS)
      :: else ->
        d_step {
          if
          :: word == look ->
            word = look | WAITERS;
            look = word;
#ifndef BREAK_BIT_NOT_PASSED_ON
            slept = WAITERS
#endif
          :: else -> look = 0
          fi
        }
        if
        :: look != 0 ->
          asleep[me] = (word == look);  // FUTEX_WAIT compares and sleeps in one step.
          if
          :: !asleep[me]
#if SLICES == 1
          :: atomic { asleep[me] -> asleep[me] = false; seen = look }
#elif SLICES == 2
          :: atomic { timeout -> asleep[me] = false; seen = look; stuck++; assert(stuck <= kills) }
#endif
          fi
        :: else
        fi;
        look = 0
      fi
    fi
  od
}

inline Release() {
  word_ns = 0;
#ifdef BREAK_WAKE_BEFORE_RELEASE
  if
  :: (word & WAITERS) != 0 -> WakeOne()
  :: else
  fi;
#endif
  d_step {
    assert((word & TID_MASK) == tid);
    look = word;
    word = 0;
    holders--;
    holds[me] = false
  }
  pending[me] = false;
#ifndef BREAK_WAKE_BEFORE_RELEASE
  if
  :: (look & WAITERS) != 0 -> WakeOne()
  :: else
  fi;
#endif
  d_step { look = 0; took = false }
}

// What the kernel does for a thread that dies. Others go on between any two steps of it.
inline KernelExit() {
#ifndef BREAK_NOT_PENDING
  if
  :: pending[me] && unlisted == 0 ->
    do
    :: look = word;
      if
      :: (look & TID_MASK) == 0 ->
        WakeOne();
        break
      :: (look & TID_MASK) == tid ->
        d_step {
          took = (word == look);
          if
          :: took -> word = (look & WAITERS) | OWNER_DIED
          :: else
          fi
        }
        if
        :: took && (look & WAITERS) != 0 ->
          WakeOne();
          break
        :: took && (look & WAITERS) == 0 -> break
        :: !took
        fi
      :: else -> break
      fi
    od
  :: else
  fi;
#endif
  exists[5 * my_ns + tid] = false
}

proctype User(byte me; byte tid; byte my_ns; byte unlisted) {
  byte look, seen, slept, rounds;
  bool took, died, gone;
  {
    do
    :: rounds < ROUNDS ->
      rounds++;
      Acquire();
      if
      :: took ->
        // A repair, if there was a death. Until it is over, the next one must be told again.
        d_step { assert(died || !half_done); look = 0; seen = 0; slept = 0; died = false; gone = false };
        half_done = true;
        half_done = false;
        Release()
      :: else
      fi
    :: else -> break
    od
  } unless {
    killed[me] -> KernelExit()
  }
  atomic { ended[me] = true; over++ }
}

inline Kill(who) {
  killed[who] = true;
  kills++;
  asleep[who] = false;
  if
  :: holds[who] ->
    holds[who] = false;
    holders--
  :: else
  fi
}

proctype Killer() {
end:
  do
  :: atomic { kills < KILLS && !killed[1] && !ended[1] -> Kill(1) }
  :: atomic { kills < KILLS && !killed[2] && !ended[2] -> Kill(2) }
#if USERS == 3
  :: atomic { kills < KILLS && !killed[3] && !ended[3] -> Kill(3) }
#endif
#if defined(LIVENESS) || SLICES == 2
  :: break  // Fewer kills, and then nothing else can happen: that counts, too.
#endif
  od
}

init {
  atomic {
    byte user;
    for (user : 1 .. USERS) {
      if
      :: user < USERS ->
        exists[5 + user] = true;
        run User(user, user, 1, (user <= LISTED -> 0 : UNLISTED))
      :: else ->
        exists[5 * LAST_NS + LAST_TID] = true;
        run User(user, LAST_TID, LAST_NS, (user <= LISTED -> 0 : UNLISTED))
      fi
    }
    run Killer()
  }
}

#ifdef LIVENESS
ltl ends { <> ALL_OVER }
#endif
