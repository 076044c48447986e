//! Scripts and what a real node 20.20.2 answered to them: output, errors, exit status, byte for byte.

use crate::kernel::Programs;
use crate::kernel::testbed::Testbed;

macro_rules! corpus {
    ($($name:literal),+ $(,)?) => {
        /// Name, script, recording.
        const CORPUS: &[(&str, &str, &str)] = &[
            $(($name, include_str!(concat!("corpus/", $name, ".js")), include_str!(concat!("corpus/", $name, ".out")))),+
        ];
    };
}

corpus! {
    "async", "basics", "children", "classes", "inspect", "library", "trace1", "trace2", "trace3", "trace4", "trace5", "trace6", "trace7", "trace8",
}

const PROGRAMS: Programs =
    Programs(&[crate::engine::languages::PROGRAMS, crate::coreutils::PROGRAMS, crate::sh::PROGRAMS]);

#[test]
fn scripts_answer_as_node_does() {
    for (name, script, recorded) in CORPUS {
        let path = format!("/tmp/corpus/{name}.js");
        let mut bed = Testbed::new(PROGRAMS).file(&path, *script);
        let ran = bed.run(&["env", "NODE_VERSION=20.20.2", "node", &path], "");
        let ours = format!("{}--- stderr\n{}--- exit {}\n", ran.stdout, ran.stderr, ran.code);
        assert_eq!(&ours, recorded, "{name}");
    }
}
