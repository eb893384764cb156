#!/bin/sh
# Harvest what is due, then build kb.db, which is checked before it takes the place of the old one.
# Runs in the folder that holds both, at any hour and as often as you like: from cron, a systemd
# timer, a workflow, or by hand.
#
# It says nothing where nothing was due or another run is at work. Else it says how the harvest went
# in one line, and then what is wrong. Its exit codes are those of harvest and kb.
#
# JOBS_FILE   a jobs file of your own; the bundled one where it is not set
# TIME_LIMIT  when to end a harvest, which the next one then finishes; 20h where it is not set
set -u

harvested=0
told=$(
    timeout --preserve-status "${TIME_LIMIT:-20h}" \
        harvest run --due --raw raw.db ${JOBS_FILE:+--jobs "$JOBS_FILE"} 2>&1
) || harvested=$?
[ "$harvested" -ne 4 ] || exit 4
if [ "$told" != "harvest: nothing is due." ]; then
    # What comes before is progress and the table of harvest status.
    said=$(printf '%s\n' "$told" | sed -n '/^harvest: /,$p')
    printf '%s\n' "${said:-$told}"
fi
# After an incomplete harvest too: what came is stored.
[ "$harvested" -eq 0 ] || [ "$harvested" -eq 3 ] || exit "$harvested"

# Also where nothing was due, or a build that failed would be told once and never again.
built=0
told=$(kb build --raw raw.db --out kb.db 2>&1) || built=$?
[ "$built" -ne 0 ] || exit "$harvested"
printf '%s\n' "$told"
exit "$built"
