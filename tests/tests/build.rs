//! `docker build` end to end: options and mounts that no recording has.

use drydock::session::Session;

fn host() -> Session {
    let mut session = Session::script(7);
    session.run("docker pull -q busybox");
    session
}

/// What a line printed.
fn sh(session: &mut Session, line: &str) -> String {
    let ran = session.run(line);
    ran.stdout + &ran.stderr
}

/// What a build of the lines of a Dockerfile printed, progress left out.
fn built(host: &mut Session, options: &str, dockerfile: &str) -> String {
    let script = format!(
        "mkdir -p ctx; echo hi > ctx/a.txt; cat > ctx/Dockerfile <<'END_OF_FILE'\n{dockerfile}\nEND_OF_FILE\n\
         (cd ctx && docker build --no-cache {options} . 2>&1 \
         | grep -v 'DONE\\|CACHED\\|^$\\|internal\\|#0 \\|transferring\\|resolve\\|FROM docker.io')"
    );
    sh(host, &script)
}

/// The last line that a build printed.
fn last(host: &mut Session, options: &str, dockerfile: &str) -> String {
    built(host, options, dockerfile)
        .lines()
        .rfind(|line| !line.starts_with("= "))
        .unwrap_or_default()
        .to_owned()
}

/// Options, a step, and what is said of them.
const REFUSED: [(&str, &str, &str); 20] = [
    ("", "ADD --checksum=sha256:00 a.txt /x", "failed to solve: checksum requires HTTP(S) or Git sources"),
    (
        "",
        "ADD https://example.com/no /x",
        "failed to solve: failed to load cache key: invalid response status 404",
    ),
    (
        "",
        "ADD https://github.com/a/b.git /x",
        "failed to solve: ADD of a git repository is not simulated by Drydock",
    ),
    ("", "RUN --mount=foo=bar true", "failed to solve: unexpected key 'foo' in 'foo=bar' (did you mean ro?)"),
    (
        "",
        "RUN --mount=type=bind,target true",
        "failed to solve: invalid field 'target' must be a key=value pair",
    ),
    (
        "",
        "RUN --mount=target=/x,mode=0700 true",
        "failed to solve: mode not allowed for \"bind\" type mounts",
    ),
    (
        "",
        "RUN --mount=type=cache,target=/c,sharing=bogus true",
        "failed to solve: unsupported sharing value \"bogus\"",
    ),
    (
        "",
        "RUN --mount=type=ssh,required true",
        "failed to solve: no SSH key \"default\" forwarded from the client",
    ),
    ("", "RUN --network=host true", "failed to solve: failed to load LLB: network.host is not allowed"),
    (
        "",
        "RUN --security=insecure true",
        "failed to solve: failed to load LLB: security.insecure is not allowed",
    ),
    ("", "RUN --device=x true", "failed to solve: RUN --device=x is not simulated by Drydock"),
    ("--ssh default", "", "invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set"),
    ("--ssh k=a.txt", "", "failed to parse a.txt: ssh: no key found"),
    (
        "--allow security.insecure",
        "",
        "failed to solve: granting entitlement security.insecure is not allowed by build daemon configuration",
    ),
    ("--sbom=true", "", "scanning an image for its packages (sbom) is not simulated by Drydock"),
    ("--push", "", "tag is needed when pushing to registry"),
    ("-o type=oci", "", "dest file is required for oci exporter. refusing to write to console"),
    (
        "-o type=image,compression=zstd",
        "",
        "the option \"compression\" of the exporter \"image\" is not simulated by Drydock",
    ),
    (
        "--provenance=false --annotation index:a=b",
        "",
        "failed to solve: index annotations not supported for single platform export",
    ),
    (
        "--build-arg BUILDKIT_DOCKERFILE_CHECK=nope=1",
        "",
        "failed to solve: failed to parse check options: invalid check option \"nope=1\"",
    ),
];

#[test]
fn what_makes_no_sense_is_refused() {
    let mut host = host();
    for (options, step, want) in REFUSED {
        let got = last(&mut host, options, &format!("FROM busybox\n{step}"));
        assert_eq!(got, format!("ERROR: failed to build: {want}"), "{options} {step}");
    }
}

