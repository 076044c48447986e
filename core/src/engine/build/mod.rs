//! Builds: a Dockerfile and a context become an image, as BuildKit makes it.

pub mod dockerfile;
