// SPDX-License-Identifier: BSD-3-Clause
//
// The spare block of each stripe: a value in the heap is replaced by one of the same size under its stripe's lock
// alone, while the holder of the region's lock takes and frees blocks for keys of other stripes. docs/design/locks.md;
// src/core/region/stripe.h, overwrite.h, heap.h, repair.h. Each lock is a word that is taken in one step (lock.pml is about
// how), and a process may be killed before every step. One that was killed begins again, as a new process. README.md
// beside this says what is checked, with which settings, and what is left out.
//
//   PUTS KILLS   how many puts the two workers do altogether, how many kills
//   READS        how often the reader reads entry 0
//   ONE_STRIPE   true: the keys of both entries belong to stripe 0. False: each has a stripe of its own
//   INLINE       true: a put may also keep its value in the entry
//   FREE_SPARES  true: the holder of the region's lock may also free the spares of all stripes, or of those that are free
//   REMOVES      true: a worker may also remove a variable
//   BREAK_...    one thing is done wrongly, so that the check must fail
//
// Value n is n in its entry's second word, which stands for all words but the block's, and twice in its block. Each put
// takes the next number; the lowest bit says which entry it is for.

#ifndef PUTS
#define PUTS 2
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef READS
#define READS 1
#endif
#ifndef ONE_STRIPE
#define ONE_STRIPE false
#endif
#ifndef INLINE
#define INLINE false
#endif
#ifndef FREE_SPARES
#define FREE_SPARES false
#endif
#ifndef REMOVES
#define REMOVES false
#endif

#define FREE 0
#define DIED 9    // A lock: FREE, a process's number, or this.
#define NONE 0    // No block.
#define BLOCKS 5  // Numbered from 1, side by side.
#define COMMITTED(of_stripe, of_entry) (entry[of_entry].version == stripe[of_stripe].last_version)
#define IN(s, b) (entry[s].block == b && entry[s].version != 0)
#define IN_SLOT(b) (IN(0, b) || IN(1, b))
#define STRIPE_OF(s) (ONE_STRIPE -> 0 : s)
#ifdef BREAK_ONE_SPARE_FOR_ALL
#define MY_SPARE stripe[0].spare
#else
#define MY_SPARE stripe[mine].spare
#endif

typedef Entry {
  byte version = 2;  // 0: no variable.
  byte block;        // NONE: the value is kept in the entry.
  byte rest
}

typedef Stripe {
  byte lock;
  byte spare;
  byte last_version = 2;
  byte armed;  // 1 + the entry's number.
  byte undo_block, undo_rest
}

typedef Block {
  bool previous_free;  // The bit in `units`: the block before this one is free.
  bool taken;          // Its owner is not 0. Who that is matters to compaction only, which asks the entries first.
  byte bytes[2]
}

// Shared memory.
byte region;
Entry entry[2];
Stripe stripe[2];
Block block[BLOCKS + 2];
bool listed[BLOCKS + 2];  // What is in the lists of free blocks.

bool killed[3];
byte kills, puts;

// For the properties.
byte last_number = 2;
byte promised = 2;  // The newest of entry 0 that was returned, by a put or by a read.

inline NextNumber() {
  d_step {
    last_number = last_number + 2;
    number = last_number + at
  }
}

inline NextVersion() {
  d_step {
    stripe[mine].last_version = stripe[mine].last_version + 2;
    version = stripe[mine].last_version
  }
}

// Into a block that no entry's value lies in, and that is in no list.
inline CopyIn() {
  atomic {
    assert(!IN_SLOT(fresh) && !listed[fresh]);
    block[fresh].bytes[0] = number
  }
  block[fresh].bytes[1] = number
}

