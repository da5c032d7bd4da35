// SPDX-License-Identifier: BSD-3-Clause
//
// The region's lock beside the lock of one stripe: docs/design/locks.md; src/core/region/stripe.h and stripe.cc,
// region_lock.h, repair.cc. Each lock is a word that is taken in one step (lock.pml is about how); what is checked is
// that the two exclude each other, and that what a killed holder of either left half done is put back before anybody
// touches it. A process may be killed before every step. README.md beside this says which settings are checked.
//
//   SMALL LARGE KILLS      processes that replace a small value; that do what needs the region's lock; how many die
//   WITHOUT_LOOKING_FIRST  the look at the region's lock that only saves time is left out
//   BREAK_...              one thing is left out of the protocol, so that the check must fail

#ifndef SMALL
#define SMALL 2
#endif
#ifndef LARGE
#define LARGE 1
#endif
#ifndef KILLS
#define KILLS 1
#endif
#define ALL (SMALL + LARGE)

#define FREE 0
#define DIED 9  // A lock: FREE, a process's number, or this.

typedef Entry {
  byte version = 2;  // 0: free; odd: being written.
  byte word[2]
}

// Shared memory: the two locks, two entries whose keys belong to the stripe, and the stripe's undo record.
byte region, stripe;
Entry entry[2];
byte armed;  // 1 + the entry's number.
byte undo[2], last_version = 2;

bool killed[ALL + 1];
bool ended[ALL + 1];
byte kills;

// For the properties: the process that touches the entries or the record now.
byte touching;

#define SLOT_HALF_DONE(i) ((entry[i].version & 1) != 0 || (entry[i].version != 0 && entry[i].word[0] != entry[i].word[1]))
#define HALF_DONE (armed != 0 || SLOT_HALF_DONE(0) || SLOT_HALF_DONE(1))

inline Touch() {
  atomic {
    assert(touching == 0);
    touching = me
  }
}

inline LeaveAlone() {
  atomic {
    assert(touching == me && !HALF_DONE);
    touching = 0
  }
}

// OverwriteInStripe(), of entry `at`.
inline Overwrite() {
  d_step { last_version = last_version + 2; mine = last_version }
  undo[0] = entry[at].word[0];
  undo[1] = entry[at].word[1];
  armed = at + 1;
  entry[at].version = mine + 1;
  entry[at].word[0] = me;
  entry[at].word[1] = me;
  entry[at].version = mine;
  armed = 0
}

// UndoOverwriteInStripe().
inline Undo() {
  if
  :: armed != 0 ->
    if
    :: entry[armed - 1].version != last_version ->
      d_step { last_version = last_version + 2; mine = last_version }
      entry[armed - 1].version = mine + 1;
      entry[armed - 1].word[0] = undo[0];
      entry[armed - 1].word[1] = undo[1];
      entry[armed - 1].version = mine
    :: else
    fi;
    armed = 0
  :: else
  fi
}

// AwaitStripeLocked().
inline AwaitStripe() {
  do
#ifdef BREAK_STRIPE_NOT_AWAITED
  :: stripe != DIED -> break
#else
  :: stripe == FREE -> break
#endif
  :: stripe == DIED ->
    Touch();
#ifndef BREAK_FORGOTTEN_UNDONE
    Undo();
#endif
    LeaveAlone();
    // ForgetDeadHolder(): not if somebody has taken it meanwhile.
    if
    :: atomic { stripe == DIED -> stripe = FREE }
    :: atomic { stripe != DIED -> skip }
    fi
  od
}

// A put of anything else, a removal, a compaction: LockKey(), then the entry is overwritten, or goes to another.
inline WorkUnderRegion() {
  if
  :: atomic { region == FREE -> region = me }
  :: atomic { region == DIED -> region = me; dead = true }
  fi;
  AwaitStripe();
  if
  :: dead ->
    // RepairLocked(): whose undo record the dead one was using is not known, so each is looked at.
    Touch();
#ifndef BREAK_REPAIR_SKIPS_FREE_STRIPES
    Undo();
#endif
    LeaveAlone();
    dead = false
  :: else
  fi;
  Touch();
  if
  :: entry[at].version != 0 -> Overwrite()
  :: entry[at].version != 0 -> entry[at].version = 0
  :: entry[at].version == 0 ->
    d_step { last_version = last_version + 2; mine = last_version }
    entry[at].word[0] = me;
    entry[at].word[1] = me;
    entry[at].version = mine
  fi;
  LeaveAlone();
  region = FREE
}

inline KernelExit() {
  atomic {
    if
    :: region == me -> region = DIED
    :: else
    fi;
    if
    :: stripe == me -> stripe = DIED
    :: else
    fi;
    if
    :: touching == me -> touching = 0
    :: else
    fi
  }
}

// InStripe(), and what comes after it in Region::Put().
proctype Small(byte me) {
  bool dead, done;
  byte mine, at;
  {
    select(at : 0 .. 1);
#ifndef WITHOUT_LOOKING_FIRST
    if
    :: region != FREE -> goto longer
    :: region == FREE
    fi;
#endif
    if
    :: atomic { stripe == FREE -> stripe = me }
    :: atomic { stripe == DIED -> stripe = me; dead = true }
    fi;
    if
#ifndef BREAK_REGION_UNCHECKED
    :: region != FREE -> skip
#endif
#ifdef BREAK_DEAD_STRIPE_TAKEN
    :: region == FREE && entry[at].version != 0 ->
#elif defined(BREAK_REGION_UNCHECKED)
    :: !dead && entry[at].version != 0 ->
#else
    :: region == FREE && !dead && entry[at].version != 0 ->
#endif
      Touch();
      Overwrite();
      LeaveAlone();
      done = true
    :: dead || entry[at].version == 0 -> skip
    fi;
    if
    :: dead && !done -> stripe = DIED
    :: else -> stripe = FREE
    fi;
    dead = false;
longer:
    if
    :: !done -> WorkUnderRegion()
    :: else
    fi
  } unless {
    killed[me] -> KernelExit()
  }
  ended[me] = true
}

proctype Large(byte me) {
  bool dead;
  byte mine, at;
  {
    select(at : 0 .. 1);
    WorkUnderRegion()
  } unless {
    killed[me] -> KernelExit()
  }
  ended[me] = true
}

proctype Killer() {
  byte who;
end:
  do
  :: atomic {
      kills < KILLS ->
      select(who : 1 .. ALL);
      if
      :: !killed[who] && !ended[who] -> killed[who] = true; kills++
      :: else
      fi
    }
  od
}

init {
  atomic {
    byte i;
    for (i : 1 .. ALL) {
      if
      :: i <= SMALL -> run Small(i)
      :: else -> run Large(i)
      fi
    }
    run Killer()
  }
}