#[test]
fn mounts_look_as_they_were_asked_for() {
    let mut host = host();
    for (options, step, want) in [
        ("", "RUN --mount=type=cache,target=/c,mode=0700,uid=1,gid=2 stat -c '%a %u %g' /c", "700 1 2"),
        ("", "RUN --mount=type=cache,target=/c,id=z,from=busybox,source=/etc ls /c/passwd", "/c/passwd"),
        ("", "RUN --mount=type=tmpfs,target=/t,size=1m df /t | awk 'NR==2{print $2}'", "1024"),
        ("", "RUN df /dev/shm | awk 'NR==2{print $2}'", "65536"),
        ("--shm-size 1m", "RUN df /dev/shm | awk 'NR==2{print $2}'", "1024"),
        ("--ulimit nofile=10:20", "RUN ulimit -n; ulimit -Hn", "20"),
        (
            "--secret id=s,src=a.txt",
            "RUN --mount=type=secret,id=s,mode=0444,uid=3 stat -c '%a %u' /run/secrets/s",
            "444 3",
        ),
        (
            "--secret id=s,src=a.txt",
            "RUN --mount=type=secret,id=s,env=S echo $S; ls /run/secrets 2>/dev/null; echo end",
            "end",
        ),
        (
            "--secret id=s,src=a.txt",
            "RUN --mount=type=secret,id=s,env=S,target=/t echo $S-$(cat /t)",
            "hi -hi",
        ),
        ("--allow network.host", "RUN --network=host echo yes", "yes"),
        ("", "RUN --mount=type=ssh echo \"[$SSH_AUTH_SOCK]\"", "[]"),
        (
            "",
            "ADD https://example.com/index.html /p\nRUN head -c 15 /p; stat -c ' %a' /p",
            "<!doctype html> 600",
        ),
    ] {
        let text = built(&mut host, options, &format!("FROM busybox\n{step}"));
        let printed =
            text.lines().rfind(|line| line.contains(" 0.100 ")).and_then(|line| line.splitn(3, ' ').nth(2));
        assert_eq!(printed, Some(want), "{options} {step}\n{text}");
    }
    sh(&mut host, "echo '-----BEGIN OPENSSH PRIVATE KEY-----' > ctx/key");
    let text = built(
        &mut host,
        "--ssh default=key",
        "FROM busybox\nRUN --mount=type=ssh test -S $SSH_AUTH_SOCK && echo is-a-socket",
    );
    assert!(text.contains("is-a-socket"), "{text}");
}

#[test]
fn checks_look_at_every_stage() {
    let mut host = host();
    let file = "# bad words\nARG A\nFROM --platform=linux/amd64 busybox AS one\nFROM busybox:$VERSON AS two\nARG VERSION\nFROM busybox";
    let text = built(&mut host, "--check", file);
    for rule in ["FromPlatformFlagConstDisallowed", "UndefinedArgInFrom"] {
        assert!(text.contains(rule), "{text}");
    }
    assert!(!text.contains("InvalidDefinitionDescription"), "{text}");
    let text = built(&mut host, "--check", &format!("# check=experimental=all\n\n{file}"));
    assert!(text.contains("Comment for ARG should follow the format: `# A <description>`"), "{text}");
    let text =
        built(&mut host, "--check --build-arg BUILDKIT_DOCKERFILE_CHECK=skip=all", "FROM busybox AS X");
    assert_eq!(text, "Check complete, no warnings found.\n");
}

#[test]
fn a_dockerfile_says_what_it_offers() {
    let mut host = host();
    let file = "# VERSION is the version\nARG VERSION=1\nARG OTHER\n# base is where all begins\nFROM busybox:$VERSION AS base\nARG X=2\n\
                RUN --mount=type=secret,id=tok,required --mount=type=ssh true\nFROM busybox AS no\nFROM busybox";
    assert_eq!(
        built(&mut host, "--call=targets", file),
        "TARGET    DESCRIPTION\nbase      is where all begins\nno        \n(default) \n"
    );
    assert_eq!(
        built(&mut host, "--call=outline --target base --build-arg VERSION=latest", file),
        "TARGET:      base\nDESCRIPTION: is where all begins\nBUILD ARG   VALUE    DESCRIPTION\nVERSION     latest   is the \
         version\nX           2        \nSECRET   REQUIRED\ntok      true\nSSH       REQUIRED\ndefault   \n"
    );
}

