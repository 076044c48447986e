//! Code that talks to Docker through bollard, tested with no Docker and no socket.
//!
//! `cargo run -p drydock --example code_that_uses_bollard --features bollard`

use bollard::Docker;
use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, CreateImageOptionsBuilder, LogsOptionsBuilder,
    RemoveContainerOptionsBuilder, StartContainerOptions, WaitContainerOptions,
};
use drydock::double::{Call, Drydock, Fault, Operation, Shared};
use futures_util::TryStreamExt;

/// The code under test: runs a command in a new container and gives what it prints.
async fn run(docker: &Docker, image: &str, command: &[&str]) -> Result<String, bollard::errors::Error> {
    let pull = CreateImageOptionsBuilder::new().from_image(image).tag("latest").build();
    docker.create_image(Some(pull), None, None).try_collect::<Vec<_>>().await?;
    let options = CreateContainerOptionsBuilder::new().name("job").build();
    let command = command.iter().map(|word| (*word).to_owned()).collect();
    let body =
        ContainerCreateBody { image: Some(image.to_owned()), cmd: Some(command), ..Default::default() };
    docker.create_container(Some(options), body).await?;
    docker.start_container("job", None::<StartContainerOptions>).await?;
    docker.wait_container("job", None::<WaitContainerOptions>).try_collect::<Vec<_>>().await?;
    let logs = LogsOptionsBuilder::new().stdout(true).build();
    let lines = docker.logs("job", Some(logs)).try_collect::<Vec<_>>().await?;
    let remove = RemoveContainerOptionsBuilder::new().force(true).build();
    docker.remove_container("job", Some(remove)).await?;
    Ok(lines.iter().map(ToString::to_string).collect())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let shared = Shared::new(Drydock::builder().seed(7).journal().build());
    let docker = shared.bollard();

    // An hour passes in the container, none here.
    let printed = run(&docker, "alpine", &["sh", "-c", "sleep 3600; echo done"]).await.expect("it runs");
    assert_eq!(printed, "done\n");
    shared.lock().expect(Call::create().image("alpine").name("job")).times(1);
    shared.lock().assert_clean();

    // What it does when the daemon fails in the middle.
    shared.lock().inject(Fault::on(Operation::Start).error(500, "no space left on device"));
    let failed = run(&docker, "alpine", &["true"]).await.expect_err("it cannot start");
    assert!(failed.to_string().contains("no space left on device"), "{failed}");
    println!("the code under test leaves behind: {:?}", shared.lock().leftovers());
}
