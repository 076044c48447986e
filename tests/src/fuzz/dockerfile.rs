//! Dockerfiles: any text, or instructions in any order.

use super::{Choices, Target, comes_to_its_end, furnished};

pub(super) const TARGET: Target = Target { name: "dockerfile", run, words: LINES };

const LINES: &[&str] = &[
    "FROM busybox",
    "FROM busybox AS a",
    "FROM a",
    "FROM scratch",
    "FROM nosuch",
    "FROM $X",
    "ARG X=busybox",
    "ARG",
    "RUN echo hi > /f",
    "RUN false",
    "RUN [\"true\"",
    "RUN",
    "COPY d /d",
    "COPY --from=a / /",
    "COPY nope /",
    "COPY ../.. /",
    "COPY <<E /x\nhi\nE",
    "ADD d .",
    "ENV A=1 B",
    "ENV",
    "WORKDIR /w/${X}",
    "USER 1:nope",
    "CMD [\"sh\"]",
    "CMD",
    "ENTRYPOINT x",
    "EXPOSE 80 99999/udp",
    "LABEL a=b c",
    "HEALTHCHECK NONE",
    "HEALTHCHECK --interval=x CMD y",
    "VOLUME /v",
    "SHELL [\"sh\"]",
    "SHELL x",
    "ONBUILD RUN x",
    "STOPSIGNAL 99",
    "# escape=`",
    "# syntax=x",
    "\\",
    "nope",
    "FROM --platform=$BUILDPLATFORM busybox",
    "RUN --mount=type=bind x",
    "RUN --mount=type=cache,target=/c --mount=type=secret,id=s --network=none true",
    "COPY --link --chmod=755 d /e",
    "COPY --from=b,c x y",
    "COPY --parents d/./f /",
    "COPY --exclude=*.x d /",
    "ADD https://example.com/ /x",
    "ADD --checksum=sha256:0 x /",
    "ENV A=${A:-b} C=${A:+d} D=${A#x} E=${A//x/y}",
    "ARG A=1 B",
    "RUN <<A cat <<B\nx\nA\ny\nB",
    "RUN <<-'E'\n\tx\nE",
    "# check=error=true;skip=all",
    "EXPOSE 1-3/tcp $X",
    "HEALTHCHECK --retries=0 CMD [\"x\"]",
    "FROM scratch AS A",
    "FROM busybox as b",
    "MAINTAINER x",
    "run true",
    "USER ''",
    "WORKDIR",
];

fn run(data: &[u8]) {
    let text = Choices::new(data).words_or_text(LINES, 30, "\n");
    let mut session = furnished();
    if session.write_file("Dockerfile", text).is_ok() {
        comes_to_its_end(&mut session, "timeout -s KILL 600 docker build -t mine:v9 .");
    }
}
