//! The verbs of the engine, called one by one: what fails has changed nothing, what succeeds makes one step.

use crate::{cases, commands, stocked};
use drydock::base::reference::Reference;
use drydock::engine::{container, image, network, volume};
use drydock::model::{ContainerConfig, EndpointConfig, EngineError, World};
use drydock_tests::invariants::{check, steps_are_in_the_table};
use proptest::prelude::*;
use proptest::sample::select;

/// One verb with its targets.
#[derive(Debug, Clone)]
enum Verb {
    Create(&'static str, &'static str),
    Start(&'static str),
    Pause(&'static str),
    Unpause(&'static str),
    Kill(&'static str, &'static str),
    Stop(&'static str),
    Remove(&'static str, bool),
    Rename(&'static str, &'static str),
    Exec(&'static str),
    Connect(&'static str, &'static str),
    Disconnect(&'static str, &'static str),
    NetworkCreate(&'static str),
    NetworkRemove(&'static str),
    VolumeCreate(&'static str),
    VolumeRemove(&'static str),
    Tag(&'static str, &'static str),
}

fn verb() -> impl Strategy<Value = Verb> {
    let name = || select(vec!["c1", "c2", "c3", "", "/c1", "no/name"]);
    let network = || select(vec!["n1", "n2", "bridge", "host", "none", ""]);
    let volume = || select(vec!["v1", "v2", "v/1", "data"]);
    prop_oneof![
        (name(), select(vec!["busybox", "alpine:3.22", "missing", ""])).prop_map(|(n, i)| Verb::Create(n, i)),
        name().prop_map(Verb::Start),
        name().prop_map(Verb::Pause),
        name().prop_map(Verb::Unpause),
        (name(), select(vec!["", "KILL", "TERM", "HUP", "99", "x"])).prop_map(|(n, s)| Verb::Kill(n, s)),
        name().prop_map(Verb::Stop),
        (name(), any::<bool>()).prop_map(|(n, force)| Verb::Remove(n, force)),
        (name(), name()).prop_map(|(from, to)| Verb::Rename(from, to)),
        name().prop_map(Verb::Exec),
        (network(), name()).prop_map(|(n, c)| Verb::Connect(n, c)),
        (network(), name()).prop_map(|(n, c)| Verb::Disconnect(n, c)),
        network().prop_map(Verb::NetworkCreate),
        network().prop_map(Verb::NetworkRemove),
        volume().prop_map(Verb::VolumeCreate),
        volume().prop_map(Verb::VolumeRemove),
        (select(vec!["busybox", "missing"]), select(vec!["mine:v1", "alpine:3.22", "busybox"]))
            .prop_map(|(from, to)| Verb::Tag(from, to)),
    ]
}

fn act(world: &mut World, verb: &Verb) -> Result<(), EngineError> {
    match *verb {
        Verb::Create(name, image) => {
            let cmd = Some(["sleep", "1000"].map(String::from).to_vec());
            let config = ContainerConfig { image: image.into(), cmd, ..ContainerConfig::default() };
            let request = container::Create { name: Some(name.into()), config, ..Default::default() };
            container::create(world, request).map(drop)
        }
        Verb::Start(name) => {
            container::find(world, name).and_then(|id| container::start(world, id)).map(drop)
        }
        Verb::Pause(name) => container::pause(world, name).map(drop),
        Verb::Unpause(name) => container::unpause(world, name).map(drop),
        Verb::Kill(name, signal) => container::kill(world, name, signal),
        Verb::Stop(name) => container::stop(world, name, &container::Stop::default()).map(drop),
        Verb::Remove(name, force) => {
            let how = container::Remove { force, volumes: false, link: false };
            container::find(world, name).and_then(|id| container::remove(world, id, how))
        }
        Verb::Rename(from, to) => container::rename(world, from, to),
        Verb::Exec(name) => {
            let request = container::ExecCreate { argv: vec!["true".into()], ..Default::default() };
            container::find(world, name).and_then(|id| container::exec_create(world, id, request)).map(drop)
        }
        Verb::Connect(net, name) => network::connect(world, net, name, EndpointConfig::default()),
        Verb::Disconnect(net, name) => network::disconnect(world, net, name, false),
        Verb::NetworkCreate(name) => {
            let request = network::Create { name: name.into(), ..Default::default() };
            network::create(world, request).map(drop)
        }
        Verb::NetworkRemove(name) => network::remove(world, name),
        Verb::VolumeCreate(name) => {
            let request = volume::Create { name: name.into(), ..Default::default() };
            volume::create(world, request).map(drop)
        }
        Verb::VolumeRemove(name) => volume::remove(world, name),
        Verb::Tag(from, to) => match Reference::parse(to) {
            Ok(to) => image::tag(world, from, &to),
            Err(e) => Err(EngineError::invalid(format!("{e:?}"))),
        },
    }
}

proptest! {
    #![proptest_config(cases(96))]

    /// From a world that some lines have led to.
    #[test]
    fn a_verb_that_fails_changes_nothing_and_one_that_succeeds_makes_one_step(
        lines in commands::lines(3),
        verbs in proptest::collection::vec(verb(), 1..24),
    ) {
        let mut session = stocked();
        lines.iter().for_each(|line| drop(session.run(line)));
        let world = session.world_mut();
        for verb in &verbs {
            let before = world.clone();
            let done = act(world, verb);
            let start_failed = matches!(verb, Verb::Start(_)) && done.is_err();
            if let Err(e) = &done && !start_failed {
                prop_assert!(*world == before, "{verb:?} failed ({}) and changed the world", e.message);
            }
            let by_force = matches!(verb, Verb::Remove(_, true));
            for wrong in [check(world), steps_are_in_the_table(&before, world, by_force)] {
                prop_assert_eq!(wrong, Ok(()), "after {:?}", verb);
            }
        }
    }
}
