//! bollard over the test double, in process.

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::{
    ContainerCreateBody, ExecConfig, HealthConfig, HealthStatusEnum, HostConfig, NetworkCreateRequest,
    PortBinding, VolumeCreateRequest,
};
use bollard::query_parameters::*;
use bollard::{Docker, body_full};
use drydock::double::{Drydock, Fault, Operation, Run, Shared};
use futures_util::{StreamExt, TryStreamExt};
use std::collections::HashMap;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

const SECOND: Duration = Duration::from_secs(1);

fn shared() -> Shared {
    let mut docker = Drydock::builder().seed(7).journal().build();
    docker.pull("alpine").unwrap();
    Shared::new(docker)
}

async fn create(docker: &Docker, name: &str, command: &[&str]) -> Result<String, Error> {
    let options = CreateContainerOptionsBuilder::new().name(name).build();
    let cmd = command.iter().map(|word| (*word).to_owned()).collect();
    let body = ContainerCreateBody { image: Some("alpine".into()), cmd: Some(cmd), ..Default::default() };
    docker.create_container(Some(options), body).await.map(|made| made.id)
}

async fn start(docker: &Docker, name: &str, command: &[&str]) -> String {
    let id = create(docker, name, command).await.unwrap();
    docker.start_container(name, None::<StartContainerOptions>).await.unwrap();
    id
}