// OverwriteInStripe(), up to the commit.
inline Overwrite() {
  // One step, since the record counts for nothing until it is armed. In publish.pml each word is a step.
  d_step {
    stripe[mine].last_version = stripe[mine].last_version + 2;
    version = stripe[mine].last_version;
    stripe[mine].undo_block = entry[at].block;
    stripe[mine].undo_rest = entry[at].rest
  }
  stripe[mine].armed = at + 1;
  entry[at].version = version + 1;
#ifdef BREAK_SPARE_TOO_EARLY
  if
  :: region != me && old != NONE -> MY_SPARE = old
  :: else
  fi;
#endif
  entry[at].block = fresh;
  entry[at].rest = number;
  entry[at].version = version
}

// UndoOverwriteInStripe() for stripe `mine`: puts back what was not committed, finishes what was.
inline Undo() {
  undoing = stripe[mine].armed;
  if
  :: undoing != 0 ->
    undoing--;
    if
    :: !COMMITTED(mine, undoing) ->
#ifdef BREAK_OLD_VERSION_AGAIN
      version = stripe[mine].last_version - 2;
#else
      NextVersion();
#endif
      entry[undoing].version = version + 1;
      entry[undoing].block = stripe[mine].undo_block;
      entry[undoing].rest = stripe[mine].undo_rest;
      entry[undoing].version = version
#ifndef BREAK_NOT_FINISHED
    :: COMMITTED(mine, undoing) && entry[undoing].block != NONE && stripe[mine].undo_block != NONE &&
       entry[undoing].block != stripe[mine].undo_block ->
      MY_SPARE = stripe[mine].undo_block
#endif
    :: else
    fi;
    stripe[mine].armed = 0;
    d_step { version = 0; undoing = 0 }
  :: else
  fi
}

// AwaitStripeLocked(), of stripe `mine`.
inline AwaitStripe() {
  do
#ifdef BREAK_STRIPE_NOT_AWAITED
  :: stripe[mine].lock != DIED -> break
#else
  :: stripe[mine].lock == FREE -> break
#endif
  :: stripe[mine].lock == DIED ->
#ifndef BREAK_FORGOTTEN_UNDONE
    Undo();
#endif
    // ForgetDeadHolder(): not if somebody has taken it meanwhile.
    if
    :: atomic { stripe[mine].lock == DIED -> stripe[mine].lock = FREE }
    :: atomic { stripe[mine].lock != DIED -> skip }
    fi
  od
}

// JoinFree(), of block `old`: looks at both neighbours. What would be joined stays apart here.
inline Join() {
  atomic {
    assert(!listed[old]);
    block[old].taken = false
  }
  assert(block[old + 1].taken || listed[old + 1]);
  assert(!block[old].previous_free || (listed[old - 1] && !block[old - 1].taken));
  atomic { listed[old] = true; block[old + 1].previous_free = true; old = NONE }
}

// RebuildHeapLocked(). All that is stored about one block is one step.
inline Rebuild() {
  atomic { for (at : 1 .. BLOCKS) { listed[at] = false } }
#ifndef BREAK_REBUILD_KEEPS_SPARES
  stripe[0].spare = NONE;
  stripe[1].spare = NONE;
#endif
  at = 1;
  do
  :: atomic {
      at <= BLOCKS ->
      listed[at] = !IN_SLOT(at);
      block[at].taken = IN_SLOT(at);
      block[at + 1].previous_free = listed[at];
      at++
    }
  :: atomic { else -> at = 0; break }
  od
}

// RepairLocked(): whose undo record a dead holder was using is not known, so each is looked at.
inline Repair() {
  mine = 0;
  do
  :: mine < 2 ->
#ifdef BREAK_REBUILD_NOT_AWAITED
    if
    :: stripe[mine].lock == FREE || stripe[mine].lock == DIED -> AwaitStripe(); Undo()
    :: else
    fi;
#else
    AwaitStripe();
#ifndef BREAK_REPAIR_SKIPS_FREE_STRIPES
    Undo();
#endif
#endif
    mine++
  :: else -> break
  od;
  Rebuild()
}

