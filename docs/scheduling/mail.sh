#!/bin/sh
# Mail what a service said to the address given; nothing where it went well and said nothing.
# systemd starts it by OnSuccess= and OnFailure=, and sets MONITOR_... (systemd 251 or newer).
set -eu

said=$(journalctl --quiet --output=cat "_SYSTEMD_INVOCATION_ID=$MONITOR_INVOCATION_ID")
if [ -z "$said" ]; then
    [ "$MONITOR_SERVICE_RESULT" != success ] || exit 0
    said="$MONITOR_UNIT ended without a word: $MONITOR_SERVICE_RESULT"
fi
subject=$(printf '%s\n' "$said" | head -n 1)
printf 'To: %s\nSubject: %s\n\n%s\n' "$1" "$subject" "$said" | /usr/sbin/sendmail -t
