# check the models in docs/model with spin, and that spin finds each mistake put into them
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Prints a line for each check: its name, the states that spin visited, the errors. A check counts only if its search was
# complete. Then come protocols with one step left out or wrong, where spin must find an error.

[[ $# -eq 0 ]] || fail "model: unknown option $1; usage: ./dev model"
model_folder=$out/model

# model_check <holds|fails> <name> <model> <setting>...: runs spin in a folder of its own, since spin leaves its trail of an
# error there.
model_check() {
  local expected=$1 name=$2 model=$3 folder=$model_folder/$2 setting kind=-DSAFETY optimise=-O1 fair=()
  shift 3
  [[ $expected == holds ]] || optimise=-O0 # An error is found at once.
  for setting in "$@"; do
    [[ $setting == LIVENESS ]] || continue
    kind=-DNFAIR=2
    fair=(-a -f)
  done
  mkdir "$folder"
  if ! (cd "$folder" && spin -a "${@/#/-D}" "$root/docs/model/$model.pml" && gcc "$optimise" -w "$kind" -DMEMLIM=2000 -o pan pan.c) \
    >"$folder/build.log" 2>&1; then
    echo "$name: could not be built: $folder/build.log"
    return 1
  fi
  (cd "$folder" && timeout 120 ./pan -m1000000 "${fair[@]}" >pan.log 2>&1) || true
  if [[ $expected == holds ]]; then
    model_must_hold "$name" "$folder/pan.log" "cd $folder && spin -t -p -g ${*/#/-D} $root/docs/model/$model.pml"
  else
    model_must_fail "$name" "$folder/pan.log"
  fi
}

# model_must_hold <name> <log of the search> <command that shows an error>
model_must_hold() {
  local states errors
  states=$(sed -nE 's/^ *([0-9]+) states, stored.*/\1/p' "$2")
  errors=$(sed -nE 's/.*errors: ([0-9]+)$/\1/p' "$2")
  echo "$1: states ${states:-?}, errors ${errors:-?}"
  if [[ $errors != 0 ]]; then
    echo "  to see how: $3"
    return 1
  elif [[ -z $states ]] || grep -q -E 'max search depth too small|Search not completed|reached -DMEMLIM' "$2"; then
    echo "  but the search was not completed: $2"
    return 1
  fi
}

# model_must_fail <name> <log of the search>
model_must_fail() {
  if ! grep -q -E 'errors: [1-9][0-9]*$' "$2"; then
    echo "$1: NOT found out: $2"
    return 1
  fi
  echo "$1: found out: $(sed -nE 's/^pan:1: (.*) \(at depth.*/\1/p' "$2")"
}

# Each line: the expected result, name, model, settings. docs/model/README.md explains each.
model_checks() {
  cat <<'CHECKS'
holds lock_exclusion lock USERS=3 KILLS=1 GIVE_UP=true
holds lock_exclusion_two_kills lock USERS=2 ROUNDS=2 KILLS=2 GIVE_UP=true
holds lock_two_namespaces lock USERS=3 KILLS=1 LAST_NS=2
holds lock_foreign_word lock USERS=3 KILLS=0 FIRST_WORD=4 GIVE_UP=true
holds lock_foreign_unlisted_word lock USERS=3 KILLS=0 FIRST_WORD=36
holds lock_one_unlisted lock USERS=3 KILLS=1 LISTED=2 GIVE_UP=true
holds lock_all_unlisted lock USERS=3 KILLS=1 LISTED=0 GIVE_UP=true
holds lock_unlisted_elsewhere lock USERS=3 KILLS=1 LAST_NS=2 LISTED=2 GIVE_UP=true
holds lock_progress lock USERS=2 ROUNDS=2 KILLS=1 LIVENESS
holds lock_progress_two_kills lock USERS=2 KILLS=2 LIVENESS
holds lock_progress_foreign_unlisted_word lock USERS=2 KILLS=1 FIRST_WORD=36 LIVENESS
holds lock_no_wake_lost lock USERS=3 ROUNDS=2 KILLS=0 SLICES=0
holds lock_one_slice_per_kill lock USERS=3 KILLS=1 SLICES=2
holds publish_overwrites publish PUTS=3 KILLS=1
holds publish_two_kills publish PUTS=2 KILLS=2
holds publish_two_reads publish PUTS=2 KILLS=1 READS=2
holds publish_removes publish PUTS=2 KILLS=1 REMOVES=true
holds stripes_two_small stripes SMALL=2 LARGE=1 KILLS=1
holds stripes_two_large stripes SMALL=1 LARGE=2 KILLS=1
holds stripes_two_kills stripes SMALL=1 LARGE=2 KILLS=2
holds stripes_without_looking_first stripes SMALL=2 LARGE=1 KILLS=1 WITHOUT_LOOKING_FIRST
holds spares_two_stripes spares PUTS=2 KILLS=1
holds spares_one_stripe spares PUTS=2 KILLS=1 ONE_STRIPE=true REMOVES=true
holds spares_three_puts spares PUTS=3 KILLS=0
holds spares_freed spares PUTS=3 KILLS=1 READS=0 FREE_SPARES=true INLINE=true
holds spares_freed_one_stripe spares PUTS=3 KILLS=1 READS=0 FREE_SPARES=true INLINE=true REMOVES=true ONE_STRIPE=true
holds spares_two_kills spares PUTS=2 KILLS=2 READS=0 FREE_SPARES=true
holds slots_puts slots PUTS=3 KILLS=1
holds slots_pinned slots PINNED=true PUTS=3 KILLS=2
holds slots_pins slots PINS=true PUTS=2 KILLS=2
holds slots_stores slots PINNED=true STORES=true PUTS=3 KILLS=2
holds slots_pins_and_stores slots PINS=true STORES=true PUTS=2 KILLS=2
holds grab_three grab USERS=3 KILLS=1
holds grab_two_kills grab USERS=2 ROUNDS=2 KILLS=2
holds grab_pid_used_again grab USERS=3 ROUNDS=2 KILLS=2 SAME_PID=true
fails lock_without_slices lock USERS=3 KILLS=1 SLICES=0
fails lock_without_pending lock USERS=2 KILLS=1 LAST_NS=2 LIVENESS BREAK_NOT_PENDING
fails lock_wake_before_release lock USERS=3 ROUNDS=2 KILLS=0 SLICES=0 BREAK_WAKE_BEFORE_RELEASE
fails lock_slice_without_a_kill lock USERS=3 KILLS=1 SLICES=2 BREAK_WAKE_BEFORE_RELEASE
fails lock_bit_not_passed_on lock USERS=3 KILLS=0 SLICES=0 BREAK_BIT_NOT_PASSED_ON
fails lock_progress_foreign_word lock USERS=2 KILLS=0 FIRST_WORD=4 LIVENESS
fails lock_progress_unlisted lock USERS=2 ROUNDS=2 KILLS=1 LISTED=0 LIVENESS
fails lock_progress_unlisted_elsewhere lock USERS=2 KILLS=1 LAST_NS=2 LISTED=1 LIVENESS
fails lock_namespace_unchecked lock USERS=3 KILLS=1 LAST_NS=2 LISTED=2 BREAK_NAMESPACE_UNCHECKED
fails lock_namespace_stays lock USERS=3 KILLS=1 LAST_NS=2 LISTED=2 BREAK_NAMESPACE_STAYS
fails lock_same_thread_id lock USERS=3 KILLS=1 LAST_NS=2 LAST_TID=1
fails publish_unchecked publish PUTS=2 KILLS=0 BREAK_UNCHECKED
fails publish_copy_unchecked publish PUTS=2 KILLS=0 BREAK_COPY_UNCHECKED
fails publish_never_odd publish PUTS=2 KILLS=0 BREAK_NEVER_ODD
fails publish_commit_too_early publish PUTS=2 KILLS=0 BREAK_COMMIT_TOO_EARLY
fails publish_freed_too_early publish PUTS=2 KILLS=0 BREAK_FREED_TOO_EARLY
fails publish_no_undo publish PUTS=2 KILLS=1 BREAK_NO_UNDO
fails publish_armed_too_early publish PUTS=2 KILLS=1 BREAK_ARMED_TOO_EARLY
fails publish_old_version_again publish PUTS=2 KILLS=1 BREAK_OLD_VERSION_AGAIN
fails publish_undone_after_commit publish PUTS=2 READS=2 KILLS=1 BREAK_UNDONE_AFTER_COMMIT
fails stripes_region_unchecked stripes KILLS=0 BREAK_REGION_UNCHECKED
fails stripes_not_awaited stripes KILLS=0 BREAK_STRIPE_NOT_AWAITED
fails stripes_dead_stripe_taken stripes BREAK_DEAD_STRIPE_TAKEN
fails stripes_forgotten_undone stripes BREAK_FORGOTTEN_UNDONE
fails stripes_repair_skips_free_stripes stripes SMALL=1 LARGE=2 BREAK_REPAIR_SKIPS_FREE_STRIPES
fails spares_region_unchecked spares KILLS=0 READS=0 BREAK_REGION_UNCHECKED
fails spares_not_awaited spares KILLS=0 READS=0 BREAK_STRIPE_NOT_AWAITED
fails spares_one_for_all spares KILLS=0 READS=0 BREAK_ONE_SPARE_FOR_ALL
fails spares_taken_and_stays spares KILLS=0 READS=0 BREAK_SPARE_STAYS
fails spares_old_block_free spares KILLS=0 READS=0 BREAK_OLD_BLOCK_FREE
fails spares_size_stored spares KILLS=0 READS=0 BREAK_SIZE_STORED
fails spares_freed_unasked spares KILLS=0 READS=0 FREE_SPARES=true BREAK_SPARES_FREED_UNASKED
fails spares_copy_unchecked spares KILLS=0 BREAK_COPY_UNCHECKED
fails spares_not_finished spares READS=0 BREAK_NOT_FINISHED
fails spares_disarmed_too_early spares READS=0 BREAK_DISARMED_TOO_EARLY
fails spares_too_early spares READS=0 BREAK_SPARE_TOO_EARLY
fails spares_dead_stripe_taken spares READS=0 BREAK_DEAD_STRIPE_TAKEN
fails spares_forgotten_undone spares READS=0 BREAK_FORGOTTEN_UNDONE
fails spares_repair_skips_free_stripes spares READS=0 BREAK_REPAIR_SKIPS_FREE_STRIPES
fails spares_rebuild_not_awaited spares READS=0 BREAK_REBUILD_NOT_AWAITED
fails spares_rebuild_keeps_spares spares READS=0 BREAK_REBUILD_KEEPS_SPARES
fails spares_old_version_again spares BREAK_OLD_VERSION_AGAIN
fails slots_unchecked slots PUTS=2 KILLS=0 BREAK_UNCHECKED
fails slots_one_buffer slots PUTS=2 KILLS=0 BREAK_ONE_BUFFER
fails slots_state_only_toggles slots PUTS=2 KILLS=0 BREAK_STATE_ONLY_TOGGLES
fails slots_commit_too_early slots PUTS=2 KILLS=0 BREAK_COMMIT_TOO_EARLY
fails slots_rest_not_copied slots PUTS=2 KILLS=0 BREAK_REST_NOT_COPIED
fails slots_settle_all slots PINNED=true STORES=true PUTS=2 KILLS=0 BREAK_SETTLE_ALL
fails slots_dead_not_finished slots PINNED=true PUTS=2 KILLS=1 BREAK_DEAD_NOT_FINISHED
fails slots_reader_leaves_it slots PINNED=true STORES=true PUTS=2 KILLS=1 BREAK_READER_LEAVES_IT
fails slots_length_too_late slots PINNED=true PUTS=2 KILLS=1 BREAK_LENGTH_TOO_LATE
fails slots_pinned_too_early slots PINS=true PUTS=2 KILLS=1 BREAK_PINNED_TOO_EARLY
fails grab_not_repaired grab KILLS=1 BREAK_NOT_REPAIRED
fails grab_count_not_repaired grab KILLS=1 BREAK_COUNT_NOT_REPAIRED
fails grab_owner_too_late grab KILLS=1 BREAK_OWNER_TOO_LATE
fails grab_search_not_moved_back grab ROUNDS=2 KILLS=0 BREAK_SEARCH_NOT_MOVED_BACK
fails grab_search_not_repaired grab KILLS=1 BREAK_SEARCH_NOT_REPAIRED
fails grab_not_looked_again grab USERS=3 ROUNDS=2 KILLS=1 BREAK_NOT_LOOKED_AGAIN
fails grab_start_not_compared grab USERS=3 ROUNDS=2 KILLS=1 SAME_PID=true BREAK_START_NOT_COMPARED
CHECKS
}

model_files=$(files_of '\.pml$' "$root/docs/model")
for model_file in $model_files; do
  model_name=$(basename "$model_file" .pml)
  for model_expected in holds fails; do
    grep -q "^$model_expected [a-z_]* $model_name " <<<"$(model_checks)" ||
      fail "model: docs/model/$model_name.pml has no check that '$model_expected'"
  done
done

need_packages spin gcc libc6-dev
rm -rf "$model_folder"
mkdir -p "$model_folder"
# At most two at a time: some take nearly 2 GB.
model_bad=0
model_jobs=$(($(nproc) > 1 ? 2 : 1))
while read -ra model_line; do
  if [[ $(jobs -rp | wc -l) -ge $model_jobs ]]; then wait -n || model_bad=1; fi
  model_check "${model_line[@]}" &
done < <(model_checks)
while [[ -n $(jobs -p) ]]; do wait -n || model_bad=1; done

[[ $model_bad -eq 0 ]] || fail "the models do not hold, see above"