inline LockRegion() {
  if
  :: atomic { region == FREE -> region = me }
  :: atomic { region == DIED -> region = me; dead = true }
  fi;
  if
  :: dead ->
    place = at;
    Repair();
    atomic { at = place; place = 0; mine = STRIPE_OF(at); dead = false }
  :: else
  fi
}

// Frees `old`: it becomes the stripe's spare, and the one that was joins the list. FreeLocked().
inline FreeOld() {
  atomic { place = MY_SPARE; MY_SPARE = old; old = place; place = 0 }
  if
  :: old != NONE -> Join()
  :: else
  fi
}

// A put of whatever size, stripe `mine` is free.
inline PutUnderRegion() {
  NextNumber();
  if
  :: atomic { MY_SPARE != NONE && block[MY_SPARE].taken -> fresh = MY_SPARE }
#ifndef BREAK_SPARE_STAYS
    MY_SPARE = NONE
#endif
  :: atomic {
      (listed[1] || listed[2] || listed[3] || listed[4] || listed[5]) ->
      fresh = (listed[1] -> 1 : (listed[2] -> 2 : (listed[3] -> 3 : (listed[4] -> 4 : 5))));
      assert(!block[fresh].taken);
      listed[fresh] = false;
      block[fresh + 1].previous_free = false
    }
    block[fresh].taken = true
  :: INLINE -> skip
  fi;
  if
  :: fresh != NONE -> CopyIn()
  :: else
  fi;
  if
  :: entry[at].version != 0 ->
    old = entry[at].block;
    Overwrite();
    stripe[mine].armed = 0;
    if
    :: old != NONE -> FreeOld()
    :: else
    fi
  :: else ->
    entry[at].block = fresh;
    entry[at].rest = number;
    NextVersion();
    entry[at].version = version
  fi
}

inline Remove() {
  old = entry[at].block;
  entry[at].version = 0;
  if
  :: old != NONE -> FreeOld()
  :: else
  fi
}

// When room is missing: the spares join the list.
inline FreeSpares() {
  mine = 0;
  do
  :: mine < 2 ->
#ifndef BREAK_SPARES_FREED_UNASKED
    if
    :: AwaitStripe()
    :: stripe[mine].lock != FREE -> goto next_spare
    fi;
#endif
    old = stripe[mine].spare;
    if
    :: old != NONE ->
      stripe[mine].spare = NONE;
      Join()
    :: else
    fi;
next_spare:
    mine++
  :: else -> break
  od;
  mine = STRIPE_OF(at)
}

inline WorkUnderRegion() {
  LockRegion();
  AwaitStripe();
  if
  :: putting -> PutUnderRegion()
  :: putting && FREE_SPARES -> FreeSpares(); PutUnderRegion()
  :: putting && REMOVES && entry[at].version != 0 -> Remove()
  :: !putting  // Only here to repair.
  fi;
  region = FREE
}

// ReplaceInStripe().
inline Replace() {
  if
  :: atomic { stripe[mine].lock == FREE -> stripe[mine].lock = me }
  :: atomic { stripe[mine].lock == DIED -> stripe[mine].lock = me; dead = true }
  fi;
  if
#ifdef BREAK_REGION_UNCHECKED
  :: !dead ->
#else
  :: region != FREE || dead -> skip
  :: region == FREE &&
#ifdef BREAK_DEAD_STRIPE_TAKEN
     true ->
#else
     !dead ->
#endif
#endif
    old = (entry[at].version != 0 -> entry[at].block : NONE);
    fresh = MY_SPARE;
    if
    :: old != NONE && fresh != NONE && block[fresh].taken ->
      NextNumber();
      CopyIn();
      Overwrite();
#ifdef BREAK_DISARMED_TOO_EARLY
      stripe[mine].armed = 0;
#endif
      MY_SPARE = old;
#ifdef BREAK_OLD_BLOCK_FREE
      block[old].taken = false;
      block[old].taken = true;
#endif
#ifdef BREAK_SIZE_STORED
      block[fresh].previous_free = false;
#endif
      stripe[mine].armed = 0;
      done = true
    :: old == NONE && INLINE && entry[at].version != 0 ->
      fresh = NONE;
      NextNumber();
      Overwrite();
      stripe[mine].armed = 0;
      done = true
    :: else
    fi
#ifdef BREAK_REGION_UNCHECKED
  :: dead
#endif
  fi;
  if
  :: dead && !done -> atomic { stripe[mine].lock = DIED; dead = false; old = NONE; fresh = NONE; version = 0 }
  :: else -> atomic { stripe[mine].lock = FREE; dead = false; old = NONE; fresh = NONE; version = 0 }
  fi
}

