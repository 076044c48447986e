# Played natively and in WebAssembly; both must print the same bytes.
docker run hello-world
docker run -d --name web -p 8080:80 nginx
curl -s localhost:8080 | head -n 5
docker ps --no-trunc
docker inspect web
mkdir site && cd site && printf 'FROM busybox\nRUN echo made > /made && date > /when\nCOPY . /site\nCMD ["cat", "/made"]\n' > Dockerfile
docker build -t mine .
docker run --rm mine
docker history --no-trunc mine
docker network create backend && docker run -d --name db --network backend redis
docker run --rm --network backend alpine ping -c 2 db
docker volume create data; docker run --rm -v data:/data busybox sh -c 'echo kept > /data/file'
docker run --rm -v data:/data busybox cat /data/file
docker stop web db && docker ps -a --format '{{.Names}} {{.Status}}'
docker save mine | sha256sum
docker events --since 0s --until 1s
seq 1 200 | awk '{ s += $1 * $1 / 7 } END { printf "%.6f\n", s }' | sed 's/\./,/'
for i in $(seq 1 20); do echo $RANDOM; done | sort -n | uniq -c | tail -3
docker rmi -f mine; docker system prune -af; docker system df
docker run nosuchimage
