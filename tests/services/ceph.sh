#!/usr/bin/env bash
# A RADOS Gateway on loopback with one of everything behind it and all data in memory: a real S3 for tests.
#   ceph.sh start FOLDER PORT   prints the endpoint; PORT + 1 is taken too
#   ceph.sh stop FOLDER
# Two users: pipeline (keys PIPELINE, PIPELINESECRET), who owns buckets, and stranger (STRANGER, STRANGERSECRET).
set -euo pipefail

stop() {
  local file pid
  for file in "$1"/*.pid; do
    [ -e "$file" ] || continue
    pid=$(cat "$file")
    kill -KILL "$pid" 2>/dev/null || true # nothing to save: it was all in memory
    rm -f "$file"
  done
}

configure() {
  local folder=$1 port=$2
  cat > "$folder/ceph.conf" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = 127.0.0.1:$((port + 1))
public network = 127.0.0.0/8
# loopback only, one user of the machine, thrown away after the tests
auth cluster required = none
auth service required = none
auth client required = none
# a single disk, which is memory
osd objectstore = memstore
memstore device bytes = 2147483648
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 2
mon data avail crit = 1
run dir = $folder
admin socket = $folder/\$name.asok
pid file = $folder/\$name.pid
log file = $folder/\$name.log
keyring = $folder/keyring
mon data = $folder/mon
mgr data = $folder/mgr
osd data = $folder/osd
rgw data = $folder/rgw

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = test-key-1=$(head -c 32 /dev/urandom | base64)
CONF
}

again() {
  local try
  for try in 1 2 3 4 5 6 7 8; do
    if "$@" >> start.log 2>&1; then return 0; fi
    sleep 0.5
  done
  return 1
}

start() {
  local folder=$1 port=$2 osd user
  mkdir -p "$folder"/{mon,mgr,osd,rgw}
  trap 'stop "$folder"' ERR
  configure "$folder" "$port"
  cd "$folder"
  export CEPH_CONF=$folder/ceph.conf
  ceph-authtool -C keyring -g -n mon. --cap mon 'allow *' > start.log
  ceph-authtool keyring -g -n client.admin --cap mon 'allow *' --cap mgr 'allow *' --cap osd 'allow *' >> start.log
  monmaptool --create --addv 0 "[v1:127.0.0.1:$((port + 1))]" \
    --fsid "$(sed -n 's/^fsid = //p' ceph.conf)" monmap >> start.log
  ceph-mon -i 0 --mkfs --monmap monmap --keyring keyring >> start.log 2>&1
  ceph-mon -i 0 >> start.log 2>&1
  ceph-mgr -i x >> start.log 2>&1 || true # without it only statistics are missing
  osd=$(cat /proc/sys/kernel/random/uuid)
  # the monitor turns whoever comes before it is ready away ("EPERM", "wrong fsid"): a race, gone at the next try
  again ceph --connect-timeout 60 osd new "$osd"
  ceph-osd -i 0 --mkfs --osd-uuid "$osd" >> start.log 2>&1
  again ceph-osd -i 0
  radosgw -n client.rgw --rgw-zone=default >> start.log 2>&1
  for _ in $(seq 120); do
    if (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then break; fi
    sleep 0.5
  done
  for user in pipeline stranger; do
    again radosgw-admin user create --uid="$user" --display-name="$user" \
      --access-key="${user^^}" --secret-key="${user^^}SECRET"
  done
  echo "http://127.0.0.1:$port"
}

case ${1:-} in
  start) start "$(realpath -m "$2")" "$3" ;;
  stop) stop "$(realpath -m "$2")" ;;
  *)
    echo "ceph.sh start FOLDER PORT | ceph.sh stop FOLDER" >&2
    exit 2
    ;;
esac