inline Forget() {
  d_step {
    at = 0;
    mine = 0;
    number = 0;
    version = 0;
    fresh = NONE;
    old = NONE;
    place = 0;
    undoing = 0;
    dead = false;
    putting = false;
    done = false
  }
}

proctype Worker(byte me) {
  byte at, mine, number, version, fresh, old, place, undoing;
  bool dead, putting, done;
begin:
  {
    do
    :: atomic {
        if
        :: puts < PUTS ->
          puts++;
          putting = true;
          if
          :: at = 0
          :: at = 1
          fi
        :: region == DIED || stripe[0].lock == DIED -> skip
        :: stripe[1].lock == DIED -> at = 1
        fi;
        mine = STRIPE_OF(at)
      }
      if
      :: putting -> Replace()
      :: skip
      fi;
      if
      :: !done -> WorkUnderRegion()
      :: else
      fi;
      atomic {
        if
        :: putting && at == 0 && number > promised -> promised = number
        :: else
        fi;
        Forget()
      }
    :: puts == PUTS && region == FREE && stripe[0].lock == FREE && stripe[1].lock == FREE -> break
    od
  } unless {
    atomic {
      killed[me] ->
      killed[me] = false;
      if
      :: region == me -> region = DIED
      :: else
      fi;
      if
      :: stripe[0].lock == me -> stripe[0].lock = DIED
      :: stripe[1].lock == me -> stripe[1].lock = DIED
      :: else
      fi;
      Forget();
      goto begin
    }
  }
}

inline ForgetRead() {
  d_step { from = NONE; rest = 0; bytes[0] = 0; bytes[1] = 0; undone = false; before = 0 }
}

// PeekEntry(), or PeekUndoRecord() behind a dead holder, then Copy(). Looks again until it has a value.
proctype Reader() {
  byte reads, floor, before, from, rest, bytes[2];
  bool undone;
  do
  :: reads < READS ->
    atomic { reads++; floor = promised }
again:
    ForgetRead();
    if
    :: atomic { entry[0].version == 0 -> floor = 0; goto next }
    :: atomic { entry[0].version != 0 && (entry[0].version & 1) == 0 -> before = entry[0].version }
    :: atomic { (entry[0].version & 1) != 0 && (region == DIED || stripe[0].lock == DIED) -> undone = true }
    fi;
    if
    :: undone ->
      before = entry[0].version;
      if
      :: stripe[0].armed != 1 || (before & 1) == 0 -> goto again
      :: else
      fi;
      from = stripe[0].undo_block;
      rest = stripe[0].undo_rest;
    :: else ->
      from = entry[0].block;
      rest = entry[0].rest
    fi;
    if
    :: entry[0].version != before -> goto again
    :: else
    fi;
    if
    :: undone && stripe[0].armed != 1 -> goto again
    :: else
    fi;
    if
    :: from != NONE ->
      bytes[0] = block[from].bytes[0];
      bytes[1] = block[from].bytes[1];
#ifndef BREAK_COPY_UNCHECKED
      if
      :: entry[0].version != before -> goto again
      :: else
      fi;
#endif
      assert(bytes[0] == rest && bytes[1] == rest)
    :: else
    fi;
    atomic {
      assert((rest & 1) == 0 && rest >= floor);
      if
      :: rest > promised -> promised = rest
      :: else
      fi;
      ForgetRead();
      floor = 0
    }
next:
    skip
  :: else -> break
  od
}

