//! tutorials of Drydock.
