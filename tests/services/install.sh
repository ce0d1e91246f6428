#!/usr/bin/env bash
# Brings what the tests need beside Python, from Debian's archive, where root and apt allow; elsewhere the tests that
# need a missing tool are skipped, each by name.
set -euo pipefail
declare -A package=([chromium]=chromium [qpdf]=qpdf [pdfinfo]=poppler-utils [pdftotext]=poppler-utils [pdftoppm]=poppler-utils
  [curl]=curl [jq]=jq [dovecot]=dovecot-imapd [radosgw]=radosgw [ceph-mon]=ceph-mon [ceph-mgr]=ceph-mgr [ceph-osd]=ceph-osd [ceph]=ceph-common
  [initdb]=postgresql [pg_ctl]=postgresql [systemd-analyze]=systemd)
missing=()
for tool in "${!package[@]}"; do command -v "$tool" >/dev/null || missing+=("${package[$tool]}"); done
[ ${#missing[@]} -eq 0 ] && exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "termpost: not installed: ${missing[*]}; the tests that need them will be skipped" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
