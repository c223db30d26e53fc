//! A file without a name: in memory, there for the programs that are started while it is open, and gone with it. What a
//! kill leaves behind is nothing.
//!
//! `memfd_create(2)`; without close-on-exec, so that a child finds it under `/proc/self/fd`.

use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use rustix::fs::{MemfdFlags, memfd_create};

pub(crate) struct Nameless(std::fs::File);

impl Nameless {
    pub(crate) fn new(text: &str) -> io::Result<Self> {
        let mut file = std::fs::File::from(memfd_create("turnlock", MemfdFlags::empty())?);
        file.write_all(text.as_bytes())?;
        Ok(Self(file))
    }

    /// Where a child process finds it.
    pub(crate) fn path(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.0.as_raw_fd()).into()
    }
}
