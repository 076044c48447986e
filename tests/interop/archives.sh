#!/usr/bin/env bash
# archives.sh: archives of images between Drydock and skopeo, and trees between Drydock and GNU tar, both ways.
# DRYDOCK names the binary (default target/debug/drydock).
set -euo pipefail
drydock=$(realpath "${DRYDOCK:-target/debug/drydock}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# play SCRIPT: its standard output; "give FILE" in it puts a file of this machine on the simulated disk.
play() {
  while IFS= read -r line; do
    case $line in
      "give "*) printf "base64 -d > %s <<'END_OF_FILE'\n%s\nEND_OF_FILE\n" "${line#give }" "$(base64 "${line#give }")" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done > play.sh
  "$drydock" script play.sh 2> play.err
}

expect() { # expect WHAT WANTED GOT
  [ "$2" = "$3" ] || { printf '%s: wanted "%s", got "%s"\n' "$1" "$2" "$3" >&2; cat play.err >&2; exit 1; }
  printf 'ok: %s\n' "$1"
}

build='docker build -q -t mine:v1 - > /dev/null <<X
FROM busybox
LABEL a=b
RUN mkdir /d && echo hi > /d/f && ln /d/f /d/g && ln -s f /d/s
CMD ["cat", "/d/g"]
X'
play <<< "$build
docker save mine:v1 | base64" | base64 -d > saved.tar
id=$(play <<< "$build
docker images -q --no-trunc mine:v1")

expect "skopeo reads the OCI layout, and the id is its digest" "$id" "$(skopeo inspect --format '{{.Digest}}' oci-archive:saved.tar)"
expect "skopeo reads what older engines read" "map[a:b]" "$(skopeo inspect --format '{{.Labels}}' docker-archive:saved.tar)"
skopeo copy -q docker-archive:saved.tar oci-archive:oci.tar:mine:v2
skopeo copy -q docker-archive:saved.tar docker-archive:docker.tar:mine:v3
skopeo copy -q --format v2s2 oci-archive:saved.tar dir:checked
expect "its OCI archives load" "Loaded image: mine:v2 hi" "$(play <<< 'give oci.tar
docker load -i oci.tar
docker run --rm mine:v2' | xargs)"
expect "its docker archives load" "Loaded image: mine:v3 hi" "$(play <<< 'give docker.tar
docker load -i docker.tar
docker run --rm mine:v3' | xargs)"

long=$(printf 'n%.0s' $(seq 120))
mkdir -p "tree/$long/$long"
echo end > "tree/$long/$long/file"
echo one > tree/first && ln tree/first tree/second && ln -s first tree/third && mkfifo tree/pipe && chmod 4755 tree/first
touch -d '2001-02-03 04:05:06.5 UTC' tree/first
for format in gnu pax; do
  # GNU's own format has whole seconds.
  [ $format = pax ] && part=.5 || part=
  tar --format=$format --numeric-owner --owner=7 --group=8 -C tree -cf $format.tar .
  play <<< "give $format.tar
docker import $format.tar tree > /dev/null
docker create --name it tree /x > /dev/null
docker export it | base64" | base64 -d > back.tar
  rm -rf back && mkdir back && tar -xf back.tar -C back --no-same-owner --exclude=dev
  expect "GNU tar of format $format comes back: links" "$(stat -c %i back/first)" "$(stat -c %i back/second)"
  expect "GNU tar of format $format comes back: names" "end" "$(cat "back/$long/$long/file")"
  expect "GNU tar of format $format comes back: looks" "7/8 2001-02-03 04:05:06$part" \
    "$(TZ=UTC tar -tvf back.tar --full-time --numeric-owner first | awk '{ sub(/0+$/, "", $5); print $2, $4, $5 }')"
done
tar -C tree --xz -cf packed.tar.xz .
expect "an archive that cannot be read is refused" "1" "$(play <<< 'give packed.tar.xz
docker import packed.tar.xz 2>&1 | grep -c "compressed with xz: not simulated by Drydock"')"