#[test]
fn results_go_where_they_are_sent() {
    let mut host = host();
    let file = "FROM busybox\nRUN echo x > /x";
    built(&mut host, "-t one:v1 --provenance=false", file);
    let plain = sh(&mut host, "docker image inspect -f {{.Descriptor.MediaType}} one:v1");
    assert!(plain.contains("application/vnd.oci.image.manifest.v1+json"), "{plain}");
    built(&mut host, "-t two:v1 --annotation k=v --annotation index:i=j", file);
    let manifest = sh(
        &mut host,
        "docker save two:v1 | tar xO index.json manifest.json blobs | grep -a -o '\"annotations\":{\"[ki]\":\"[vj]\"}' | sort",
    );
    assert_eq!(manifest, "\"annotations\":{\"i\":\"j\"}\n\"annotations\":{\"k\":\"v\"}\n");
    let text = built(&mut host, "-o type=docker,dest=d.tar,name=three:v3 -o type=oci,dest=o.tar", file);
    assert!(text.contains("exporting to docker image format") && text.contains("sending tarball"), "{text}");
    assert_eq!(sh(&mut host, "docker images -q three"), "");
    assert_eq!(sh(&mut host, "docker load -i ctx/d.tar"), "Loaded image: three:v3\n");
    assert_eq!(sh(&mut host, "docker run --rm three:v3 cat /x"), "x\n");
    let listed = sh(&mut host, "tar tf ctx/o.tar | grep -v sha256");
    assert_eq!(listed, "blobs/\nindex.json\noci-layout\n");
}

#[test]
fn the_cache_travels() {
    let mut host = host();
    let file = "FROM busybox\nRUN echo slow > /x\nCOPY a.txt /y";
    built(&mut host, "--cache-to type=local,dest=../cache", file);
    assert_eq!(sh(&mut host, "ls cache"), "blobs\nindex.json\noci-layout\n");
    sh(&mut host, "docker buildx prune -af > /dev/null");
    let text = sh(&mut host, "docker build --cache-from type=local,src=cache ctx 2>&1");
    assert!(text.contains("importing cache manifest from local:cache"), "{text}");
    assert_eq!(text.matches("CACHED").count(), 2, "{text}");
    sh(&mut host, "docker run -d -p 5000:5000 --name registry registry:2");
    built(&mut host, "-t localhost:5000/c:v1 --cache-to type=inline --push", file);
    sh(&mut host, "docker rmi localhost:5000/c:v1; docker buildx prune -af > /dev/null");
    let text = sh(&mut host, "docker build --cache-from localhost:5000/c:v1 ctx 2>&1");
    assert_eq!(text.matches("CACHED").count(), 2, "{text}");
    let text = sh(
        &mut host,
        "docker build --cache-from localhost:5000/no:v1 --cache-from type=local,src=no ctx 2>&1",
    );
    assert!(text.contains("ERROR: failed to configure registry cache importer: "), "{text}");
    assert!(
        text.contains("WARNING: local cache import at no not found due to err: could not read no/index.json"),
        "{text}"
    );
    for (options, want) in [
        ("--cache-to type=registry,ref=x", "exporting the cache to a registry is not simulated by Drydock"),
        ("--cache-to type=nope", "failed to solve: unknown cache exporter: \"nope\""),
        ("--cache-from type=nope", "failed to solve: unknown cache importer: \"nope\""),
        ("--cache-to type=local", "local cache exporter requires dest"),
    ] {
        assert_eq!(last(&mut host, options, file), format!("ERROR: failed to build: {want}"));
    }
}