fn status(error: &Error) -> u16 {
    match error {
        Error::DockerResponseServerError { status_code, .. } => *status_code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_daemon_is_there() {
    let docker = shared().bollard();
    assert_eq!(docker.ping().await.unwrap(), "OK");
    assert_eq!(docker.version().await.unwrap().version.as_deref(), Some("29.7.2"));
    assert_eq!(docker.info().await.unwrap().containers, Some(0));
    let negotiated = docker.negotiate_version().await.unwrap();
    assert_eq!(negotiated.ping().await.unwrap(), "OK");
}

#[tokio::test]
async fn a_container_lives_and_dies() {
    let shared = shared();
    let docker = shared.bollard();
    let id = start(&docker, "job", &["sh", "-c", "echo out; echo err >&2; sleep 3600; exit 3"]).await;
    shared.lock().assert_running("job");
    let list = docker.list_containers(None::<ListContainersOptions>).await.unwrap();
    assert_eq!(list[0].id.as_deref(), Some(id.as_str()));
    let waited: Vec<_> = docker.wait_container("job", None::<WaitContainerOptions>).collect().await;
    assert!(matches!(&waited[..], [Err(Error::DockerContainerWaitError { code: 3, .. })]), "{waited:?}");
    shared.lock().assert_exited("job", 3);
    let logs = LogsOptionsBuilder::new().stdout(true).stderr(true).build();
    let lines: Vec<LogOutput> = docker.logs("job", Some(logs)).try_collect().await.unwrap();
    assert!(matches!(&lines[0], LogOutput::StdOut { message } if message == "out\n"), "{lines:?}");
    assert!(matches!(&lines[1], LogOutput::StdErr { message } if message == "err\n"), "{lines:?}");
    let found = docker.inspect_container("job", None::<InspectContainerOptions>).await.unwrap();
    assert_eq!(found.state.unwrap().exit_code, Some(3));
    docker.remove_container("job", None::<RemoveContainerOptions>).await.unwrap();
    let gone = docker.inspect_container("job", None::<InspectContainerOptions>).await.unwrap_err();
    assert_eq!(status(&gone), 404);
    shared.lock().assert_clean();
}

#[tokio::test]
async fn conflicts_and_mistakes_have_dockers_statuses() {
    let docker = shared().bollard();
    create(&docker, "web", &["true"]).await.unwrap();
    assert_eq!(status(&create(&docker, "web", &["true"]).await.unwrap_err()), 409);
    let body = ContainerCreateBody { image: Some("nowhere/nothing".into()), ..Default::default() };
    let missing = docker.create_container(None::<CreateContainerOptions>, body).await.unwrap_err();
    assert_eq!(status(&missing), 404);
    let stopped = docker.kill_container("web", None::<KillContainerOptions>).await.unwrap_err();
    assert_eq!(status(&stopped), 409);
}

#[tokio::test]
async fn a_followed_log_goes_on_while_others_work() {
    let shared = shared();
    let docker = shared.bollard();
    start(&docker, "beat", &["sh", "-c", "for i in 1 2 3; do echo $i; sleep 10; done; sleep infinity"]).await;
    let logs = LogsOptionsBuilder::new().stdout(true).follow(true).build();
    let mut lines = docker.logs("beat", Some(logs));
    for wanted in ["1\n", "2\n", "3\n"] {
        assert_eq!(lines.next().await.unwrap().unwrap().to_string(), wanted);
    }
    docker.stop_container("beat", Some(StopContainerOptionsBuilder::new().t(1).build())).await.unwrap();
    assert!(lines.next().await.is_none());
    shared.lock().assert_exited("beat", 137);
}

#[tokio::test]
async fn an_exec_prints_and_takes_input() {
    let shared = shared();
    let docker = shared.bollard();
    start(&docker, "web", &["sleep", "infinity"]).await;
    let config = |words: &[&str]| ExecConfig {
        cmd: Some(words.iter().map(|word| (*word).to_owned()).collect()),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..Default::default()
    };
    let exec = docker
        .create_exec("web", config(&["sh", "-c", "read name; echo hello $name; exit 4"]))
        .await
        .unwrap();
    let started = docker.start_exec(&exec.id, None::<StartExecOptions>).await.unwrap();
    let StartExecResults::Attached { output, mut input } = started else { panic!("it is detached") };
    input.write_all(b"world\n").await.unwrap();
    let printed: Vec<LogOutput> = output.try_collect().await.unwrap();
    assert_eq!(printed.iter().map(ToString::to_string).collect::<String>(), "hello world\n");
    assert_eq!(docker.inspect_exec(&exec.id).await.unwrap().exit_code, Some(4));
}

#[tokio::test]
async fn a_container_is_attached_to() {
    let shared = shared();
    let docker = shared.bollard();
    let options = CreateContainerOptionsBuilder::new().name("cat").build();
    let body = ContainerCreateBody {
        image: Some("alpine".into()),
        cmd: Some(vec!["cat".into()]),
        open_stdin: Some(true),
        stdin_once: Some(true),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        ..Default::default()
    };
    docker.create_container(Some(options), body).await.unwrap();
    let attach = AttachContainerOptionsBuilder::new().stream(true).stdin(true).stdout(true).build();
    let mut attached = docker.attach_container("cat", Some(attach)).await.unwrap();
    docker.start_container("cat", None::<StartContainerOptions>).await.unwrap();
    attached.input.write_all(b"meow\n").await.unwrap();
    assert_eq!(attached.output.next().await.unwrap().unwrap().to_string(), "meow\n");
    attached.input.shutdown().await.unwrap();
    assert!(attached.output.next().await.is_none());
    shared.lock().assert_exited("cat", 0);
}

#[tokio::test]
async fn images_are_pulled_tagged_and_removed() {
    let docker = shared().bollard();
    let pull = CreateImageOptionsBuilder::new().from_image("busybox").tag("latest").build();
    let progress: Vec<_> = docker.create_image(Some(pull), None, None).try_collect().await.unwrap();
    assert_eq!(progress[0].status.as_deref(), Some("Pulling from library/busybox"));
    let tag = TagImageOptionsBuilder::new().repo("mine").tag("1").build();
    docker.tag_image("busybox", Some(tag)).await.unwrap();
    let list = docker.list_images(None::<ListImagesOptions>).await.unwrap();
    assert!(list.iter().any(|image| image.repo_tags.contains(&"mine:1".to_owned())), "{list:?}");
    docker.remove_image("mine:1", None::<RemoveImageOptions>, None).await.unwrap();
    assert_eq!(status(&docker.inspect_image("mine:1").await.unwrap_err()), 404);
    assert!(!docker.image_history("busybox").await.unwrap().is_empty());
}

#[tokio::test]
async fn files_go_in_and_come_out() {
    let docker = shared().bollard();
    create(&docker, "box", &["true"]).await.unwrap();
    let mut archive = vec![0; 1024];
    archive[..5].copy_from_slice(b"a.txt");
    archive[100..107].copy_from_slice(b"0000644");
    archive[108..115].copy_from_slice(b"0000000");
    archive[116..123].copy_from_slice(b"0000000");
    archive[136..147].copy_from_slice(b"00000000000");
    archive[124..135].copy_from_slice(b"00000000005");
    archive[148..156].fill(b' ');
    archive[156] = b'0';
    archive[257..263].copy_from_slice(b"ustar\0");
    archive[263..265].copy_from_slice(b"00");
    let sum: u32 = archive[..512].iter().map(|byte| u32::from(*byte)).sum();
    archive[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive[512..517].copy_from_slice(b"hello");
    archive.extend([0; 1024]);
    let upload = UploadToContainerOptionsBuilder::new().path("/tmp").build();
    docker.upload_to_container("box", Some(upload), body_full(archive.into())).await.unwrap();
    let download = DownloadFromContainerOptionsBuilder::new().path("/tmp/a.txt").build();
    let pieces: Vec<_> = docker.download_from_container("box", Some(download)).try_collect().await.unwrap();
    assert!(pieces.concat().windows(5).any(|window| window == b"hello"));
}

#[tokio::test]
async fn networks_volumes_and_ports() {
    let shared = shared();
    let docker = shared.bollard();
    docker.create_network(NetworkCreateRequest { name: "back".into(), ..Default::default() }).await.unwrap();
    let volume = VolumeCreateRequest { name: Some("data".into()), ..Default::default() };
    assert_eq!(docker.create_volume(volume).await.unwrap().name, "data");
    let port = PortBinding { host_ip: None, host_port: Some("8080".into()) };
    let host = HostConfig {
        network_mode: Some("back".into()),
        binds: Some(vec!["data:/data".into()]),
        port_bindings: Some(HashMap::from([("80/tcp".into(), Some(vec![port]))])),
        ..Default::default()
    };
    shared.lock().pull("nginx").unwrap();
    let body =
        ContainerCreateBody { image: Some("nginx".into()), host_config: Some(host), ..Default::default() };
    let options = CreateContainerOptionsBuilder::new().name("web").build();
    docker.create_container(Some(options), body).await.unwrap();
    docker.start_container("web", None::<StartContainerOptions>).await.unwrap();
    shared.lock().advance(SECOND);
    assert_eq!(shared.lock().http("GET", "http://localhost:8080/").unwrap().status, 200);
    let refused = docker.remove_network("back").await.unwrap_err();
    assert_eq!(status(&refused), 403);
    docker
        .remove_container("web", Some(RemoveContainerOptionsBuilder::new().force(true).build()))
        .await
        .unwrap();
    docker.remove_network("back").await.unwrap();
    docker.remove_volume("data", None::<RemoveVolumeOptions>).await.unwrap();
    shared.lock().assert_clean();
}

#[tokio::test]
async fn events_come_as_they_happen() {
    let shared = shared();
    let docker = shared.bollard();
    let mut events = docker.events(None::<EventsOptions>);
    // The stream is asked for when it is first polled.
    let first = tokio::spawn(async move { (events.next().await, events) });
    tokio::task::yield_now().await;
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    shared.lock().sh("docker create --name web alpine");
    let (event, _events) = first.await.unwrap();
    assert_eq!(event.unwrap().unwrap().action.as_deref(), Some("create"));
}

#[tokio::test]
async fn health_needs_no_patience() {
    let shared = shared();
    let docker = shared.bollard();
    let check = HealthConfig {
        test: Some(vec!["CMD-SHELL".into(), "test -e /ready".into()]),
        interval: Some(10_000_000_000),
        ..Default::default()
    };
    let body = ContainerCreateBody {
        image: Some("alpine".into()),
        cmd: Some(["sh", "-c", "sleep 25; touch /ready; sleep 100000"].map(String::from).to_vec()),
        healthcheck: Some(check),
        ..Default::default()
    };
    let options = CreateContainerOptionsBuilder::new().name("db").build();
    docker.create_container(Some(options), body).await.unwrap();
    docker.start_container("db", None::<StartContainerOptions>).await.unwrap();
    shared.lock().advance(SECOND * 31);
    let found = docker.inspect_container("db", None::<InspectContainerOptions>).await.unwrap();
    assert_eq!(found.state.unwrap().health.unwrap().status, Some(HealthStatusEnum::HEALTHY));
}

#[tokio::test]
async fn faults_reach_bollard() {
    let shared = shared();
    let docker = shared.bollard();
    shared.lock().inject(Fault::on(Operation::Create).reset());
    assert!(matches!(create(&docker, "web", &["true"]).await, Err(Error::HyperResponseError { .. })));
    shared.lock().inject(Fault::on(Operation::Create).latency(SECOND * 600));
    let before = shared.lock().elapsed();
    start(&docker, "web", &["sh", "-c", "echo 0123456789; sleep 100000"]).await;
    assert!(shared.lock().elapsed() - before >= SECOND * 600);
    shared.lock().inject(Fault::on(Operation::Logs).eof(12));
    let logs = || docker.logs("web", Some(LogsOptionsBuilder::new().stdout(true).follow(true).build()));
    let broken: Result<Vec<_>, _> = logs().try_collect().await;
    assert!(broken.is_err(), "{broken:?}");
    shared.lock().inject(Fault::on(Operation::Pull).rate_limit());
    let pull = CreateImageOptionsBuilder::new().from_image("busybox").tag("latest").build();
    let failed: Result<Vec<_>, _> = docker.create_image(Some(pull), None, None).try_collect().await;
    assert!(failed.unwrap_err().to_string().contains("toomanyrequests"));
}

#[tokio::test]
async fn an_older_engine_speaks_an_older_api() {
    let shared = Shared::new(Drydock::builder().engine("28.5").build());
    let docker = shared.bollard();
    let docker = docker.negotiate_version().await.unwrap();
    assert_eq!(docker.client_version().minor_version, 51);
    let version = docker.version().await.unwrap();
    assert_eq!(
        (version.version.as_deref(), version.min_api_version.as_deref()),
        (Some("28.5.2"), Some("1.24"))
    );
    shared.lock().run(&Run::image("alpine").name("web")).unwrap();
    let told = shared.lock().sh("docker version").stdout;
    assert!(told.contains("API version:       1.51 (downgraded from 1.55)"), "{told}");
}
