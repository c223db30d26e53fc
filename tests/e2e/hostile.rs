//! Odd and hostile input: what is refused says why, and what is accepted comes out as it went in.

mod many;
mod documents;
mod env_files;
mod seeds;
mod urls;
