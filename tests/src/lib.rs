//! tests of Drydock.