// The workers are alike, so a single kill is the first one's.
proctype Killer() {
end:
  do
  :: atomic { kills < KILLS -> killed[1] = true; kills++ }
#if KILLS > 1
  :: atomic { kills < KILLS -> killed[2] = true; kills++ }
#endif
  od
}

// What an entry's value lies in, or will again when it is undone.
#define TO_BE_UNDONE(s) (stripe[s].armed != 0 && !COMMITTED(s, (stripe[s].armed - 1) & 1))
#define IN_UNDO(b) (TO_BE_UNDONE(0) && stripe[0].undo_block == b || TO_BE_UNDONE(1) && stripe[1].undo_block == b)
#define IS_SPARE(b) (stripe[0].spare == b || stripe[1].spare == b)

// What must never be, whatever process is at work or was killed at it.
#define FREE_AND_NOT(b)                                                                            \
  ((listed[b] || !block[b].taken) && (IN_SLOT(b) || IN_UNDO(b) || IS_SPARE(b)) || listed[b] && block[b].taken)

// What must not be when all locks are free, so that nobody is at work and nobody has died.
#define QUIET (region == FREE && stripe[0].lock == FREE && stripe[1].lock == FREE)
#define LOST(b)                                                                                    \
  (!(IN_SLOT(b) && !IS_SPARE(b) && block[b].taken || IS_SPARE(b) && !IN_SLOT(b) && block[b].taken || \
     listed[b] && !block[b].taken) ||                                                              \
   block[b + 1].previous_free != listed[b])
#define HALF_DONE \
  (stripe[0].armed != 0 || stripe[1].armed != 0 || (entry[0].version & 1) != 0 || (entry[1].version & 1) != 0)

// Looks at each state, and changes none. The names are for what spin says.
proctype Monitor() {
  bool what_is_free_is_nobodys, owned_once, each_block_somewhere, nothing_half_done;
end:
  do
  :: FREE_AND_NOT(1) || FREE_AND_NOT(2) || FREE_AND_NOT(3) || FREE_AND_NOT(4) || FREE_AND_NOT(5) ->
    assert(what_is_free_is_nobodys)
  :: (IN(0, entry[1].block) && IN(1, entry[0].block) && entry[0].block != NONE) ||
     (stripe[0].spare == stripe[1].spare && stripe[0].spare != NONE) ->
    assert(owned_once)
  :: QUIET && (LOST(1) || LOST(2) || LOST(3) || LOST(4) || LOST(5)) -> assert(each_block_somewhere)
  :: QUIET && HALF_DONE -> assert(nothing_half_done)
  od
}

inline Give(b, number) {
  block[b].taken = true;
  block[b].bytes[0] = number;
  block[b].bytes[1] = number
}

// Side by side: entry 0's block, entry 1's, stripe 0's spare, a free one, stripe 1's spare. Behind them the heap ends.
init {
  atomic {
    Give(1, 2);
    entry[0].block = 1;
    entry[0].rest = 2;
    Give(2, 3);
    entry[1].block = 2;
    entry[1].rest = 3;
    block[3].taken = true;
    stripe[0].spare = 3;
    listed[4] = true;
    block[5].previous_free = true;
    if
    :: ONE_STRIPE -> listed[5] = true; block[6].previous_free = true
    :: else -> block[5].taken = true; stripe[1].spare = 5
    fi;
    block[BLOCKS + 1].taken = true;
    run Worker(1);
    run Worker(2);
    run Reader();
    run Killer();
    run Monitor()
  }
}