#[test]
fn bake_works_expressions_out() {
    let mut host = host();
    sh(
        &mut host,
        r#"mkdir bake && cd bake && cat > docker-bake.hcl <<'END'
variable "VERSIONS" { default = ["1.2", "1.3"] }
variable "PORT" {
  default = 80
  validation {
    condition = PORT > 10
    error_message = "the port is too low"
  }
}
function "tag" {
  params = [name, version]
  variadic_params = more
  result = ["${name}:${version}", "${name}:${length(more)}"]
}
target "app" {
  name = "app-${replace(item.version, ".", "-")}"
  matrix = { item = [for v in VERSIONS : { version = v, old = v == "1.2" }] }
  tags = concat(tag("app", item.version, "a", "b"), item.old ? ["app:old"] : [])
  args = merge({ PORT = PORT + 1 }, { for i, v in VERSIONS : "V${i}" => upper("v${v}") if v != "1.3" })
}
END"#,
    );
    let text = sh(&mut host, "docker buildx bake --print app 2>/dev/null | tr -d ' \\n'");
    assert!(text.contains(r#""app-1-2":{"context":".","dockerfile":"Dockerfile","args":{"PORT":"81","V0":"V1.2"},"tags":["app:1.2","app:2","app:old"]}"#), "{text}");
    assert!(text.contains(r#""tags":["app:1.3","app:2"]"#), "{text}");
    assert_eq!(sh(&mut host, "PORT=5 docker buildx bake --print app"), "ERROR: the port is too low\n");
}

#[test]
fn bake_takes_dockerfiles_in_the_definition_and_compose_files() {
    let mut host = host();
    sh(
        &mut host,
        r#"mkdir inline && cd inline && cat > docker-bake.hcl <<'END'
target "default" {
  dockerfile-inline = <<EOT
FROM busybox
COPY note /note
EOT
  tags = ["inline:1"]
}
END
echo here > note"#,
    );
    sh(&mut host, "docker buildx bake > /dev/null 2>&1");
    assert_eq!(sh(&mut host, "docker run --rm inline:1 cat /note"), "here\n");
    sh(
        &mut host,
        r#"mkdir ../composed && cd ../composed && mkdir app && printf 'FROM busybox\nARG V\nENV V=$V\n' > app/Dockerfile
cat > compose.yaml <<'END'
services:
  web:
    image: web:${TAG:-dev}
    build:
      context: app
      args: ["V=7"]
  db:
    image: postgres
END"#,
    );
    let text = sh(&mut host, "docker buildx bake --print 2>/dev/null | tr -d ' \\n'");
    let target = r#""web":{"context":"app","dockerfile":"Dockerfile","args":{"V":"7"},"tags":["web:dev"]}"#;
    assert!(text.contains(r#""default":{"targets":["web"]}"#) && text.contains(target), "{text}");
    sh(&mut host, "TAG=v1 docker buildx bake > /dev/null 2>&1");
    assert_eq!(sh(&mut host, "docker run --rm web:v1 sh -c 'echo $V'"), "7\n");
}

#[test]
fn stages_are_used_wherever_they_stand() {
    let mut host = host();
    let later = "FROM busybox AS aa\nCOPY --from=cc /x /y\nRUN echo got $(cat /y)\nFROM busybox AS cc\nRUN echo made > /x";
    assert!(built(&mut host, "--progress plain --target aa", later).contains(" got made\n"));
    for (dockerfile, stage) in [
        ("FROM busybox AS st1\nCOPY --from=st1 /x /y", "st1"),
        ("FROM busybox\nCOPY --from=0 /x /y", "stage-0"),
        ("FROM busybox AS a\nCOPY --from=b /x /\nFROM busybox AS b\nCOPY --from=a /x /\nFROM busybox", "a"),
    ] {
        let said = format!(
            "ERROR: failed to build: failed to solve: circular dependency detected on stage: {stage}"
        );
        assert_eq!(last(&mut host, "", dockerfile), said);
    }
}

#[test]
fn secrets_are_read_strictly() {
    let mut host = host();
    for (secret, said) in [
        ("foo", "invalid field 'foo' must be a key=value pair"),
        ("id=x,bogus=1", "unexpected key 'bogus' in 'bogus=1'"),
        ("id=x,type=foo,src=f", "unsupported secret type \"foo\""),
        ("src=f", "secret missing ID"),
    ] {
        assert_eq!(
            last(&mut host, &format!("--secret {secret}"), "FROM busybox"),
            format!("ERROR: failed to build: {said}")
        );
    }
}

#[test]
fn checks_are_told_by_line() {
    let mut host = host();
    let dockerfile = "FROM busybox as Ab\nARG MY_TOKEN\nRUN true\nMAINTAINER x";
    let told = built(&mut host, "--check", dockerfile);
    let lines: Vec<&str> = told.lines().filter(|line| line.starts_with("Dockerfile:")).collect();
    let mut sorted = lines.clone();
    sorted.sort();
    assert_eq!(lines, sorted);
    assert!(lines.len() > 3, "{told}");
}
